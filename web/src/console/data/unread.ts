import { useSyncExternalStore } from "react";
import type { Ticket } from "../../api/types.ts";

const KEPT = "lambdesk.seen";
/** Enough for weeks of work; what was seen longest ago is forgotten first. */
const MOST = 3000;
const listeners = new Set<() => void>();
let seen = new Map<string, number>(read());
let writing: ReturnType<typeof setTimeout> | undefined;

function read(): [string, number][] {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? "[]") as [string, number][];
  } catch {
    return [];
  }
}

/** Remembers, in this browser, up to which version somebody saw a ticket. */
export function sawTicket(id: string, version: number): void {
  if ((seen.get(id) ?? 0) >= version) return;
  const next = new Map(seen);
  next.delete(id);
  next.set(id, version);
  while (next.size > MOST) next.delete(next.keys().next().value as string);
  seen = next;
  clearTimeout(writing);
  writing = setTimeout(() => localStorage.setItem(KEPT, JSON.stringify([...seen])), 300);
  listeners.forEach((listener) => listener());
}

/** Whether a ticket has a version that was not seen in this browser. */
export function useUnread(): (ticket: Ticket) => boolean {
  const held = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => seen,
  );
  return (ticket) => (held.get(ticket.id) ?? 0) < ticket.version;
}
