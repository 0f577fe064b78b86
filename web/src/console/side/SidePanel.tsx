import { startTransition, useEffect, useState, type ReactElement } from "react";
import { api } from "../../api/client.ts";
import { answer } from "../../api/problem.ts";
import type { Ticket } from "../../api/types.ts";
import { Button } from "../../design/Button.tsx";
import { FactSelect, type Choice } from "../../design/Select.tsx";
import { Face, PriorityMark, StatusMark } from "../../design/marks.tsx";
import { dateTime } from "../../i18n/format.ts";
import { may, me, useAgents, useLabels, useMeta, useNames, useTeams } from "../data/reads.ts";
import type { Acts } from "../data/ticket.ts";
import { useActions } from "../keys/actions.ts";
import { PRIORITIES } from "../queue/filters.ts";
import { useWords } from "../words/index.ts";
import { Fact } from "./Fact.tsx";
import { Fields } from "./Fields.tsx";
import { Links } from "./Links.tsx";
import { OtherTickets } from "./OtherTickets.tsx";
import { Promises } from "./Promises.tsx";
import { TagField } from "./TagField.tsx";
import "./side.css";

const NONE = "*";

/** Everything that is known of a ticket beside its conversation; most of it can be changed where it stands. */
export function SidePanel({ ticket, acts }: { ticket: Ticket; acts: Acts }): ReactElement {
  const w = useWords();
  const labels = useLabels();
  const names = useNames();
  const meta = useMeta().data;
  const agents = useAgents().data;
  const teams = useTeams().data;
  const [open, setOpen] = useState<string | null>(null);
  const self = me().person;
  const settled = useSettled();
  const fixed = Boolean(ticket.deleted_at) || Boolean(ticket.merged_into);

  const assign = (person: string) =>
    person === NONE
      ? acts.act((ifMatch) => answer(api.DELETE("/v1/tickets/{ticket}/assignee", { params: { path: { ticket: ticket.id }, header: { "If-Match": ifMatch } } })))
      : acts.act((ifMatch) => answer(api.PUT("/v1/tickets/{ticket}/assignee", { params: { path: { ticket: ticket.id }, header: { "If-Match": ifMatch } }, body: { assignee: person === self ? "me" : person } })), { assignee: person });
  const section = w.help.inTicket;
  useActions(
    fixed
      ? []
      : [
          { id: "take", text: w.key.take, keys: "i", section, run: () => void assign(self) },
          { id: "assign", text: w.key.assign, keys: "a", section, run: () => setOpen("assignee") },
          { id: "status", text: w.key.status, keys: "s", section, run: () => setOpen("status") },
          { id: "priority", text: w.key.priority, keys: "p", section, run: () => setOpen("priority") },
        ],
  );

  // Agents take tickets, and give back their own; managers give them to anybody.
  const mine = ticket.assignee === self;
  const people: Choice[] = (agents ?? []).filter((agent) => may("tickets.assign") || agent.id === self || agent.id === ticket.assignee).map((agent) => ({ id: agent.id, text: agent.name, show: <PersonChoice name={agent.name} /> }));
  const controls = (name: string) => ({ isOpen: open === name, onOpenChange: (next: boolean) => setOpen(next ? name : null) });

  return (
    <aside className="side" aria-label={w.ticket.details}>
      <section className="facts">
        <FactSelect label={w.ticket.status} value={ticket.status} isDisabled={fixed} {...controls("status")} choices={(meta?.statuses ?? []).map(({ status, label }) => ({ id: status, text: label, show: <StatusMark status={status} label={label} /> }))} onChange={(id) => void acts.change({ status: id as Ticket["status"] })} />
        <FactSelect label={w.ticket.priority} value={ticket.priority} isDisabled={fixed} {...controls("priority")} choices={PRIORITIES.map((id) => ({ id, text: labels.priority(id), show: <PriorityMark priority={id} label={labels.priority(id)} /> }))} onChange={(id) => void acts.change({ priority: id as Ticket["priority"] })} />
        <FactSelect label={w.ticket.assignee} value={ticket.assignee ?? NONE} isDisabled={fixed} {...controls("assignee")} choices={[{ id: NONE, text: w.ticket.unassigned }, ...people]} onChange={(id) => void assign(id)} />
        {!ticket.assignee && !fixed && (
          <Button small onPress={() => void assign(self)}>
            {w.ticket.take}
          </Button>
        )}
        {(teams?.length ?? 0) > 0 && <FactSelect label={w.ticket.team} value={ticket.team ?? NONE} isDisabled={fixed || !(mine || may("tickets.assign"))} choices={[{ id: NONE, text: w.ticket.noTeam }, ...(teams ?? []).map((team) => ({ id: team.id, text: team.name }))]} onChange={(id) => void acts.change({ team: id === NONE ? null : id })} />}
        <FactSelect label={w.ticket.category} value={ticket.category ?? NONE} isDisabled={fixed} choices={[{ id: NONE, text: w.ticket.noCategory }, ...(meta?.categories ?? []).map(({ id, label, parent }) => ({ id, text: parent ? `${labels.category(parent)} › ${label}` : label }))]} onChange={(id) => void acts.change({ category: id === NONE ? null : id })} />
        <TagField tags={ticket.tags ?? []} isDisabled={fixed} onChange={(tags) => void acts.change({ tags })} />
      </section>
      {ticket.snoozed && <p className="chip note">{w.ticket.snoozed(dateTime(ticket.snoozed.until))}</p>}
      <Promises sla={ticket.sla} />
      {settled && (
        <>
      <Links ticket={ticket} acts={acts} />
      <section>
        <h2>{w.ticket.requester}</h2>
        <PersonChoice name={names(ticket.requester).name} customer={names(ticket.requester).customer} />
        {ticket.organization && <Fact label={w.ticket.organization}>{ticket.organization}</Fact>}
        <OtherTickets ticket={ticket} />
      </section>
      <Participants ticket={ticket} />
      <Fields ticket={ticket} acts={acts} isDisabled={fixed} />
      <section>
        {ticket.rating && (
          <Fact label={w.ticket.rating(ticket.rating.score)}>
            <bdi>{ticket.rating.comment ?? ""}</bdi>
          </Fact>
        )}
        {ticket.resolution_note && <Fact label={w.ticket.resolution}>{ticket.resolution_note}</Fact>}
        {(meta?.brands.length ?? 0) > 1 && <Fact label={w.ticket.brand}>{labels.brand(ticket.brand)}</Fact>}
        <Fact label={w.ticket.channel}>{ticket.channel}</Fact>
        <Fact label={w.ticket.created}>{dateTime(ticket.created_at)}</Fact>
        <Fact label={w.ticket.updated}>{dateTime(ticket.updated_at)}</Fact>
        {ticket.reopen_count > 0 && <Fact label={w.ticket.reopened}>{`${ticket.reopen_count}×`}</Fact>}
      </section>
        </>
      )}
    </aside>
  );
}

/** False until the page has shown what is read first: what stands further down can wait for that. */
function useSettled(): boolean {
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => startTransition(() => setSettled(true)), 120);
    return () => clearTimeout(timer);
  }, []);
  return settled;
}

function PersonChoice({ name, customer = false }: { name: string; customer?: boolean }): ReactElement {
  return (
    <span className="person">
      <Face name={name} customer={customer} />
      <bdi className="clip">{name}</bdi>
    </span>
  );
}

function Participants({ ticket }: { ticket: Ticket }): ReactElement | null {
  const w = useWords();
  const names = useNames();
  const people = Object.entries((ticket.participants ?? {}) as Record<string, { standing?: string } | string>);
  if (people.length === 0) return null;
  return (
    <section>
      <h2>{w.ticket.participants}</h2>
      {people.map(([person, standing]) => {
        const word = (typeof standing === "string" ? standing : standing.standing) as keyof typeof w.standing;
        return (
          <div className="spread" key={person}>
            <PersonChoice name={names(person).name} customer={names(person).customer} />
            <span className="quiet small">{w.standing[word] ?? word}</span>
          </div>
        );
      })}
    </section>
  );
}
