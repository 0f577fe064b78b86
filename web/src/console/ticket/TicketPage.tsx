import { useNavigate, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useEffect, useState, type ReactElement } from "react";
import type { Thread } from "../../api/types.ts";
import { Button, IconButton } from "../../design/Button.tsx";
import { Icon } from "../../design/Icon.tsx";
import { PriorityMark, StatusMark } from "../../design/marks.tsx";
import { Skeleton, Trouble } from "../../design/states.tsx";
import { useTexts } from "../../i18n/index.ts";
import { Composer } from "../composer/Composer.tsx";
import { useDesk } from "../data/desk.tsx";
import { useActs, useFacts, useTicket } from "../data/ticket.ts";
import { sawTicket } from "../data/unread.ts";
import { useActions } from "../keys/actions.ts";
import { SidePanel } from "../side/SidePanel.tsx";
import { useWords } from "../words/index.ts";
import { BinBanner } from "./BinBanner.tsx";
import { Conversation } from "./Conversation.tsx";
import { Presence } from "./Presence.tsx";
import { Subject } from "./Subject.tsx";
import { TicketMenu } from "./TicketMenu.tsx";
import "./ticket.css";

const StaleDialog = lazy(() => import("./StaleDialog.tsx").then((module) => ({ default: module.StaleDialog })));

/** The ticket that is open beside the queue. */
export function TicketPage(): ReactElement {
  const { ticket: number } = useParams({ from: "/queue/$ticket" });
  const { data, error, refetch } = useTicket(number);
  if (data) return <Open key={data.id} ticket={data} />;
  return (
    <main className="ticket" id="content" tabIndex={-1}>
      <h1 className="hidden-visually">{number}</h1>
      {error ? <Trouble failure={error} retry={() => void refetch()} /> : <TicketSkeleton />}
    </main>
  );
}

function Open({ ticket }: { ticket: Thread }): ReactElement {
  const w = useWords();
  const t = useTexts();
  const { labels } = useDesk();
  const navigate = useNavigate();
  const acts = useActs(ticket);
  const facts = useFacts(ticket);
  const [details, setDetails] = useState(false);
  const back = useCallback(() => void navigate({ to: "/queue", search: true as never }), [navigate]);

  useEffect(() => {
    document.title = `${ticket.number} ${ticket.subject}`;
    return () => {
      document.title = "Lambdesk";
    };
  }, [ticket.number, ticket.subject]);
  // What is in sight counts as seen; a ticket that comes in behind another window does not.
  useEffect(() => {
    const see = () => document.visibilityState === "visible" && ticket.messages && sawTicket(ticket.id, ticket.version);
    see();
    document.addEventListener("visibilitychange", see);
    return () => document.removeEventListener("visibilitychange", see);
  }, [ticket.id, ticket.version, ticket.messages]);
  useActions([{ id: "back", text: w.key.back, keys: "Escape", section: w.help.inTicket, run: back }]);

  return (
    <main className="ticket" id="content" tabIndex={-1} data-details={details || undefined} aria-label={`${ticket.number} ${ticket.subject}`}>
      <header className="ticket-head">
        <div className="row">
          <IconButton label={w.ticket.back} keys="Esc" onPress={back}>
            <Icon name="left" />
          </IconButton>
          <span className="mono quiet">{ticket.number}</span>
          <StatusMark status={ticket.status} label={labels.status(ticket.status)} />
          <PriorityMark priority={ticket.priority} label={labels.priority(ticket.priority)} />
          <span className="grow" />
          <Presence ticket={facts.id} />
          <Button small kind="plain" onPress={() => setDetails(!details)} aria-expanded={details}>
            <span className="details-button">{w.ticket.details}</span>
          </Button>
          <TicketMenu ticket={facts} acts={acts} />
        </div>
        <Subject ticket={facts} acts={acts} />
      </header>
      {ticket.deleted_at && <BinBanner ticket={facts} />}
      <div className="ticket-body">
        <div className="ticket-talk">
          {ticket.messages ? <Conversation ticket={ticket} acts={acts} /> : <TicketSkeleton />}
          {!ticket.deleted_at && <Composer ticket={facts} acts={acts} />}
        </div>
        <SidePanel ticket={facts} acts={acts} />
      </div>
      <Suspense>{acts.stale && <StaleDialog stale={acts.stale} onClose={acts.dropStale} />}</Suspense>
      <p className="hidden-visually" role="status">
        {ticket.messages ? "" : t.state.loading}
      </p>
    </main>
  );
}

function TicketSkeleton(): ReactElement {
  return (
    <div className="conversation" aria-hidden>
      {[62, 88, 40].map((width) => (
        <div key={width} className="message stack">
          <Skeleton width={140} />
          <Skeleton width={`${width}%`} />
          <Skeleton width={`${width - 18}%`} />
        </div>
      ))}
    </div>
  );
}
