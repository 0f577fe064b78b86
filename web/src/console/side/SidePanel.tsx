import { memo, startTransition, useEffect, useState, type ReactElement } from "react";
import { api } from "../../api/client.ts";
import { answer } from "../../api/problem.ts";
import type { Ticket } from "../../api/types.ts";
import { Button } from "../../design/Button.tsx";
import { Select, type Choice } from "../../design/Select.tsx";
import { Person, PriorityMark, StatusMark } from "../../design/marks.tsx";
import { dateTime } from "../../i18n/format.ts";
import { useDesk } from "../data/desk.tsx";
import { may, me } from "../data/reads.ts";
import type { Acts } from "../data/ticket.ts";
import { useActions } from "../keys/actions.ts";
import { PRIORITIES } from "../queue/filters.ts";
import { useWords } from "../words/index.ts";
import { Fact } from "./Fact.tsx";
import { Fields } from "./Fields.tsx";
import { Links } from "./Links.tsx";
import { People } from "./People.tsx";
import { Promises } from "./Promises.tsx";
import { Requester } from "./Requester.tsx";
import { TagField } from "./TagField.tsx";
import "./side.css";

const NONE = "*";

/** Everything that is known of a ticket beside its conversation; most of it can be changed where it stands. */
export const SidePanel = memo(function SidePanel({ ticket, acts }: { ticket: Ticket; acts: Acts }): ReactElement {
  const w = useWords();
  const { meta, agents, teams, labels } = useDesk();
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
  const people: Choice[] = agents.filter((agent) => may("tickets.assign") || agent.id === self || agent.id === ticket.assignee).map((agent) => ({ id: agent.id, text: agent.name, show: <Person name={agent.name} /> }));
  const controls = (name: string) => ({ isOpen: open === name, onOpenChange: (next: boolean) => setOpen(next ? name : null) });

  return (
    <aside className="side" aria-label={w.ticket.details}>
      <section className="facts">
        <Select
          quiet
          label={w.ticket.status}
          value={ticket.status}
          isDisabled={fixed}
          {...controls("status")}
          choices={(meta?.statuses ?? []).map(({ status, label }) => ({ id: status, text: label, show: <StatusMark status={status} label={label} /> }))}
          onChange={(id) => void acts.change({ status: id as Ticket["status"] })}
        />
        <Select
          quiet
          label={w.ticket.priority}
          value={ticket.priority}
          isDisabled={fixed}
          {...controls("priority")}
          choices={PRIORITIES.map((id) => ({ id, text: labels.priority(id), show: <PriorityMark priority={id} label={labels.priority(id)} /> }))}
          onChange={(id) => void acts.change({ priority: id as Ticket["priority"] })}
        />
        <Select quiet label={w.ticket.assignee} value={ticket.assignee ?? NONE} isDisabled={fixed} {...controls("assignee")} choices={[{ id: NONE, text: w.ticket.unassigned }, ...people]} onChange={(id) => void assign(id)} />
        {!ticket.assignee && !fixed && (
          <Button small onPress={() => void assign(self)}>
            {w.ticket.take}
          </Button>
        )}
        {teams.length > 0 && (
          <Select quiet label={w.ticket.team} value={ticket.team ?? NONE} isDisabled={fixed || !(mine || may("tickets.assign"))} choices={[{ id: NONE, text: w.ticket.noTeam }, ...teams.map((team) => ({ id: team.id, text: team.name }))]} onChange={(id) => void acts.change({ team: id === NONE ? null : id })} />
        )}
        <Select
          quiet
          label={w.ticket.category}
          value={ticket.category ?? NONE}
          isDisabled={fixed}
          choices={[{ id: NONE, text: w.ticket.noCategory }, ...(meta?.categories ?? []).map(({ id, label, parent }) => ({ id, text: parent ? `${labels.category(parent)} › ${label}` : label }))]}
          onChange={(id) => void acts.change({ category: id === NONE ? null : id })}
        />
        <TagField tags={ticket.tags ?? []} isDisabled={fixed} onChange={(tags) => void acts.change({ tags })} />
      </section>
      {ticket.snoozed && <p className="chip note">{w.ticket.snoozed(dateTime(ticket.snoozed.until))}</p>}
      <Promises sla={ticket.sla} />
      {settled && <Rest ticket={ticket} acts={acts} isDisabled={fixed} />}
    </aside>
  );
});

/** What stands further down, and is read later. */
const Rest = memo(function Rest({ ticket, acts, isDisabled }: { ticket: Ticket; acts: Acts; isDisabled: boolean }): ReactElement {
  const w = useWords();
  const { meta, labels } = useDesk();
  return (
    <>
      <Links ticket={ticket} acts={acts} />
      <Requester ticket={ticket} />
      <People ticket={ticket} acts={acts} isDisabled={isDisabled} />
      <Fields ticket={ticket} acts={acts} isDisabled={isDisabled} />
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
  );
});

/** False until the page has shown what is read first: what stands further down can wait for that. */
function useSettled(): boolean {
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => startTransition(() => setSettled(true)), 120);
    return () => clearTimeout(timer);
  }, []);
  return settled;
}
