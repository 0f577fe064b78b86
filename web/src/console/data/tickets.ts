import { useInfiniteQuery, useQuery, type InfiniteData } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";
import { api } from "../../api/client.ts";
import { answer, ApiProblem } from "../../api/problem.ts";
import type { Page, Ticket } from "../../api/types.ts";
import { queries } from "../../app/queries.ts";
import { bringIn, conditions, isSavedView, type Filter } from "../queue/filters.ts";
import { me } from "./reads.ts";

export type Pages = InfiniteData<Page<Ticket>, string | null>;

const POLL_MS = 4_000;
/** Lists are a moment behind, so each look goes back further than the last one's end. */
const OVERLAP_MS = 20_000;

/** The tickets of a filter, page by page. Key: `["tickets", filter]`. */
export function useTickets(filter: Filter) {
  const query = useInfiniteQuery({
    queryKey: ["tickets", filter],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => {
      if (isSavedView(filter)) {
        const query = { limit: 50, ...(pageParam ? { cursor: pageParam } : {}) };
        return answer(api.GET("/v1/views/{view}/tickets", { params: { path: { view: filter.view as string }, query }, signal })) as Promise<Page<Ticket>>;
      }
      const { view: _view, status, ...rest } = filter;
      const order = { sort: rest.sort ?? "updated_at", order: rest.order ?? "desc" } as const;
      const asked = { ...conditions(rest), ...order, ...(status ? { status } : {}), limit: 50, ...(pageParam ? { cursor: pageParam } : {}) };
      return answer(api.GET("/v1/tickets", { params: { query: asked as never }, signal })) as Promise<Page<Ticket>>;
    },
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    // Changes are brought in one by one; reading every page again would cost as much as the list is long.
    staleTime: 5 * 60_000,
    refetchOnWindowFocus: false,
    // Only the desk knows what belongs to a saved view, so its first pages are read again.
    refetchInterval: (held) => (isSavedView(filter) && (held.state.data?.pages.length ?? 0) < 3 ? 10_000 : false),
  });
  const tickets = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  return { ...query, tickets };
}

/** Looks every few seconds for what changed, and brings it into every list and ticket that is held. Says whether the desk answers at all. */
export function useChanges(): { unreachable: boolean } {
  const since = useRef(Date.now() - OVERLAP_MS);
  const { data, error } = useQuery({
    queryKey: ["changes"],
    queryFn: async ({ signal }) => {
      const from = new Date(since.current - OVERLAP_MS).toISOString();
      const begun = Date.now();
      const page = await answer(api.GET("/v1/tickets", { params: { query: { updated_since: from, sort: "updated_at", order: "desc", limit: 100 } as never }, signal }));
      since.current = begun;
      return page.items;
    },
    refetchInterval: POLL_MS,
    refetchIntervalInBackground: false,
    structuralSharing: false,
    retry: false,
  });
  useEffect(() => {
    if (data) takeIn(data);
  }, [data]);
  return { unreachable: error instanceof ApiProblem && error.isOffline };
}

/** Brings what was read or answered of tickets into everything that shows them. */
export function takeIn(changed: Ticket[]): void {
  for (const [key, pages] of queries.getQueriesData<Pages>({ queryKey: ["tickets"] })) {
    if (!pages) continue;
    const next = bringIn(pages.pages, changed, key[1] as Filter, me().person);
    if (next !== pages.pages) queries.setQueryData<Pages>(key, { ...pages, pages: next });
  }
  for (const ticket of changed) {
    const held = queries.getQueryData<Ticket>(["ticket", ticket.number]);
    if (held && held.version < ticket.version) void queries.invalidateQueries({ queryKey: ["ticket", ticket.number] });
  }
}

/** Takes a ticket out of every list, where it was deleted. */
export function takeOut(id: string): void {
  for (const [key, pages] of queries.getQueriesData<Pages>({ queryKey: ["tickets"] })) {
    if (pages) queries.setQueryData<Pages>(key, { ...pages, pages: pages.pages.map((page) => ({ ...page, items: page.items.filter((ticket) => ticket.id !== id) })) });
  }
}
