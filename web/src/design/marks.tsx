import type { ReactElement } from "react";
import type { Clock, Priority, Status } from "../api/types.ts";
import { span } from "../i18n/format.ts";

/** How far a ticket has come, as the filled part of a disc; two states that wait have signs of their own. */
const FILLED: Record<Status, number> = { new: 0, assigned: 0.25, in_progress: 0.6, pending: 0, resolved: 1, closed: 1 };

export function StatusMark({ status, label }: { status: Status; label: string }): ReactElement {
  const filled = FILLED[status];
  return (
    <span className="status" data-status={status}>
      <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden focusable="false">
        <circle cx="6" cy="6" r="4.9" fill="none" stroke="currentColor" strokeWidth="1.6" strokeDasharray={status === "new" ? "2.2 1.65" : undefined} />
        {filled > 0 && filled < 1 && <circle cx="6" cy="6" r="1.9" fill="none" stroke="currentColor" strokeWidth="3.8" strokeDasharray={`${filled * 11.94} 12`} transform="rotate(-90 6 6)" />}
        {status === "pending" && <path d="M4.7 4v4M7.3 4v4" stroke="currentColor" strokeWidth="1.5" />}
        {status === "closed" && <circle cx="6" cy="6" r="5" fill="currentColor" />}
        {status === "resolved" && <path d="M3.7 6.200l1.6 1.6 3-3.5" fill="none" stroke="currentColor" strokeWidth="1.6" />}
      </svg>
      {label}
    </span>
  );
}

const BARS: Record<Priority, number> = { low: 1, medium: 2, high: 3, urgent: 4 };

/** One to four bars: told apart without colour too. */
export function PriorityMark({ priority, label, hideLabel }: { priority: Priority; label: string; hideLabel?: boolean }): ReactElement {
  return (
    <span className="priority" data-priority={priority}>
      <svg width="14" height="12" viewBox="0 0 14 12" aria-hidden focusable="false">
        {[1, 2, 3, 4].map((bar) => (
          <rect key={bar} x={(bar - 1) * 3.6} y={12 - bar * 2.8} width="2.4" height={bar * 2.8} rx="0.6" fill="currentColor" opacity={bar <= BARS[priority] ? 1 : 0.22} />
        ))}
      </svg>
      <span className={hideLabel ? "hidden-visually" : undefined}>{label}</span>
    </span>
  );
}

export interface FuseWords {
  left: (span: string) => string;
  late: (span: string) => string;
  paused: string;
}

/** A promise that burns down: how much of its time is left. */
export function Fuse({ clock, now, words, label }: { clock: Clock; now: number; words: FuseWords; label?: string }): ReactElement | null {
  if (clock.state === "met" || clock.stopped_at) return null;
  const due = clock.due_at ? new Date(clock.due_at).getTime() : null;
  const remaining = clock.state === "paused" || due === null ? clock.remaining_seconds * 1000 : due - now;
  const share = Math.max(0, Math.min(1, remaining / (clock.target_minutes * 60_000)));
  const late = clock.state === "breached" || remaining < 0;
  const state = late ? "late" : clock.state === "paused" ? "paused" : share < 0.2 ? "warn" : "good";
  const text = state === "paused" ? words.paused : late ? words.late(span(remaining)) : words.left(span(remaining));
  return (
    <span className="fuse" data-state={state}>
      <span>
        {label && <span className="hidden-visually">{label}: </span>}
        {text}
      </span>
      <span className="burn" aria-hidden>
        <i style={{ width: `${share * 100}%` }} />
      </span>
    </span>
  );
}

/** The clock that ends first, of those that still run. */
export function nextClock(clocks: Clock[] | undefined): Clock | undefined {
  const open = (clocks ?? []).filter((clock) => !clock.stopped_at && clock.state !== "met");
  return open.sort((a, b) => (a.due_at ?? "9").localeCompare(b.due_at ?? "9"))[0];
}

/** Two letters for a name; staff are round, customers square. */
export function Face({ name, customer }: { name: string; customer?: boolean }): ReactElement {
  const letters = name.split(/\s+/).filter(Boolean);
  const initials = [letters[0], letters.length > 1 ? letters.at(-1) : undefined].map((word) => [...(word ?? "")][0] ?? "").join("");
  return (
    // The letters are drawn, not written: they repeat a name that stands beside them, and belong to no button's label.
    <span className={customer ? "face customer" : "face"} data-letters={initials.toUpperCase()} aria-hidden />
  );
}

export function Person({ name, customer = false }: { name: string; customer?: boolean }): ReactElement {
  return (
    <span className="person">
      <Face name={name} customer={customer} />
      <bdi className="clip">{name}</bdi>
    </span>
  );
}
