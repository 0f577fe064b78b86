import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useId, useState, type KeyboardEvent, type ReactElement } from "react";
import type { Person } from "../../api/types.ts";
import { Face } from "../../design/marks.tsx";
import { findPeople } from "../data/people.ts";
import "./people.css";

interface Props {
  label: string;
  value: string;
  onChange: (text: string) => void;
  /** Somebody was chosen from those who were found. */
  onChoose: (person: Person) => void;
  kind: "customer" | "staff";
  hint?: string;
  wrong?: string | undefined;
  autoFocus?: boolean;
}

/** A field for somebody: what is typed finds people by name or address, and an address of nobody known stays as it is. */
export function PersonField({ label, value, onChange, onChoose, kind, hint, wrong, autoFocus }: Props): ReactElement {
  const id = useId();
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const wanted = useDeferredValue(value.trim());
  const { data } = useQuery({
    queryKey: ["people", kind, wanted],
    queryFn: async ({ signal }) => {
      // Who types on is not answered in between.
      await new Promise((resolve) => setTimeout(resolve, 180));
      signal.throwIfAborted();
      return findPeople(wanted, kind, signal);
    },
    enabled: open && wanted.length > 1,
    placeholderData: (before) => before,
    retry: false,
    staleTime: 30_000,
  });
  const found = open && wanted.length > 1 ? (data ?? []) : [];
  const choose = (person: Person) => {
    setOpen(false);
    setAt(-1);
    onChoose(person);
  };
  const press = (event: KeyboardEvent) => {
    if (found.length === 0) return;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step) {
      event.preventDefault();
      setAt((at + step + found.length) % found.length);
    } else if (event.key === "Enter" && found[at]) {
      event.preventDefault();
      choose(found[at]);
    } else if (event.key === "Escape") {
      // The list closes; the dialog around it stays.
      event.stopPropagation();
      setOpen(false);
    }
  };
  return (
    <div className="field person-field">
      <label className="label" htmlFor={`${id}i`}>
        {label}
      </label>
      <input
        id={`${id}i`}
        className="input"
        dir="auto"
        role="combobox"
        autoComplete="off"
        aria-autocomplete="list"
        aria-expanded={found.length > 0}
        aria-controls={`${id}l`}
        aria-activedescendant={found[at] ? `${id}o${at}` : undefined}
        aria-invalid={wrong ? true : undefined}
        aria-describedby={wrong ? `${id}w` : hint ? `${id}h` : undefined}
        autoFocus={autoFocus}
        value={value}
        onChange={(event) => {
          onChange(event.target.value);
          setOpen(true);
          setAt(-1);
        }}
        onKeyDown={press}
        onBlur={() => setOpen(false)}
      />
      <ul className="person-list" role="listbox" id={`${id}l`} aria-label={label} hidden={found.length === 0}>
        {found.map((person, index) => (
          // On the press, not the click: by then the field has lost the focus and the list is gone.
          <li key={person.id} id={`${id}o${index}`} role="option" aria-selected={index === at} className="option" data-focused={index === at || undefined} onMouseDown={(event) => (event.preventDefault(), choose(person))}>
            <Face name={person.name ?? "?"} customer={person.kind === "customer"} />
            <span className="person-found">
              <bdi className="clip">{person.name ?? person.id.slice(-8)}</bdi>
              {person.email && person.email !== person.name && <bdi className="clip quiet small">{person.email}</bdi>}
            </span>
          </li>
        ))}
      </ul>
      {hint && !wrong && (
        <span className="hint" id={`${id}h`}>
          {hint}
        </span>
      )}
      {wrong && (
        <span className="wrong" id={`${id}w`}>
          {wrong}
        </span>
      )}
    </div>
  );
}
