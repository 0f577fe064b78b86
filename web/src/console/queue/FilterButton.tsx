import { lazy, Suspense, useRef, useState, type ReactElement } from "react";
import { Button } from "../../design/Button.tsx";
import { Icon } from "../../design/Icon.tsx";
import { useWords } from "../words/index.ts";
import type { Filter } from "./filters.ts";

const load = () => import("./FilterPopover.tsx");
const FilterPopover = lazy(() => load().then((module) => ({ default: module.FilterPopover })));

/** All conditions in one place. */
export function FilterButton({ filter, onChange }: { filter: Filter; onChange: (next: Filter) => void }): ReactElement {
  const w = useWords();
  const [open, setOpen] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);
  const warm = () => void load().catch(() => undefined);
  const show = () => {
    trigger.current?.focus();
    setOpen(true);
  };
  return (
    <>
      <Button small ref={trigger} aria-haspopup="dialog" aria-expanded={open} onPress={show} onPointerEnter={warm} onFocus={warm}>
        <Icon name="plus" size={13} /> {w.queue.addFilter}
      </Button>
      {open && (
        <Suspense>
          <FilterPopover trigger={trigger} filter={filter} onChange={onChange} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
