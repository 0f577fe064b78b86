import { getRouteApi, Outlet, useMatch, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useDeferredValue, useEffect, useMemo, useRef, useState, type ReactElement } from "react";
import { Blank, Boundary, Trouble } from "../../design/states.tsx";
import { Button } from "../../design/Button.tsx";
import { useTexts } from "../../i18n/index.ts";
import { useTickets } from "../data/tickets.ts";
import { useActions } from "../keys/actions.ts";
import { useWords } from "../words/index.ts";
import { QueueHead } from "./QueueHead.tsx";
import { TicketList, type ListHandle } from "./TicketList.tsx";
import "./queue.css";

const BulkBar = lazy(() => import("./BulkBar.tsx").then((module) => ({ default: module.BulkBar })));
const route = getRouteApi("/queue");

/** The tickets of a filter, and beside them the one that is open. */
export function QueuePage(): ReactElement {
  const w = useWords();
  const t = useTexts();
  const filter = route.useSearch();
  const navigate = useNavigate();
  const open = useMatch({ from: "/queue/$ticket", shouldThrow: false })?.params.ticket;
  const { tickets, isPending, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useTickets(filter);
  const [words, setWords] = useState("");
  const wanted = useDeferredValue(words.trim().toLowerCase());
  const shown = useMemo(() => (wanted ? tickets.filter((ticket) => `${ticket.number} ${ticket.subject}`.toLowerCase().includes(wanted)) : tickets), [tickets, wanted]);
  const [current, setCurrent] = useState<string | null>(null);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const search = useRef<HTMLInputElement>(null);
  const list = useRef<ListHandle>(null);

  useEffect(() => setSelected(new Set()), [filter]);
  const goTo = useCallback((number: string) => void navigate({ to: "/queue/$ticket", params: { ticket: number }, search: true }), [navigate]);
  const select = useCallback((id: string) => setSelected((all) => (all.has(id) ? new Set([...all].filter((one) => one !== id)) : new Set(all).add(id))), []);

  const loadMore = useCallback(() => void fetchNextPage(), [fetchNextPage]);

  // With a ticket open the keys turn its pages; without one they move along the list.
  const step = (by: number) => {
    const at = shown.findIndex((ticket) => (open ? ticket.number === open || ticket.id === open : ticket.id === current));
    const next = shown[Math.max(0, Math.min(shown.length - 1, at + by))];
    if (!next) return;
    setCurrent(next.id);
    if (open) goTo(next.number);
    else list.current?.focus(next.id);
  };
  const section = w.help.inQueue;
  useActions([
    { id: "down", text: w.key.down, keys: "j", section, run: () => step(1) },
    { id: "up", text: w.key.up, keys: "k", section, run: () => step(-1) },
    {
      id: "open",
      text: w.key.open,
      keys: "Enter",
      section,
      run: () => {
        const ticket = shown.find((one) => one.id === current);
        if (ticket) goTo(ticket.number);
      },
    },
    { id: "select", text: w.key.select, keys: "x", section, run: () => current && select(current) },
    { id: "search", text: w.key.search, keys: "/", section, run: () => search.current?.focus() },
    { id: "refresh", text: w.key.refresh, section, run: () => void refetch() },
  ]);

  return (
    <div className="queue" data-split={open ? "" : undefined}>
      <section className="queue-list" aria-label={w.queue.title} {...(open ? {} : { id: "content", tabIndex: -1 })} role={open ? "region" : "main"}>
        <QueueHead filter={filter} words={words} onWords={setWords} inputRef={search} onNumber={goTo} />
        {error && tickets.length === 0 ? (
          <Trouble failure={error} retry={() => void refetch()} />
        ) : !isPending && shown.length === 0 && !hasNextPage && filter.deleted && !wanted ? (
          <Blank title={w.bin.empty}>{w.bin.emptyHint}</Blank>
        ) : !isPending && shown.length === 0 && !hasNextPage ? (
          <Blank
            title={w.queue.empty}
            action={
              <Button
                onPress={() => {
                  setWords("");
                  void navigate({ to: "/queue", search: {} });
                }}
              >
                {w.queue.clear}
              </Button>
            }
          >
            {w.queue.emptyHint}
          </Blank>
        ) : (
          <TicketList ref={list} tickets={shown} isLoading={isPending} hasMore={hasNextPage} isLoadingMore={isFetchingNextPage} loadMore={loadMore} narrow={Boolean(open)} open={open ?? null} current={current} onCurrent={setCurrent} selected={selected} onSelect={select} onOpen={goTo} />
        )}
        <Suspense>{selected.size > 0 && <BulkBar tickets={tickets.filter((ticket) => selected.has(ticket.id))} bin={Boolean(filter.deleted)} clear={() => setSelected(new Set())} all={() => setSelected(new Set(shown.map((ticket) => ticket.id)))} />}</Suspense>
        <p className="hidden-visually" role="status">
          {isPending ? t.state.loading : t.tickets(shown.length)}
        </p>
      </section>
      <Boundary resetKey={open ?? ""}>
        <Outlet />
      </Boundary>
    </div>
  );
}
