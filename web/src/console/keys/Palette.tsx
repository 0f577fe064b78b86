import { useNavigate } from "@tanstack/react-router";
import { useId, useMemo, useRef, useState, type KeyboardEvent, type ReactElement } from "react";
import { Dialog as AriaDialog } from "react-aria-components/Dialog";
import { Modal, ModalOverlay } from "react-aria-components/Modal";
import type { Ticket } from "../../api/types.ts";
import { queries } from "../../app/queries.ts";
import type { Pages } from "../data/tickets.ts";
import { useWords } from "../words/index.ts";
import { useAllActions } from "./actions.ts";
import "./keys.css";

interface Row {
  id: string;
  text: string;
  section: string;
  keys?: string | undefined;
  run: () => void;
}

/** Every action by name, any ticket by number, and those that are loaded by their subject. */
export function Palette({ onClose }: { onClose: () => void }): ReactElement {
  const w = useWords();
  const navigate = useNavigate();
  const actions = useAllActions();
  const [words, setWords] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const listId = useId();

  const rows = useMemo<Row[]>(() => {
    const open = (number: string) => () => void navigate({ to: "/queue/$ticket", params: { ticket: number }, search: true });
    const fits = (text: string) => words.toLowerCase().split(/\s+/).every((word) => text.toLowerCase().includes(word));
    const found: Row[] = actions.filter((action) => fits(action.text));
    const asked = words.trim();
    if (/\d/.test(asked) && !/\s/.test(asked)) found.unshift({ id: "number", text: w.palette.openNumber(asked.toUpperCase()), section: "", run: open(asked.toUpperCase()) });
    if (asked.length > 1) {
      for (const ticket of loaded().filter((one) => fits(`${one.number} ${one.subject}`)).slice(0, 8)) found.push({ id: ticket.id, text: `${ticket.number}  ${ticket.subject}`, section: w.palette.loaded, run: open(ticket.number) });
    }
    return found;
  }, [actions, words, w, navigate]);

  const run = (row: Row | undefined) => {
    if (!row) return;
    onClose();
    // After the dialog gave the focus back, so that an action can take it.
    setTimeout(row.run, 30);
  };
  const press = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step) {
      event.preventDefault();
      const next = (at + step + rows.length) % Math.max(1, rows.length);
      setAt(next);
      list.current?.children[next]?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      event.preventDefault();
      run(rows[at]);
    }
  };

  return (
    <ModalOverlay className="veil" isOpen isDismissable onOpenChange={(open) => !open && onClose()}>
      <Modal className="modal palette">
        <AriaDialog className="dialog" aria-label={w.palette.label}>
          <input
            className="palette-input"
            role="combobox"
            aria-expanded
            aria-controls={listId}
            aria-activedescendant={rows[at] ? `${listId}-${at}` : undefined}
            aria-label={w.palette.label}
            placeholder={w.palette.placeholder}
            value={words}
            autoFocus
            onChange={(event) => {
              setWords(event.target.value);
              setAt(0);
            }}
            onKeyDown={press}
          />
          <ul className="palette-list" role="listbox" id={listId} ref={list} aria-label={w.palette.label}>
            {rows.map((row, index) => (
              <li key={row.id} id={`${listId}-${index}`} role="option" aria-selected={index === at} className="option" data-focused={index === at || undefined} onMouseMove={() => setAt(index)} onClick={() => run(row)}>
                <bdi className="clip grow">{row.text}</bdi>
                <span className="quiet small">{row.section}</span>
                {row.keys && <Keys keys={row.keys} />}
              </li>
            ))}
          </ul>
          {rows.length === 0 && <p className="palette-none quiet">{w.palette.none}</p>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

/** "g q" as two keys. */
export function Keys({ keys }: { keys: string }): ReactElement {
  return (
    <span className="row keys">
      {keys.split(" ").map((key, index) => (
        <kbd key={index}>{key}</kbd>
      ))}
    </span>
  );
}

function loaded(): Ticket[] {
  const tickets = queries.getQueriesData<Pages>({ queryKey: ["tickets"] }).flatMap(([, pages]) => pages?.pages.flatMap((page) => page.items) ?? []);
  return [...new Map(tickets.map((ticket) => [ticket.id, ticket])).values()];
}
