import { memo, type ReactElement } from "react";
import type { TicketEvent } from "../../api/types.ts";
import { dateTime, shortTime } from "../../i18n/format.ts";
import { useDesk } from "../data/desk.tsx";
import { actorPerson, type Labels, type Named } from "../data/reads.ts";
import { useWords, type Words } from "../words/index.ts";

/** Messages stand for themselves; what is left are changes. */
export function isShown(event: TicketEvent): boolean {
  return event.type !== "ticket.message_added";
}

/** One change, as a sentence. */
export const EventLine = memo(function EventLine({ event }: { event: TicketEvent }): ReactElement {
  const w = useWords();
  const sentence = useSentence();
  const { who, what } = sentence(event);
  return (
    <li className="event">
      <span className="event-dot" aria-hidden />
      <span>
        {who && <bdi className="event-who">{who} </bdi>}
        <bdi>{what}</bdi>
      </span>
      <time dateTime={event.at} title={dateTime(event.at)}>
        {shortTime(event.at)}
      </time>
      <span className="hidden-visually">{w.ticket.updated}</span>
    </li>
  );
});

/** Tells who did what, in words. */
export function useSentence(): (event: TicketEvent) => { who: string; what: string } {
  const w = useWords();
  const { labels, names, teams } = useDesk();
  const team = (id: string | null | undefined) => teams.find((one) => one.id === id)?.name ?? id ?? "";
  return (event) => {
    const person = actorPerson(event.actor);
    // A clock that was set or ran out is nobody's deed, whoever set it off.
    const who = person && !event.type.startsWith("sla.") ? names(person).name : "";
    return { who, what: say(event, w, labels, (id) => names(id), team, person) };
  };
}

function say(event: TicketEvent, w: Words, labels: Labels, names: (person: string | null | undefined) => Named, team: (id: string | null | undefined) => string, actor: string | null): string {
  const e = w.event;
  switch (event.type) {
    case "ticket.created":
      return e.created;
    case "ticket.message_added":
      return event.kind === "note" ? e.note : e.message;
    case "ticket.status_changed":
      return e.status(labels.status(event.from), labels.status(event.to));
    case "ticket.assigned":
      if (!event.to) return event.from === actor ? e.gaveBack : e.unassigned(names(event.from).name);
      return event.to === actor ? e.took : e.assigned(names(event.to).name);
    case "ticket.team_changed":
      return event.to ? e.team(team(event.to)) : e.teamOut;
    case "ticket.participant_changed":
      return e.participant(names(event.participant).name, w.standing[event.to ?? "left"]);
    case "ticket.messages_released":
      return e.released;
    case "ticket.field_changed":
      return e.field(event.field, value(event.from, event.field, labels, e.nothing), value(event.to, event.field, labels, e.nothing));
    case "ticket.rated":
      return e.rated(event.score);
    case "ticket.follow_up_opened":
      return e.followUp;
    case "ticket.mail_failed":
      return e.mailFailed;
    case "sla.policy_applied":
      return e.policy(event.policy);
    case "sla.warned":
      return e.warned(w.metric[event.metric]);
    case "sla.breached":
      return e.breached(w.metric[event.metric]);
    case "ticket.snoozed":
      return e.snoozed(dateTime(event.until));
    case "ticket.snooze_ended":
      return e.woke;
    case "ticket.unassigned_too_long":
      return e.unassignedLong;
    case "ticket.routed":
      return e.routed;
    case "ticket.transferred":
      return e.transferred(event.reason);
    case "ticket.deleted":
      return e.deleted;
    case "ticket.restored":
      return e.restored;
    case "ticket.merged":
      return e.merged(`…${event.into.slice(-6)}`);
    case "ticket.merge_received":
      return e.mergeReceived(event.number);
    case "ticket.unmerged":
    case "ticket.merge_returned":
      return e.unmerged;
    case "ticket.split_off":
    case "ticket.split_from":
      return e.split;
    case "ticket.link_changed":
      return e.linked;
    case "ticket.follower_changed":
      return event.following ? e.followed(names(event.follower).name) : e.unfollowed(names(event.follower).name);
    case "ticket.send_failed":
      return e.sendFailed;
    default:
      // A desk that was updated before its console knows more kinds.
      return e.other((event as { type: string }).type.replace(/^ticket\./, "").replaceAll("_", " "));
  }
}

function value(raw: unknown, field: string, labels: Labels, nothing: string): string {
  if (raw === null || raw === undefined || (Array.isArray(raw) && raw.length === 0)) return nothing;
  if (field === "priority") return labels.priority(String(raw));
  if (field === "category") return labels.category(String(raw));
  const text = Array.isArray(raw) ? raw.join(", ") : typeof raw === "object" ? JSON.stringify(raw) : String(raw);
  return `“${text}”`;
}
