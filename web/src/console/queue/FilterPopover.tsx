import type { ReactElement, RefObject } from "react";
import { Dialog } from "react-aria-components/Dialog";
import { Popover } from "react-aria-components/Popover";
import { useWords } from "../words/index.ts";
import { FilterForm } from "./FilterForm.tsx";
import type { Filter } from "./filters.ts";

interface Props {
  trigger: RefObject<HTMLElement | null>;
  filter: Filter;
  onChange: (next: Filter) => void;
  onClose: () => void;
}

/** The conditions, over the list that they narrow. */
export function FilterPopover({ trigger, filter, onChange, onClose }: Props): ReactElement {
  const w = useWords();
  return (
    <Popover className="popover filter-popover" triggerRef={trigger} isOpen onOpenChange={(open) => !open && onClose()} placement="bottom start" offset={4}>
      <Dialog className="filter-form" aria-label={w.queue.filters}>
        <FilterForm filter={filter} onChange={onChange} />
      </Dialog>
    </Popover>
  );
}
