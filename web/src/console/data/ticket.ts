import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useRef, useState } from "react";
import { api, tag } from "../../api/client.ts";
import { answer, ApiProblem } from "../../api/problem.ts";
import type { Message, Thread, Ticket, TicketChange, TicketEvent } from "../../api/types.ts";
import { queries } from "../../app/queries.ts";
import { say } from "../../design/toast.tsx";
import { useTexts } from "../../i18n/index.ts";
import { takeIn, type Pages } from "./tickets.ts";
import { sawTicket } from "./unread.ts";

/** How often an open ticket is asked for; a 304 costs little. */
const POLL_MS = 3_000;

/** Tickets whose next reading must not be answered with a 304. */
const unsure = new Set<string>();

/** Reads a ticket again, whole. */
export async function readAgain(number: string): Promise<void> {
  unsure.add(number);
  await queries.cancelQueries({ queryKey: ["ticket", number] });
  await queries.refetchQueries({ queryKey: ["ticket", number] });
}

async function readTicket(number: string, signal: AbortSignal): Promise<Thread> {
  const held = queries.getQueryData<Thread>(["ticket", number]);
  // A reply that waits to be sent is no version of its ticket, so while there may be one the whole is asked for.
  const whole = unsure.delete(number) || Boolean(held?.scheduled?.length);
  const known = held?.messages && !whole ? { "if-none-match": tag(held) } : {};
  const request = api.GET("/v1/tickets/{ticket}", { params: { path: { ticket: number }, query: { include: "messages,events" } }, headers: known, signal });
  const { response } = await request.catch(() => {
    throw new ApiProblem(0, {});
  });
  if (response.status === 304 && held) return held;
  return answer(request) as Promise<Thread>;
}

/** How long a pointer rests on a row before its ticket is read ahead: a pointer that only passes asks for nothing. */
const REST_MS = 80;
let resting: ReturnType<typeof setTimeout> | undefined;

/** Reads a ticket that may be opened next. */
export function prefetchTicket(number: string): void {
  clearTimeout(resting);
  resting = setTimeout(() => void queries.prefetchQuery({ queryKey: ["ticket", number], queryFn: ({ signal }) => readTicket(number, signal), staleTime: 10_000, retry: false }), REST_MS);
}

/** A ticket with its conversation and history, kept fresh. Key: `["ticket", number]`. */
export function useTicket(number: string) {
  return useQuery<Thread>({
    queryKey: ["ticket", number],
    queryFn: ({ signal }) => readTicket(number, signal),
    // What the list knows of it shows at once; the conversation follows.
    placeholderData: () => findLoaded(number) as Thread | undefined,
    refetchInterval: POLL_MS,
    staleTime: 2_000,
  });
}

function findLoaded(number: string): Ticket | undefined {
  for (const [, pages] of queries.getQueriesData<Pages>({ queryKey: ["tickets"] })) {
    const found = pages?.pages.flatMap((page) => page.items).find((ticket) => ticket.number === number);
    if (found) return found;
  }
  return undefined;
}

const THREAD = new Set(["messages", "events", "scheduled", "truncated"]);

/**
 * The same ticket for as long as nothing but its thread differs: what stands beside the conversation is not drawn anew when the conversation comes,
 * nor with each reading that found nothing new.
 */
export function useFacts(ticket: Thread): Ticket {
  const held = useRef(ticket);
  const before = held.current as unknown as Record<string, unknown>;
  const now = ticket as unknown as Record<string, unknown>;
  const differs = (name: string) => !THREAD.has(name) && before[name] !== now[name] && JSON.stringify(before[name]) !== JSON.stringify(now[name]);
  if (ticket !== held.current && [...new Set([...Object.keys(before), ...Object.keys(now)])].some(differs)) held.current = ticket;
  return held.current;
}

/** Something that was to change the ticket, and what had changed in between. */
export interface Stale {
  changes: TicketEvent[];
  messages: Message[];
  again: () => void;
}

type Request = (ifMatch: string) => Promise<unknown>;

/**
 * Changes a ticket on condition that it is as it is shown. Where it is not, `stale` says what changed, and offers to do it on the newer one.
 * `foresee` is shown until the answer is there.
 */
export function useActs(ticket: Ticket) {
  const t = useTexts();
  const [stale, setStale] = useState<Stale | null>(null);
  const key = ["ticket", ticket.number];

  const act = useCallback(
    async (request: Request, foresee?: Partial<Ticket>): Promise<boolean> => {
      const before = queries.getQueryData<Thread>(key);
      if (before && foresee) queries.setQueryData<Thread>(key, { ...before, ...foresee });
      try {
        const answered = await request(tag(before ?? ticket));
        await readAgain(ticket.number);
        const fresh = queries.getQueryData<Thread>(key) ?? (answered as Ticket | undefined);
        if (fresh?.id) {
          sawTicket(fresh.id, fresh.version);
          takeIn([fresh]);
        }
        void queries.invalidateQueries({ queryKey: ["stats"] });
        setStale(null);
        return true;
      } catch (failure) {
        if (before) queries.setQueryData<Thread>(key, before);
        const problem = failure instanceof ApiProblem ? failure : null;
        if (problem?.isStale) {
          await readAgain(ticket.number);
          const extra = problem.problem as { messages?: Message[] };
          setStale({ changes: problem.problem.changes ?? [], messages: extra.messages ?? [], again: () => void act(request, foresee) });
        } else {
          say(problem?.problem.errors?.[0]?.message ?? problem?.problem.detail ?? (problem?.isOffline ? t.state.offline : t.state.failed));
        }
        return false;
      }
    },
    // The key is made of the number alone.
    [ticket.number, t],
  );

  const change = useCallback((body: TicketChange, foresee?: Partial<Ticket>) => act((ifMatch) => patch(ticket.id, ifMatch, body), foresee ?? (body as Partial<Ticket>)), [act, ticket.id]);
  return useMemo(() => ({ act, change, stale, dropStale: () => setStale(null) }), [act, change, stale]);
}

export type Acts = ReturnType<typeof useActs>;

function patch(id: string, ifMatch: string, body: TicketChange) {
  return answer(api.PATCH("/v1/tickets/{ticket}", { params: { path: { ticket: id }, header: { "If-Match": ifMatch } }, body }));
}
