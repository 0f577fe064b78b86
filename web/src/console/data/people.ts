import { useSyncExternalStore } from "react";
import { api } from "../../api/client.ts";
import { answer, ApiProblem } from "../../api/problem.ts";
import type { Person } from "../../api/types.ts";

/** As the API has it. */
const MOST_IDS = 100;
/** Ids that a screen asks for while it is drawn go together. */
const GATHER_MS = 15;

/** Who is known; null is somebody whom the desk does not name: erased, or not there. */
let known: ReadonlyMap<string, Person | null> = new Map();
let wanted = new Set<string>();
let timer: ReturnType<typeof setTimeout> | undefined;
/** A desk of an older version has no such list; it is asked once. */
let exists = true;
const listeners = new Set<() => void>();

function set(next: ReadonlyMap<string, Person | null>): void {
  known = next;
  listeners.forEach((listener) => listener());
}

/** Everybody who was looked up so far. */
export function usePeople(): ReadonlyMap<string, Person | null> {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => known,
  );
}

/** Asks who somebody is. May be called while drawing, as often as one likes: each is asked for once, many in one request. */
export function lookUp(person: string): void {
  if (!exists || known.has(person) || wanted.has(person)) return;
  wanted.add(person);
  timer ??= setTimeout(() => void ask(), GATHER_MS);
}

async function ask(): Promise<void> {
  timer = undefined;
  const ids = [...wanted].slice(0, MOST_IDS);
  try {
    const { items } = await answer(api.GET("/v1/people", { params: { query: { ids: ids.join(",") } } }));
    const next = new Map(known);
    for (const id of ids) next.set(id, null);
    for (const person of items) next.set(person.id, person);
    ids.forEach((id) => wanted.delete(id));
    set(next);
  } catch (failure) {
    if (failure instanceof ApiProblem && failure.status === 404) {
      exists = false;
      wanted = new Set();
    } else if (failure instanceof ApiProblem && (failure.isOffline || failure.status >= 429)) {
      // They are asked for again when something is drawn, after a while.
      setTimeout(() => ids.forEach((id) => wanted.delete(id)), 5_000);
      return;
    } else {
      // Ids that the desk refuses are not asked for again.
      const next = new Map(known);
      ids.forEach((id) => (next.set(id, null), wanted.delete(id)));
      set(next);
    }
  }
  if (wanted.size > 0 && exists) timer ??= setTimeout(() => void ask(), GATHER_MS);
}

/** Forgets what was known of people, because somebody was erased. */
export function forgetPeople(): void {
  wanted = new Set();
  set(new Map());
}

/** Who is found by the beginning of a name, or by a whole address. */
export async function findPeople(search: string, kind: "customer" | "staff", signal?: AbortSignal): Promise<Person[]> {
  const { items } = await answer(api.GET("/v1/people", { params: { query: { search, kind, limit: 8 } }, ...(signal ? { signal } : {}) }));
  return items;
}
