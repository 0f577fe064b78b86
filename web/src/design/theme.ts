import { useSyncExternalStore } from "react";

export type Theme = "light" | "dark" | "system";

const KEPT = "lambdesk.theme";
const system = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();
let theme = (localStorage.getItem(KEPT) as Theme | null) ?? "system";

function show(): void {
  document.documentElement.dataset.theme = theme === "system" ? (system.matches ? "dark" : "light") : theme;
}

/** Shows the chosen theme, and follows the system while it is asked to. */
export function startTheme(): void {
  show();
  system.addEventListener("change", show);
}

export function setTheme(next: Theme): void {
  theme = next;
  localStorage.setItem(KEPT, next);
  show();
  listeners.forEach((listener) => listener());
}

export function useTheme(): Theme {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => theme,
  );
}
