import { useNavigate } from "@tanstack/react-router";
import { lazy, memo, Suspense, useState, type ReactElement, type Ref } from "react";
import { Button } from "../../design/Button.tsx";
import { Icon } from "../../design/Icon.tsx";
import { Select } from "../../design/Select.tsx";
import { useDesk } from "../data/desk.tsx";
import { may } from "../data/reads.ts";
import { useWords } from "../words/index.ts";
import { isSavedView, withoutView, type Filter } from "./filters.ts";
import { ViewChip } from "./ViewChip.tsx";
import { FilterButton } from "./FilterButton.tsx";

const ExportDialog = lazy(() => import("./ExportDialog.tsx").then((module) => ({ default: module.ExportDialog })));

interface Props {
  filter: Filter;
  words: string;
  onWords: (words: string) => void;
  inputRef: Ref<HTMLInputElement>;
  onNumber: (number: string) => void;
}

/** What is looked at, as chips that can be taken off; the search; the order. */
export const QueueHead = memo(function QueueHead({ filter, words, onWords, inputRef, onNumber }: Props): ReactElement {
  const w = useWords();
  const navigate = useNavigate();
  const chips = useChips(filter);
  const [exporting, setExporting] = useState(false);
  const show = (next: Filter) => void navigate({ to: ".", search: next as never });
  const order = filter.sort === "created_at" ? (filter.order === "asc" ? "oldest" : "created") : (filter.sort ?? "updated_at");
  return (
    <header className="queue-head">
      <div className="row">
        <h1>{w.queue.title}</h1>
        <form
          className="search grow"
          role="search"
          onSubmit={(event) => {
            event.preventDefault();
            // A number has a digit and no space; it opens whether or not it is in this list.
            if (/^\S*\d\S*$/.test(words.trim())) {
              onNumber(words.trim().toUpperCase());
              onWords("");
            }
          }}
        >
          <Icon name="search" size={14} />
          <input ref={inputRef} type="search" className="input" aria-label={w.queue.search} placeholder={w.queue.search} title={w.queue.searching} value={words} onChange={(event) => onWords(event.target.value)} onKeyDown={(event) => event.key === "Escape" && (onWords(""), event.currentTarget.blur())} />
        </form>
      </div>
      <div className="row wrap">
        <FilterButton filter={filter} onChange={show} />
        {chips.map((chip) => (
          <span className="chip accent" key={chip.id}>
            <bdi className="clip">{chip.text}</bdi>
            <button type="button" aria-label={w.queue.removeFilter(chip.text)} onClick={() => show(chip.without)}>
              <Icon name="close" size={11} />
            </button>
          </span>
        ))}
        <ViewChip filter={filter} />
        <span className="grow" />
        {may("tickets.bulk") && !isSavedView(filter) && !filter.deleted && (
          <span className="queue-wide">
            <Button small kind="plain" onPress={() => setExporting(true)}>
              {w.bulk.export}
            </Button>
          </span>
        )}
        <Select
          quiet
          hideLabel
          label={w.queue.sort}
          value={order}
          choices={[
            { id: "updated_at", text: w.queue.updated },
            { id: "created", text: w.queue.created },
            { id: "oldest", text: w.queue.oldest },
            { id: "priority", text: w.queue.byPriority },
          ]}
          onChange={(id) => {
            const { sort: _sort, order: _order, ...rest } = filter;
            const next = { updated_at: {}, created: { sort: "created_at" }, oldest: { sort: "created_at", order: "asc" }, priority: { sort: "priority" } }[id];
            show({ ...rest, ...(next as Filter) });
          }}
        />
      </div>
      <Suspense>{exporting && <ExportDialog filter={filter} onClose={() => setExporting(false)} />}</Suspense>
    </header>
  );
});

/** Each condition as it is read, and the filter without it. */
function useChips(filter: Filter): { id: string; text: string; without: Filter }[] {
  const w = useWords();
  const { labels, names } = useDesk();
  const person = (id: string) => (id === "me" ? w.queue.me : id === "none" ? w.queue.nobody : names(id).name);
  const bare: Filter = withoutView(filter);
  const without = (name: keyof Filter) => {
    const { [name]: _gone, ...rest } = bare;
    return rest as Filter;
  };
  const chips = (filter.status ?? []).map((status) => {
    const left = filter.status?.filter((one) => one !== status) ?? [];
    const rest = without("status");
    return { id: `status ${status}`, text: status === "open" ? w.view.all : labels.status(status), without: left.length > 0 ? { ...rest, status: left } : rest };
  });
  if (filter.priority) chips.push({ id: "priority", text: labels.priority(filter.priority), without: without("priority") });
  if (filter.assignee) chips.push({ id: "assignee", text: `${w.ticket.assignee}: ${person(filter.assignee)}`, without: without("assignee") });
  if (filter.requester) chips.push({ id: "requester", text: `${w.ticket.requester}: ${person(filter.requester)}`, without: without("requester") });
  if (filter.category) chips.push({ id: "category", text: labels.category(filter.category), without: without("category") });
  if (filter.brand) chips.push({ id: "brand", text: labels.brand(filter.brand), without: without("brand") });
  if (filter.deleted) chips.push({ id: "deleted", text: w.view.bin, without: without("deleted") });
  return chips;
}
