import { cloneElement, Suspense, useRef, useState, type KeyboardEvent, type ReactElement, type ReactNode } from "react";
import type { ButtonProps } from "./Button.tsx";
import { MenuOptions, warm } from "./late.ts";

export interface Entry {
  id: string;
  text: string;
  icon?: ReactNode;
  keys?: string;
  isDisabled?: boolean;
  run: () => void;
}

/** A button and the menu that it opens. `entries` may be a function, where they are many and the menu is rarely opened. */
export function Menu({ label, button, entries }: { label: string; button: ReactElement<ButtonProps>; entries: Entry[] | (() => Entry[]) }): ReactElement {
  const [open, setOpen] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);
  const show = () => {
    // Not every browser gives a pressed button the focus, which comes back here.
    trigger.current?.focus();
    setOpen(true);
  };
  return (
    <>
      {cloneElement(button, {
        ref: trigger,
        "aria-haspopup": "menu",
        "aria-expanded": open,
        onPress: show,
        onPointerEnter: warm,
        onFocus: warm,
        onKeyDown: (event: KeyboardEvent) => (event.key === "ArrowDown" || event.key === "ArrowUp") && (event.preventDefault(), show()),
      })}
      {open && (
        <Suspense>
          <MenuOptions label={label} entries={typeof entries === "function" ? entries() : entries} trigger={trigger} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
