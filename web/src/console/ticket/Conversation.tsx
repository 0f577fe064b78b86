import { useEffect, useLayoutEffect, useMemo, useRef, useState, type ReactElement } from "react";
import type { Message, Scheduled, Thread, TicketEvent } from "../../api/types.ts";
import { Button } from "../../design/Button.tsx";
import { useWords } from "../words/index.ts";
import type { Acts } from "../data/ticket.ts";
import { EventLine, isShown } from "./EventLine.tsx";
import { MessageItem } from "./MessageItem.tsx";
import { ScheduledItem } from "./ScheduledItem.tsx";

type Item = { at: string; id: string; message: Message } | { at: string; id: string; event: TicketEvent } | { at: string; id: string; scheduled: Scheduled };

/** So many items are drawn at first: the newest, which is what somebody who opens a ticket reads. */
const FIRST_DRAWN = 24;
/** And so many more with each asking. */
const MORE_DRAWN = 80;

/** Messages, and between them what else happened, oldest first. */
export function Conversation({ ticket, acts }: { ticket: Thread; acts: Acts }): ReactElement {
  const w = useWords();
  const box = useRef<HTMLDivElement>(null);
  const items = useMemo(() => timeline(ticket), [ticket.messages, ticket.events, ticket.scheduled]);
  // Counted from the start, so that what comes in at the end moves nothing.
  const [hidden, setHidden] = useState(() => Math.max(0, items.length - FIRST_DRAWN));
  const fromEnd = useRef<number | null>(null);
  const shown = hidden > 0 ? items.slice(hidden) : items;
  const count = useRef(items.length);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    // After the layout and before the first picture: the newest message is in sight from the start, and nothing is laid out twice.
    const observer = new ResizeObserver(() => {
      element.scrollTop = element.scrollHeight;
      observer.disconnect();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  // What is drawn above what is read leaves it where it is.
  useLayoutEffect(() => {
    const element = box.current;
    if (element && fromEnd.current !== null) element.scrollTop = element.scrollHeight - fromEnd.current;
    fromEnd.current = null;
  }, [hidden]);
  const showEarlier = () => {
    fromEnd.current = box.current ? box.current.scrollHeight - box.current.scrollTop : null;
    setHidden(Math.max(0, hidden - MORE_DRAWN));
  };
  // A message that comes in scrolls into sight only for who reads the end; nobody else is moved.
  useEffect(() => {
    const element = box.current;
    if (element && items.length > count.current && element.scrollHeight - element.scrollTop - element.clientHeight < 320) element.scrollTo({ top: element.scrollHeight, behavior: "smooth" });
    count.current = items.length;
  }, [items.length]);

  return (
    <div className="conversation" ref={box} role="region" tabIndex={0} aria-label={w.ticket.conversation}>
      {ticket.truncated && <p className="chip">{w.ticket.truncated}</p>}
      {hidden > 0 && (
        <Button kind="plain" onPress={showEarlier}>
          {w.ticket.earlier(hidden)}
        </Button>
      )}
      <ol className="timeline">
        {shown.map((item) =>
          "message" in item ? <MessageItem key={item.id} message={item.message} ticketId={ticket.id} acts={acts} /> : "event" in item ? <EventLine key={item.id} event={item.event} /> : <ScheduledItem key={item.id} scheduled={item.scheduled} number={ticket.number} />,
        )}
      </ol>
    </div>
  );
}

function timeline(ticket: Thread): Item[] {
  const messages: Item[] = (ticket.messages ?? []).map((message) => ({ at: message.created_at, id: message.id, message }));
  const events: Item[] = (ticket.events ?? []).filter((event) => isShown(event) && !(event.type === "ticket.merged" && event.into === ticket.id)).map((event) => ({ at: event.at, id: event.id, event }));
  // Both come in order; a stable sort keeps a message before what it caused in the same moment.
  const told = [...messages, ...events].sort((a, b) => a.at.localeCompare(b.at));
  // What has yet to be sent stands last, whenever it will go.
  return [...told, ...(ticket.scheduled ?? []).map((scheduled): Item => ({ at: scheduled.send_at, id: scheduled.id, scheduled }))];
}
