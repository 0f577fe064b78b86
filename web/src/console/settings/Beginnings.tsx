import { useState, type ReactElement } from "react";
import { api } from "../../api/client.ts";
import { answer } from "../../api/problem.ts";
import type { components } from "../../api/schema.d.ts";
import { Button } from "../../design/Button.tsx";
import { Checkbox, Field } from "../../design/Field.tsx";
import { Select } from "../../design/Select.tsx";
import { number } from "../../i18n/format.ts";
import { useTexts } from "../../i18n/index.ts";
import { queries } from "../../app/queries.ts";
import { useDesk } from "../data/desk.tsx";
import { may, me } from "../data/reads.ts";
import { PRIORITIES } from "../queue/filters.ts";
import { useWords } from "../words/index.ts";
import { Form, Section, Table, useChange, useList, words } from "./parts.tsx";
import { versionTag } from "./Teams.tsx";

type Beginning = components["schemas"]["TicketTemplateView"];
const USUAL = "*";

/** Tickets that are opened again and again, prepared once. */
export function Beginnings(): ReactElement {
  const w = useWords();
  const t = useTexts();
  const query = useList("beginnings", () => answer(api.GET("/v1/ticket-templates")));
  const [editing, setEditing] = useState<Beginning | "new" | null>(null);
  const forget = () => void queries.invalidateQueries({ queryKey: ["beginnings"] });
  const remove = useChange("beginnings", (one: Beginning) => answer(api.DELETE("/v1/ticket-templates/{template}", { params: { path: { template: one.id }, header: { "If-Match": versionTag(one) } } as never })), forget);
  const mayChange = (one: Beginning) => may("answers.manage") || (one.scope === "personal" && one.created_by === me().person);
  return (
    <>
      <Section title={w.beginning.title} query={query} action={<Button onPress={() => setEditing("new")}>{w.beginning.create}</Button>}>
        {(rows) => (
          <Table label={w.beginning.title} columns={[w.beginning.name, w.beginning.subject, w.beginning.audience, w.beginning.used, ""]}>
            {rows.map((one) => (
              <tr key={one.id}>
                <td>
                  <bdi>{one.name}</bdi>
                </td>
                <td className="quiet">
                  <bdi>{one.ticket?.subject}</bdi>
                </td>
                <td>
                  {w.canned[one.scope ?? "shared"]}
                  {one.for_customers && `, ${w.beginning.customersToo}`}
                </td>
                <td>{number(one.used ?? 0)}</td>
                <td className="row">
                  {mayChange(one) && (
                    <>
                      <Button small onPress={() => setEditing(one)} aria-label={`${t.act.edit}: ${one.name}`}>
                        {t.act.edit}
                      </Button>
                      <Button small onPress={() => remove.run(one)} aria-label={`${t.act.delete}: ${one.name}`}>
                        {t.act.delete}
                      </Button>
                    </>
                  )}
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Section>
      {editing && <BeginningForm key={editing === "new" ? "new" : editing.id} beginning={editing === "new" ? null : editing} onClose={() => (setEditing(null), forget())} />}
    </>
  );
}

function BeginningForm({ beginning, onClose }: { beginning: Beginning | null; onClose: () => void }): ReactElement {
  const w = useWords();
  const t = useTexts();
  const { meta, labels, teams } = useDesk();
  const held = beginning?.ticket;
  const [name, setName] = useState(beginning?.name ?? "");
  const [subject, setSubject] = useState(held?.subject ?? "");
  const [body, setBody] = useState(held?.body ?? "");
  const [priority, setPriority] = useState<string>(held?.priority ?? USUAL);
  const [category, setCategory] = useState<string>(held?.category ?? USUAL);
  const [team, setTeam] = useState<string>(held?.team ?? USUAL);
  const [tags, setTags] = useState((held?.tags ?? []).join(", "));
  const [scope, setScope] = useState<string>(beginning?.team ? `team ${beginning.team}` : (beginning?.scope ?? "personal"));
  const [customers, setCustomers] = useState(beginning?.for_customers ?? false);
  const { run, busy, problem } = useChange(
    "beginnings",
    () => {
      const whose = scope.startsWith("team ") ? { scope: "team" as const, team: scope.slice(5) } : { scope: scope as "personal" | "shared" };
      const set = (value: string) => (value === USUAL || !value.trim() ? null : value);
      // What this form does not show, such as custom fields, stays as it is.
      const ticket = { ...held, subject: set(subject), body: set(body), priority: set(priority) as "low" | null, category: set(category), team: set(team), tags: words(tags.toLowerCase()) };
      const sent = { name, ticket, for_customers: customers && scope === "shared", ...whose };
      return beginning ? answer(api.PATCH("/v1/ticket-templates/{template}", { params: { path: { template: beginning.id }, header: { "If-Match": versionTag(beginning) } } as never, body: sent as never })) : answer(api.POST("/v1/ticket-templates", { body: sent as never }));
    },
    onClose,
  );
  const usual = { id: USUAL, text: w.beginning.unset };
  const scopes = [{ id: "personal", text: w.canned.personal }, ...(may("answers.manage") || may("tickets.assign") ? [{ id: "shared", text: w.canned.shared }, ...teams.map((one) => ({ id: `team ${one.id}`, text: `${w.canned.team} ${one.name}` }))] : [])];
  return (
    <Form onSend={() => run(undefined)} busy={busy} send={t.act.save} onCancel={onClose}>
      <Field label={w.beginning.name} value={name} onChange={setName} wrong={problem?.field("name")} autoFocus />
      <Field label={w.beginning.subject} value={subject} onChange={setSubject} wrong={problem?.field("ticket.subject")} />
      <Field label={w.beginning.body} rows={6} value={body} onChange={setBody} wrong={problem?.field("ticket.body")} />
      <div className="pair">
        <Select label={w.beginning.priority} value={priority} choices={[usual, ...PRIORITIES.map((id) => ({ id, text: labels.priority(id) }))]} onChange={setPriority} />
        <Select label={w.beginning.category} value={category} choices={[usual, ...(meta?.categories ?? []).map(({ id, label }) => ({ id, text: label }))]} onChange={setCategory} />
        {teams.length > 0 && <Select label={w.beginning.team} value={team} choices={[usual, ...teams.map((one) => ({ id: one.id, text: one.name }))]} onChange={setTeam} />}
      </div>
      <Field label={w.beginning.tags} hint={w.people.commas} value={tags} onChange={setTags} wrong={problem?.field("ticket.tags")} />
      <Select label={w.beginning.audience} value={scope} choices={scopes} onChange={setScope} />
      {scope === "shared" && (
        <Checkbox isSelected={customers} onChange={setCustomers}>
          {w.beginning.forCustomers}
        </Checkbox>
      )}
    </Form>
  );
}
