import { api } from "../../api/client.ts";
import { answer } from "../../api/problem.ts";
import type { Page, Ticket } from "../../api/types.ts";
import { day } from "../../i18n/format.ts";

/** At most so many tickets are read for the figures over time; the page says of how many they are. */
const MOST_PAGES = 5;

/** The newest tickets, back to a day or as many as are worth reading. */
export async function newestTickets(since: number, signal: AbortSignal): Promise<Ticket[]> {
  const out: Ticket[] = [];
  let cursor: string | null | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query = { sort: "created_at", order: "desc", limit: 100, ...(cursor ? { cursor } : {}) };
    const { items, next_cursor }: Page<Ticket> = await answer(api.GET("/v1/tickets", { params: { query: query as never }, signal }));
    out.push(...items.filter((ticket) => Date.parse(ticket.created_at) >= since));
    if (!next_cursor || items.some((ticket) => Date.parse(ticket.created_at) < since)) break;
    cursor = next_cursor;
  }
  return out;
}

/** The day of a time, in the reader's own zone: 2026-11-21. */
export function dayOf(time: string | number): string {
  const date = new Date(time);
  return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}-${String(date.getDate()).padStart(2, "0")}`;
}

/** The last days up to today, oldest first. */
export function lastDays(count: number, now: number): string[] {
  return Array.from({ length: count }, (_, index) => dayOf(now - (count - 1 - index) * day));
}

/** The middle of some lengths of time; null of none. */
export function median(values: number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/** How long tickets took from their opening to a moment that they have reached. */
export function spans(tickets: Ticket[], moment: "first_response_at" | "resolved_at"): number[] {
  return tickets.flatMap((ticket) => {
    const reached = ticket[moment];
    return reached ? [Date.parse(reached) - Date.parse(ticket.created_at)] : [];
  });
}
