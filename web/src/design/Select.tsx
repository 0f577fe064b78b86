import { Suspense, useId, useRef, useState, type ReactElement, type ReactNode } from "react";
import { Icon } from "./Icon.tsx";
import { Options, warm } from "./late.ts";

export interface Choice {
  id: string;
  /** What is read and typed ahead. */
  text: string;
  show?: ReactNode;
}

interface Props {
  label: string;
  /** A function where making them costs more than showing the one that is chosen. */
  choices: Choice[] | (() => Choice[]);
  value: string | null;
  /** How the chosen one looks; else it is looked for among the choices. */
  shown?: ReactNode;
  onChange: (id: string) => void;
  placeholder?: string;
  isDisabled?: boolean;
  /** Without a frame, for a column of facts. */
  quiet?: boolean;
  hideLabel?: boolean;
  isOpen?: boolean;
  onOpenChange?: (open: boolean) => void;
}

/** One of several. The button is the browser's; the list comes when it is opened. */
export function Select({ label, choices, value, shown, onChange, placeholder, isDisabled = false, quiet, hideLabel, ...control }: Props): ReactElement {
  const [own, setOwn] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);
  const id = useId();
  const isOpen = (control.isOpen ?? own) && !isDisabled;
  const setOpen = control.onOpenChange ?? setOwn;
  const all = () => (typeof choices === "function" ? choices() : choices);
  const chosen = shown === undefined && value !== null ? all().find((choice) => choice.id === value) : undefined;
  const show = () => {
    // Not every browser gives a pressed button the focus, which comes back here.
    trigger.current?.focus();
    setOpen(true);
  };
  return (
    <div className={quiet ? "select quiet-select" : "select"}>
      <span className={hideLabel ? "hidden-visually" : "label"} id={`${id}l`}>
        {label}
      </span>
      <button
        ref={trigger}
        type="button"
        className="button"
        disabled={isDisabled}
        aria-haspopup="listbox"
        aria-expanded={isOpen}
        aria-labelledby={`${id}v ${id}l`}
        onClick={show}
        onPointerEnter={warm}
        onFocus={warm}
        onKeyDown={(event) => (event.key === "ArrowDown" || event.key === "ArrowUp") && (event.preventDefault(), show())}
      >
        <span className="clip" id={`${id}v`}>
          {shown ?? chosen?.show ?? <bdi>{chosen?.text ?? placeholder ?? "–"}</bdi>}
        </span>
        <Icon name="down" size={14} />
      </button>
      {isOpen && (
        <Suspense>
          <Options
            choices={all()}
            value={value}
            labelId={`${id}l`}
            trigger={trigger}
            onClose={() => setOpen(false)}
            onChoose={(next) => {
              setOpen(false);
              if (next !== value) onChange(next);
            }}
          />
        </Suspense>
      )}
    </div>
  );
}
