import { useEffect, useImperativeHandle, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactElement, type Ref } from "react";
import type { Ticket } from "../../api/types.ts";
import { Button } from "../../design/Button.tsx";
import { Skeleton } from "../../design/states.tsx";
import { useNow } from "../data/now.ts";
import { useDesk } from "../data/desk.tsx";
import { prefetchTicket } from "../data/ticket.ts";
import { useUnread } from "../data/unread.ts";
import { useWords } from "../words/index.ts";
import { TicketRow } from "./TicketRow.tsx";
import { useRows } from "./useRows.ts";

const COLUMNS = ["priority", "number", "subject", "status", "requester", "assignee", "promise", "age"] as const;
/** The height of the columns' names. */
const HEAD = 32;

export interface ListHandle {
  focus: (id: string) => void;
}

interface Props {
  tickets: Ticket[];
  isLoading: boolean;
  hasMore: boolean;
  isLoadingMore: boolean;
  loadMore: () => void;
  narrow: boolean;
  /** The number or id of the ticket beside the list. */
  open: string | null;
  current: string | null;
  onCurrent: (id: string) => void;
  selected: ReadonlySet<string>;
  onSelect: (id: string) => void;
  onOpen: (number: string) => void;
  ref: Ref<ListHandle>;
}

/** Rows of one height, of which only those in sight are there. What comes in above does not move what is read. */
export function TicketList(props: Props): ReactElement {
  const { tickets, narrow, hasMore, isLoadingMore, loadMore, isLoading, open, current, selected, ref } = props;
  const w = useWords();
  const { labels, names } = useDesk();
  const now = useNow();
  const isUnread = useUnread();
  const box = useRef<HTMLDivElement>(null);
  const height = narrow ? 66 : 42;
  const head = narrow ? 0 : HEAD;
  const rows = useRows(box, tickets.length, height);
  const above = useAnchor(box, tickets, height);

  useEffect(() => {
    if (hasMore && !isLoadingMore && rows.to >= tickets.length - 15) loadMore();
  }, [hasMore, isLoadingMore, rows.to, tickets.length, loadMore]);

  const focus = (id: string) => {
    const element = box.current;
    const index = tickets.findIndex((ticket) => ticket.id === id);
    if (!element || index < 0) return;
    const top = index * height;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + height + head > element.scrollTop + element.clientHeight) element.scrollTop = top + height + head - element.clientHeight;
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(`[data-ticket="${CSS.escape(id)}"]`)?.focus());
  };
  useImperativeHandle(ref, () => ({ focus }));
  const press = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const next = tickets[tickets.findIndex((ticket) => ticket.id === current) + step];
    if (!step || !next) return;
    event.preventDefault();
    props.onCurrent(next.id);
    focus(next.id);
  };
  const entry = current && tickets.some((ticket) => ticket.id === current) ? current : tickets[0]?.id;

  return (
    <div className="list">
      {above.count > 0 && (
        <div className="list-fresh">
          <Button small kind="primary" onPress={above.show}>
            {w.queue.fresh(above.count)}
          </Button>
        </div>
      )}
      <div className="list-box" ref={box} data-narrow={narrow || undefined}>
        <div role="grid" className="list-rows" aria-label={w.queue.list} aria-rowcount={hasMore ? -1 : tickets.length + 1} aria-multiselectable="true" onKeyDown={press} style={{ height: head + tickets.length * height }}>
          <div role="row" aria-rowindex={1} className="list-head">
            <span role="columnheader">
              <span className="hidden-visually">{w.key.select}</span>
            </span>
            {COLUMNS.map((column) => (
              <span role="columnheader" key={column}>
                {w.queue.column[column]}
              </span>
            ))}
          </div>
          {tickets.slice(rows.from, rows.to).map((ticket, offset) => (
            <TicketRow
              key={ticket.id}
              ticket={ticket}
              index={rows.from + offset}
              isOpen={open === ticket.number || open === ticket.id}
              isEntry={ticket.id === entry}
              isSelected={selected.has(ticket.id)}
              isUnread={isUnread(ticket)}
              now={now}
              labels={labels}
              names={names}
              words={w}
              onCurrent={props.onCurrent}
              onSelect={props.onSelect}
              onOpen={props.onOpen}
              onNear={prefetchTicket}
            />
          ))}
        </div>
        {isLoading && <RowSkeletons narrow={narrow} />}
        {isLoadingMore && <p className="list-more quiet small">{w.queue.more}</p>}
      </div>
    </div>
  );
}

/** Keeps the first row in sight where it is when others come in above it, and counts those that did. */
function useAnchor(box: React.RefObject<HTMLDivElement | null>, tickets: Ticket[], height: number) {
  const seen = useRef<{ ids: string[]; height: number }>({ ids: [], height });
  const [count, setCount] = useState(0);
  useLayoutEffect(() => {
    const element = box.current;
    const before = seen.current;
    seen.current = { ids: tickets.map((ticket) => ticket.id), height };
    if (!element || before.ids.length === 0 || before.height !== height) return;
    const first = Math.floor(element.scrollTop / height);
    if (first === 0) return setCount(0);
    const moved = seen.current.ids.indexOf(before.ids[first] ?? "") - first;
    if (moved > 0 && moved < 100) {
      element.scrollTop += moved * height;
      setCount((others) => others + moved);
    }
  }, [box, tickets, height]);
  useEffect(() => {
    const element = box.current;
    const listen = () => element && element.scrollTop < height && setCount(0);
    element?.addEventListener("scroll", listen, { passive: true });
    return () => element?.removeEventListener("scroll", listen);
  }, [box, height]);
  return {
    count,
    show: () => {
      box.current?.scrollTo({ top: 0 });
      setCount(0);
    },
  };
}

function RowSkeletons({ narrow }: { narrow: boolean }): ReactElement {
  return (
    <div aria-hidden>
      {Array.from({ length: 12 }, (_, index) => (
        <div key={index} className="list-skeleton" style={{ height: narrow ? 66 : 42 }}>
          <Skeleton width={16} />
          <Skeleton width={`${40 + ((index * 37) % 45)}%`} />
        </div>
      ))}
    </div>
  );
}
