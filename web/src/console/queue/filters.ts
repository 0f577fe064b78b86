import type { Priority, Status, Ticket } from "../../api/types.ts";

export const STATUSES: Status[] = ["new", "assigned", "in_progress", "pending", "resolved", "closed"];
export const PRIORITIES: Priority[] = ["urgent", "high", "medium", "low"];
export const SORTS = ["updated_at", "created_at", "priority"] as const;
export type Sort = (typeof SORTS)[number];

/** What the queue shows: it stands in the address, so that a link, the back button and a reload show the same. */
export interface Filter {
  view?: string;
  status?: (Status | "open")[];
  priority?: Priority;
  assignee?: string;
  category?: string;
  brand?: string;
  requester?: string;
  deleted?: "true";
  sort?: Sort;
  order?: "asc" | "desc";
}

/** Reads a filter from an address; what it does not know it leaves out. */
export function readFilter(search: Record<string, unknown>): Filter {
  const all = (name: string) => [search[name]].flat().filter((value): value is string => typeof value === "string" && value !== "");
  const text = (name: string) => all(name)[0];
  const known = <T extends string>(name: string, values: readonly T[]) => values.find((value) => value === text(name));
  const status = all("status").filter((value): value is Status | "open" => value === "open" || STATUSES.includes(value as Status));
  const out: Filter = {};
  if (status.length > 0) out.status = [...new Set(status)];
  const priority = known("priority", PRIORITIES);
  const sort = known("sort", SORTS);
  const order = known("order", ["asc", "desc"] as const);
  if (priority) out.priority = priority;
  if (sort) out.sort = sort;
  if (order) out.order = order;
  if (text("deleted") === "true") out.deleted = "true";
  for (const name of ["view", "assignee", "category", "brand", "requester"] as const) {
    const value = text(name);
    if (value) out[name] = value;
  }
  return out;
}

/** A filter that was changed is no longer the view that it came from. */
export function withoutView(filter: Filter): Filter {
  const { view: _view, ...rest } = filter;
  return rest;
}

/** A view that is kept at the desk has an id; the console's own have names. */
export function isSavedView(filter: Filter): boolean {
  return /^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(filter.view ?? "");
}

/** The same filter without where it came from and how it is ordered. */
export function conditions(filter: Filter): Filter {
  const { view: _view, sort: _sort, order: _order, ...rest } = filter;
  return rest;
}

export function sameConditions(a: Filter, b: Filter): boolean {
  const key = (filter: Filter) => JSON.stringify(Object.entries(conditions(filter)).map(([name, value]) => [name, [value].flat().sort()]).sort());
  return key(a) === key(b);
}

/** Whether a ticket belongs to a filter, decided as the API does; `categories` are those below the filter's, itself among them. */
export function belongs(ticket: Ticket, filter: Filter, me: string): boolean {
  const { status, priority, assignee, category, brand, requester } = filter;
  const statuses = (status ?? []).flatMap((one): Status[] => (one === "open" ? ["new", "assigned", "in_progress", "pending"] : [one]));
  if (Boolean(ticket.deleted_at) !== (filter.deleted === "true")) return false;
  if (statuses.length > 0 && !statuses.includes(ticket.status)) return false;
  if (priority && ticket.priority !== priority) return false;
  if (assignee && (ticket.assignee ?? "none") !== (assignee === "me" ? me : assignee)) return false;
  if (category && ticket.category !== category) return false;
  if (brand && ticket.brand !== brand) return false;
  return !requester || ticket.requester === (requester === "me" ? me : requester);
}

const RANK: Record<Priority, number> = { low: 0, medium: 1, high: 2, urgent: 3 };

/** The order of a list, as the API has it: within one priority by the last change. */
export function compare(a: Ticket, b: Ticket, filter: Filter): number {
  const sign = filter.order === "asc" ? 1 : -1;
  if (filter.sort === "created_at") return sign * a.created_at.localeCompare(b.created_at);
  const byPriority = filter.sort === "priority" ? RANK[a.priority] - RANK[b.priority] : 0;
  return sign * (byPriority || a.updated_at.localeCompare(b.updated_at));
}

function refresh<P extends { items: Ticket[] }>(pages: P[], changed: Ticket[]): P[] {
  const news = new Map(changed.map((ticket) => [ticket.id, ticket]));
  const newer = (ticket: Ticket) => (news.get(ticket.id)?.version ?? 0) > ticket.version;
  if (!pages.some((page) => page.items.some(newer))) return pages;
  return pages.map((page) => ({ ...page, items: page.items.map((ticket) => (newer(ticket) ? (news.get(ticket.id) as Ticket) : ticket)) }));
}

/**
 * Brings changed tickets into pages that were read before: what no longer belongs goes, the rest stands where it would be read now. What would
 * stand after the last loaded ticket is left to the next page. Answers the same pages where nothing changed.
 */
export function bringIn<P extends { items: Ticket[]; next_cursor?: string | null }>(pages: P[], changed: Ticket[], filter: Filter, me: string): P[] {
  // What belongs to a saved view only the desk can say: what is there is brought up to date where it stands.
  if (isSavedView(filter)) return refresh(pages, changed);
  const held = new Map(pages.flatMap((page) => page.items).map((ticket) => [ticket.id, ticket]));
  const news = changed.filter((ticket) => {
    const before = held.get(ticket.id);
    return before ? ticket.version > before.version : belongs(ticket, filter, me);
  });
  if (news.length === 0 || pages.length === 0) return pages;
  const ids = new Set(news.map((ticket) => ticket.id));
  const out = pages.map((page) => ({ ...page, items: page.items.filter((ticket) => !ids.has(ticket.id)) }));
  for (const ticket of news.filter((one) => belongs(one, filter, me))) {
    const place = out.find((page) => page.items.some((other) => compare(ticket, other, filter) < 0)) ?? (out.at(-1)?.next_cursor ? undefined : out.at(-1));
    if (!place) continue;
    const at = place.items.findIndex((other) => compare(ticket, other, filter) < 0);
    place.items.splice(at < 0 ? place.items.length : at, 0, ticket);
  }
  return out;
}
