/*
 * What somebody was writing when their sign-in ended. It waits in this tab's own storage for as long as they are away at the issuer, and only whoever
 * wrote it gets it back. Nothing is stored while the page is open, and signing out stores nothing.
 */
const KEPT = "lambdesk.kept";
/** Longer than a coffee, shorter than a shift: after it the text is gone. */
const LASTS_MS = 4 * 3_600_000;

interface Kept {
  person: string;
  at: number;
  things: Record<string, unknown>;
}

const keepers = new Map<string, () => unknown>();
let owner: string | null = null;
let back: Record<string, unknown> = {};

/** Offers something to be kept; `read` answers undefined where there is nothing. Answers how to take the offer back. */
export function keep(name: string, read: () => unknown): () => void {
  keepers.set(name, read);
  return () => {
    if (keepers.get(name) === read) keepers.delete(name);
  };
}

/** Stores what is offered, because the page is about to be left. */
export function keepAll(): void {
  if (owner === null) return;
  const things = Object.fromEntries([...keepers].map(([name, read]) => [name, read()] as const).filter(([, value]) => value !== undefined));
  if (Object.keys(things).length === 0) return;
  sessionStorage.setItem(KEPT, JSON.stringify({ person: owner, at: Date.now(), things } satisfies Kept));
}

/** Somebody is signed in: what was kept is theirs, or it is thrown away. */
export function openKept(person: string): void {
  owner = person;
  const stored = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  try {
    const kept = JSON.parse(stored ?? "null") as Kept | null;
    back = kept && kept.person === person && Date.now() - kept.at < LASTS_MS ? kept.things : {};
  } catch {
    back = {};
  }
}

/** Takes back what was kept under a name, once. */
export function takeKept<T>(name: string): T | undefined {
  const found = back[name] as T | undefined;
  delete back[name];
  return found;
}
