/** What stands beside the one thing that is pointed at, or has the focus. */
export interface Tip {
  label: string;
  keys?: string | undefined;
  /** Where on the screen its button is. */
  box: DOMRect;
}

let tip: Tip | null = null;
let owner: HTMLElement | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

function set(next: Tip | null): void {
  if (tip === next) return;
  tip = next;
  listeners.forEach((listener) => listener());
}

export function showTip(element: HTMLElement, words: Omit<Tip, "box">, delay: number): void {
  clearTimeout(timer);
  owner = element;
  timer = setTimeout(() => owner === element && element.isConnected && set({ ...words, box: element.getBoundingClientRect() }), delay);
}

/** Takes the tip of an element away, after a moment in which the pointer may have gone onto the tip itself (WCAG 1.4.13). */
export function hideTip(element: HTMLElement | null, delay = 0): void {
  if (owner !== element) return;
  clearTimeout(timer);
  const gone = () => {
    owner = null;
    set(null);
  };
  if (delay) timer = setTimeout(gone, delay);
  else gone();
}

/** The pointer is on the tip: it stays. */
export function keepTip(): void {
  clearTimeout(timer);
}

export function leaveTip(): void {
  hideTip(owner, 120);
}

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function currentTip(): Tip | null {
  return tip;
}
