import { useSyncExternalStore, type ReactElement } from "react";
import { useTexts } from "../i18n/index.ts";
import { Button, IconButton } from "./Button.tsx";
import { Icon } from "./Icon.tsx";

interface Toast {
  id: number;
  text: string;
  action?: { text: string; run: () => void };
}

let toasts: Toast[] = [];
let last = 0;
const listeners = new Set<() => void>();

function set(next: Toast[]): void {
  toasts = next;
  listeners.forEach((listener) => listener());
}

/** Says something at the foot of the page for a while; one with an action stays longer. Answers how to take it away. */
export function say(text: string, action?: Toast["action"], milliseconds = action ? 10_000 : 5_000): () => void {
  const id = ++last;
  const gone = () => set(toasts.filter((toast) => toast.id !== id));
  set([...toasts.slice(-2), action ? { id, text, action } : { id, text }]);
  setTimeout(gone, milliseconds);
  return gone;
}

export function Toasts(): ReactElement {
  const t = useTexts();
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map((toast) => (
        <div className="toast" key={toast.id}>
          <span className="grow">{toast.text}</span>
          {toast.action && (
            <Button
              small
              onPress={() => {
                toast.action?.run();
                set(toasts.filter((other) => other.id !== toast.id));
              }}
            >
              {toast.action.text}
            </Button>
          )}
          <IconButton small label={t.act.close} onPress={() => set(toasts.filter((other) => other.id !== toast.id))}>
            <Icon name="close" size={14} />
          </IconButton>
        </div>
      ))}
    </div>
  );
}
