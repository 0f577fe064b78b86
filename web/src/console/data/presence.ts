import { useQuery } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";
import { api } from "../../api/client.ts";
import { answer } from "../../api/problem.ts";

/** A lease ends after 30 seconds, so it is renewed well before. */
const RENEW_MS = 10_000;
/** Who goes on sooner has not looked. */
const STAY_MS = 700;
/** Who has not typed for so long only looks. */
const TYPING_MS = 8_000;

let typedAt = 0;
let typing = false;
const listeners = new Set<() => void>();

function setTyping(next: boolean): void {
  if (typing === next) return;
  typing = next;
  listeners.forEach((listener) => listener());
}

/** Called with each key in the composer. */
export function typed(): void {
  typedAt = Date.now();
  setTyping(true);
  setTimeout(() => Date.now() - typedAt >= TYPING_MS && setTyping(false), TYPING_MS + 100);
}

/** Whether somebody has looked at a ticket for a moment. */
function useStays(ticket: string): boolean {
  const [stayed, setStayed] = useState<string | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setStayed(ticket), STAY_MS);
    return () => clearTimeout(timer);
  }, [ticket]);
  return stayed === ticket;
}

/** Says that the caller looks at a ticket, and answers who else does. */
export function usePresence(ticket: string) {
  const isTyping = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => typing,
  );
  const path = { ticket };
  // Others can wait until what was opened is on the screen; who only turns pages is not announced at all.
  const stays = useStays(ticket);
  const { data } = useQuery({
    queryKey: ["presence", ticket, isTyping],
    queryFn: () => answer(api.PUT("/v1/tickets/{ticket}/presence", { params: { path }, body: { state: isTyping ? "typing" : "viewing" } })),
    enabled: stays,
    refetchInterval: (query) => (query.state.error ? false : RENEW_MS / 2),
    refetchIntervalInBackground: false,
    placeholderData: (before) => before,
    retry: false,
    staleTime: 0,
    gcTime: 0,
  });
  useEffect(
    () => () => {
      setTyping(false);
      if (!stays) return;
      // Nobody waits for it; the lease ends by itself too.
      void api.DELETE("/v1/tickets/{ticket}/presence", { params: { path: { ticket } } }).catch(() => undefined);
    },
    [ticket, stays],
  );
  return data?.others ?? [];
}
