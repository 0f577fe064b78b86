import { memo, type MouseEvent, type ReactElement } from "react";
import type { Ticket } from "../../api/types.ts";
import { Face, Fuse, nextClock, PriorityMark, StatusMark } from "../../design/marks.tsx";
import { ago, dateTime } from "../../i18n/format.ts";
import type { Labels, Named } from "../data/reads.ts";
import type { Words } from "../words/index.ts";

interface Props {
  ticket: Ticket;
  top: number;
  height: number;
  index: number;
  narrow: boolean;
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
}

/** One ticket of a list: one line beside nothing, two lines beside an open ticket. */
export const TicketRow = memo(function TicketRow(props: Props): ReactElement {
  const { ticket, narrow, labels, words, now } = props;
  const clock = nextClock(ticket.sla?.clocks);
  const open = (event: MouseEvent) => {
    // A click with a key held is the link's own: another tab.
    if (event.ctrlKey || event.metaKey || event.shiftKey || (event.target as HTMLElement).closest("input, label")) return;
    event.preventDefault();
    props.onCurrent(ticket.id);
    props.onOpen(ticket.number);
  };
  const select = (
    <label className="row-check">
      <input type="checkbox" tabIndex={-1} checked={props.isSelected} aria-label={words.queue.select(ticket.number)} onChange={() => props.onSelect(ticket.id)} />
    </label>
  );
  const priority = <PriorityMark priority={ticket.priority} label={labels.priority(ticket.priority)} hideLabel={narrow} />;
  const subject = (
    <a className="row-subject clip" href={`/queue/${encodeURIComponent(ticket.number)}`} tabIndex={-1}>
      {props.isUnread && (
        <span className="unread">
          <span className="hidden-visually">{words.queue.unread}. </span>
        </span>
      )}
      {!narrow && <span className="mono quiet row-number">{ticket.number}</span>}
      <bdi className="clip">{ticket.subject}</bdi>
    </a>
  );
  const status = <StatusMark status={ticket.status} label={labels.status(ticket.status)} />;
  const assignee = ticket.assignee ? props.names(ticket.assignee).name : words.ticket.unassigned;
  const age = (
    <time dateTime={ticket.updated_at} title={dateTime(ticket.updated_at)} className="quiet small">
      {ago(ticket.updated_at, now)}
    </time>
  );
  const fuse = clock && <Fuse clock={clock} now={now} words={words.clock} label={words.metric[clock.metric]} />;

  return (
    <div
      role="row"
      aria-rowindex={props.index}
      aria-selected={props.isSelected}
      aria-current={props.isOpen || undefined}
      tabIndex={props.isEntry ? 0 : -1}
      data-ticket={ticket.id}
      data-priority={ticket.priority}
      data-unread={props.isUnread || undefined}
      className={narrow ? "ticket-row narrow" : "ticket-row"}
      style={{ transform: `translateY(${props.top}px)`, height: props.height }}
      onClick={open}
      onFocus={() => props.onCurrent(ticket.id)}
      onKeyDown={(event) => event.target === event.currentTarget && event.key === "Enter" && (event.preventDefault(), props.onOpen(ticket.number))}
    >
      <span role="gridcell">{select}</span>
      <span role="gridcell" className="cell-priority">
        {priority}
      </span>
      {narrow ? (
        <span role="gridcell" className="row-lines">
          <span className="spread">
            {subject}
            <span className="row-assignee" title={assignee}>
              <span className="hidden-visually">{assignee}</span>
              {ticket.assignee && <Face name={assignee} />}
            </span>
          </span>
          <span className="row-line small">
            <span className="mono quiet">{ticket.number}</span>
            {status}
            <span className="grow" />
            {fuse ?? age}
          </span>
        </span>
      ) : (
        <>
          <span role="gridcell" className="clip">
            {subject}
          </span>
          <span role="gridcell" className="small">
            {status}
          </span>
          <bdi role="gridcell" className="clip small">
            {props.names(ticket.requester).name}
          </bdi>
          <bdi role="gridcell" className={ticket.assignee ? "clip small" : "clip small quiet"}>
            {assignee}
          </bdi>
          <span role="gridcell">{fuse}</span>
          <span role="gridcell">{age}</span>
        </>
      )}
    </div>
  );
});
