import type { ReactElement, RefObject } from "react";
import { ListBox, ListBoxItem } from "react-aria-components/ListBox";
import { Popover } from "react-aria-components/Popover";
import type { Choice } from "./Select.tsx";

interface Props {
  choices: Choice[];
  value: string | null;
  labelId: string;
  trigger: RefObject<HTMLElement | null>;
  onChoose: (id: string) => void;
  onClose: () => void;
}

/** What one can choose, over the page, as long as it is rendered. */
export function Options({ choices, value, labelId, trigger, onChoose, onClose }: Props): ReactElement {
  const width = trigger.current?.offsetWidth ?? 0;
  return (
    <Popover className="popover" aria-labelledby={labelId} triggerRef={trigger} isOpen onOpenChange={(open) => !open && onClose()} placement="bottom start" offset={4} style={{ minWidth: Math.max(width, 180) }}>
      <ListBox
        className="options"
        aria-labelledby={labelId}
        items={choices}
        autoFocus={value === null ? "first" : true}
        selectionMode="single"
        selectedKeys={value === null ? [] : [value]}
        shouldFocusWrap
        onSelectionChange={(keys) => {
          // To choose what is chosen already empties the selection, and means it.
          const [next] = keys === "all" ? [] : [...keys];
          if (next === undefined) onClose();
          else onChoose(String(next));
        }}
      >
        {(choice) => (
          <ListBoxItem className="option" id={choice.id} textValue={choice.text}>
            {choice.show ?? <bdi className="clip">{choice.text}</bdi>}
          </ListBoxItem>
        )}
      </ListBox>
    </Popover>
  );
}
