import type { ReactElement, ReactNode } from "react";
import { Menu as AriaMenu, MenuItem, MenuTrigger } from "react-aria-components/Menu";
import { Popover } from "react-aria-components/Popover";

export interface Entry {
  id: string;
  text: string;
  icon?: ReactNode;
  keys?: string;
  isDisabled?: boolean;
  run: () => void;
}

/** A button and the menu that it opens. */
export function Menu({ label, button, entries, isOpen, onOpenChange }: { label: string; button: ReactElement; entries: Entry[]; isOpen?: boolean; onOpenChange?: (open: boolean) => void }): ReactElement {
  return (
    <MenuTrigger {...(isOpen === undefined ? {} : { isOpen })} {...(onOpenChange ? { onOpenChange } : {})}>
      {button}
      <Popover className="popover" offset={4}>
        <AriaMenu className="options" aria-label={label} items={entries}>
          {(entry) => (
            <MenuItem className="option" id={entry.id} textValue={entry.text} isDisabled={entry.isDisabled ?? false} onAction={entry.run}>
              {entry.icon}
              <bdi className="clip">{entry.text}</bdi>
              {entry.keys && <kbd>{entry.keys}</kbd>}
            </MenuItem>
          )}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
