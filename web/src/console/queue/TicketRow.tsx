import { memo, type CSSProperties, type MouseEvent, type ReactElement } from "react";
import type { Ticket } from "../../api/types.ts";
import { Face, Fuse, nextClock, PriorityMark, StatusMark } from "../../design/marks.tsx";
import { ago, dateTime } from "../../i18n/format.ts";
import type { Labels, Named } from "../data/reads.ts";
import type { Words } from "../words/index.ts";

interface Props {
  ticket: Ticket;
  index: number;
  isOpen: boolean;
  /** The one row that Tab reaches; arrows lead to the others. */
  isEntry: boolean;
  isSelected: boolean;
  isUnread: boolean;
  now: number;
  labels: Labels;
  names: (person: string | null | undefined) => Named;
  words: Words;
  onCurrent: (id: string) => void;
  onSelect: (id: string) => void;
  onOpen: (number: string) => void;
  /** The pointer or the focus is here: it may be opened next. */
  onNear: (number: string) => void;
}

/**
 * One ticket of a list: one line beside nothing, two lines beside an open ticket. Which of them is the stylesheet's matter, so that no row is drawn
 * anew when a ticket is opened.
 */
export const TicketRow = memo(function TicketRow(props: Props): ReactElement {
  const { ticket, labels, words, now } = props;
  const clock = nextClock(ticket.sla?.clocks);
  const open = (event: MouseEvent) => {
    // A click with a key held is the link's own: another tab.
    if (event.ctrlKey || event.metaKey || event.shiftKey || (event.target as HTMLElement).closest("input, label")) return;
    event.preventDefault();
    props.onCurrent(ticket.id);
    props.onOpen(ticket.number);
  };
  const assignee = ticket.assignee ? props.names(ticket.assignee).name : words.ticket.unassigned;

  return (
    <div
      role="row"
      aria-rowindex={props.index + 2}
      aria-selected={props.isSelected}
      aria-current={props.isOpen || undefined}
      tabIndex={props.isEntry ? 0 : -1}
      data-ticket={ticket.id}
      data-unread={props.isUnread || undefined}
      data-clock={clock ? "" : undefined}
      className="ticket-row"
      style={{ "--row": props.index } as CSSProperties}
      onClick={open}
      onFocus={() => {
        props.onCurrent(ticket.id);
        props.onNear(ticket.number);
      }}
      onPointerEnter={() => props.onNear(ticket.number)}
      onKeyDown={(event) => event.target === event.currentTarget && event.key === "Enter" && (event.preventDefault(), props.onOpen(ticket.number))}
    >
      <span role="gridcell" className="cell-check">
        <label className="row-check">
          <input type="checkbox" tabIndex={-1} checked={props.isSelected} aria-label={words.queue.select(ticket.number)} onChange={() => props.onSelect(ticket.id)} />
        </label>
      </span>
      <span role="gridcell" className="cell-priority">
        <PriorityMark priority={ticket.priority} label={labels.priority(ticket.priority)} />
      </span>
      <span role="gridcell" className="cell-number mono quiet">
        {ticket.number}
      </span>
      <span role="gridcell" className="cell-subject">
        <a className="row-subject clip" href={`/queue/${encodeURIComponent(ticket.number)}`} tabIndex={-1}>
          {props.isUnread && (
            <span className="unread">
              <span className="hidden-visually">{words.queue.unread}. </span>
            </span>
          )}
          <bdi className="clip">{ticket.subject}</bdi>
        </a>
      </span>
      <span role="gridcell" className="cell-status small">
        <StatusMark status={ticket.status} label={labels.status(ticket.status)} />
      </span>
      <bdi role="gridcell" className="cell-requester clip small">
        {props.names(ticket.requester).name}
      </bdi>
      <span role="gridcell" className="cell-assignee small" title={assignee}>
        {ticket.assignee && <Face name={assignee} />}
        <bdi className={ticket.assignee ? "clip" : "clip quiet"}>{assignee}</bdi>
      </span>
      <span role="gridcell" className="cell-clock">
        {clock && <Fuse clock={clock} now={now} words={words.clock} label={words.metric[clock.metric]} />}
      </span>
      <span role="gridcell" className="cell-age">
        <time dateTime={ticket.updated_at} title={dateTime(ticket.updated_at)} className="quiet small">
          {ago(ticket.updated_at, now)}
        </time>
      </span>
    </div>
  );
});
