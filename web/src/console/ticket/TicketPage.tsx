import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useEffect, useState, type ReactElement } from "react";
import type { Thread } from "../../api/types.ts";
import { Button, IconButton } from "../../design/Button.tsx";
import { Icon } from "../../design/Icon.tsx";
import { PriorityMark, StatusMark } from "../../design/marks.tsx";
import { Skeleton, Trouble } from "../../design/states.tsx";
import { useTexts } from "../../i18n/index.ts";
import { Composer } from "../composer/Composer.tsx";
import { useLabels } from "../data/reads.ts";
import { useActs, useTicket } from "../data/ticket.ts";
import { sawTicket } from "../data/unread.ts";
import { useActions } from "../keys/actions.ts";
import { SidePanel } from "../side/SidePanel.tsx";
import { useWords } from "../words/index.ts";
import { Conversation } from "./Conversation.tsx";
import { Presence } from "./Presence.tsx";
import { StaleDialog } from "./StaleDialog.tsx";
import { Subject } from "./Subject.tsx";
import { TicketMenu } from "./TicketMenu.tsx";
import "./ticket.css";

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
  const labels = useLabels();
  const navigate = useNavigate();
  const search = useSearch({ strict: false });
  const acts = useActs(ticket);
  const [details, setDetails] = useState(false);
  const back = () => void navigate({ to: "/queue", search: search as never });

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
          <Presence ticket={ticket} />
          <Button small kind="plain" onPress={() => setDetails(!details)} aria-expanded={details}>
            <span className="details-button">{w.ticket.details}</span>
          </Button>
          <TicketMenu ticket={ticket} acts={acts} />
        </div>
        <Subject ticket={ticket} acts={acts} />
      </header>
      {ticket.deleted_at && (
        <p className="banner danger spread">
          {w.ticket.deleted}
        </p>
      )}
      <div className="ticket-body">
        <div className="ticket-talk">
          {ticket.messages ? <Conversation ticket={ticket} acts={acts} /> : <TicketSkeleton />}
          {!ticket.deleted_at && <Composer key={ticket.id} ticket={ticket} acts={acts} />}
        </div>
        <SidePanel ticket={ticket} acts={acts} />
      </div>
      {acts.stale && <StaleDialog stale={acts.stale} onClose={acts.dropStale} />}
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
