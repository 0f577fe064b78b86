import { useEffect, useRef, useSyncExternalStore } from "react";

/** Something that can be done here: by its keys, from the palette, and listed in the help. */
export interface Action {
  id: string;
  text: string;
  /** "r", "g q" (one after the other), "?" */
  keys?: string;
  section: string;
  run: () => void;
}

const SWITCH = "lambdesk.keys";
const registered = new Map<object, Action[]>();
const listeners = new Set<() => void>();
let all: Action[] = [];

function update(): void {
  // Who came last wins: a ticket's keys before the queue's.
  const byId = new Map<string, Action>();
  for (const actions of registered.values()) for (const action of actions) byId.set(action.id, action);
  all = [...byId.values()];
  listeners.forEach((listener) => listener());
}

/** Offers actions for as long as the caller is shown. */
export function useActions(actions: Action[]): void {
  const latest = useRef(actions);
  latest.current = actions;
  const shape = actions.map((action) => `${action.id} ${action.keys ?? ""} ${action.text}`).join("\n");
  useEffect(() => {
    const owner = {};
    // `run` is looked up when it runs, so that it sees what is on the screen then.
    registered.set(
      owner,
      latest.current.map((action, index) => ({ ...action, run: () => latest.current[index]?.run() })),
    );
    update();
    return () => {
      registered.delete(owner);
      update();
    };
  }, [shape]);
}

export function useAllActions(): Action[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => all,
  );
}

/** Keys without Ctrl can be switched off, for those whose voice or hand presses keys by mistake (WCAG 2.1.4). */
export function keysAreOn(): boolean {
  return localStorage.getItem(SWITCH) !== "off";
}

export function switchKeys(on: boolean): void {
  localStorage.setItem(SWITCH, on ? "on" : "off");
}

/** Whether a key belongs to what has the focus, and not to the page. */
function isTyping(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement;
  return target.isContentEditable || Boolean(target.closest("input:not([type=checkbox]), textarea, select, [role=listbox], [role=menu], [role=dialog], [role=alertdialog]"));
}

/** Listens for the keys of whatever actions there are. */
export function useKeys(openPalette: () => void): void {
  const open = useRef(openPalette);
  open.current = openPalette;
  useEffect(() => {
    let first = "";
    let timer: ReturnType<typeof setTimeout> | undefined;
    const listen = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && !event.altKey && !event.shiftKey) {
        event.preventDefault();
        return open.current();
      }
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing || !keysAreOn() || isTyping(event)) return;
      const pressed = first ? `${first} ${event.key}` : event.key;
      first = "";
      clearTimeout(timer);
      const found = all.findLast((action) => action.keys === pressed);
      if (found) {
        event.preventDefault();
        return found.run();
      }
      if (all.some((action) => action.keys?.startsWith(`${pressed} `))) {
        first = pressed;
        timer = setTimeout(() => (first = ""), 1500);
      }
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, []);
}
