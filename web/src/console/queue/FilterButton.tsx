import { lazy, Suspense, type ReactElement } from "react";
import { Dialog, DialogTrigger } from "react-aria-components/Dialog";
import { Popover } from "react-aria-components/Popover";
import { Button } from "../../design/Button.tsx";
import { Icon } from "../../design/Icon.tsx";
import { Skeleton } from "../../design/states.tsx";
import { useWords } from "../words/index.ts";
import type { Filter } from "./filters.ts";

const FilterForm = lazy(() => import("./FilterForm.tsx").then((module) => ({ default: module.FilterForm })));

/** All conditions in one place. */
export function FilterButton({ filter, onChange }: { filter: Filter; onChange: (next: Filter) => void }): ReactElement {
  const w = useWords();
  return (
    <DialogTrigger>
      <Button small>
        <Icon name="plus" size={13} /> {w.queue.addFilter}
      </Button>
      <Popover className="popover filter-popover" offset={4}>
        <Dialog className="filter-form" aria-label={w.queue.filters}>
          <Suspense fallback={<Skeleton height={280} />}>
            <FilterForm filter={filter} onChange={onChange} />
          </Suspense>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
