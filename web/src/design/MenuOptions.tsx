import type { ReactElement, RefObject } from "react";
import { Menu as AriaMenu, MenuItem } from "react-aria-components/Menu";
import { Popover } from "react-aria-components/Popover";
import type { Entry } from "./Menu.tsx";

/** A menu over the page, as long as it is rendered. */
export function MenuOptions({ label, entries, trigger, onClose }: { label: string; entries: Entry[]; trigger: RefObject<HTMLElement | null>; onClose: () => void }): ReactElement {
  return (
    <Popover className="popover" aria-label={label} triggerRef={trigger} isOpen onOpenChange={(open) => !open && onClose()} placement="bottom start" offset={4}>
      <AriaMenu className="options" aria-label={label} items={entries} autoFocus="first" onClose={onClose}>
        {(entry) => (
          <MenuItem
            className="option"
            id={entry.id}
            textValue={entry.text}
            isDisabled={entry.isDisabled ?? false}
            onAction={() => {
              onClose();
              entry.run();
            }}
          >
            {entry.icon}
            <bdi className="clip">{entry.text}</bdi>
            {entry.keys && <kbd>{entry.keys}</kbd>}
          </MenuItem>
        )}
      </AriaMenu>
    </Popover>
  );
}
