import { useState, type ReactElement } from "react";
import { api } from "../../api/client.ts";
import { answer, ApiProblem } from "../../api/problem.ts";
import type { components } from "../../api/schema.d.ts";
import { Button } from "../../design/Button.tsx";
import { Checkbox, Field } from "../../design/Field.tsx";
import { Select } from "../../design/Select.tsx";
import { say } from "../../design/toast.tsx";
import { useTexts } from "../../i18n/index.ts";
import { useLabels, useNames } from "../data/desk.tsx";
import { may, useTeams } from "../data/reads.ts";
import { PRIORITIES } from "../queue/filters.ts";
import { useWords } from "../words/index.ts";
import { Form, Section, Table, useChange, useList, useOpener, words } from "./parts.tsx";
import { versionTag } from "./Teams.tsx";

type Rule = components["schemas"]["Rule"];
type Explanation = components["schemas"]["Explanation"];
const NONE = "*";

/** Where new tickets go, and why one would go there. */
export function Routing(): ReactElement {
  const w = useWords();
  const rules = may("automation.manage");
  return (
    <div className="stack">
      {rules ? <Rules /> : <h2>{w.settings.routing}</h2>}
      <Explain />
    </div>
  );
}

/** A condition or an effect, as short text: `subject contains refund`. */
function short(part: object): string {
  return Object.entries(part)
    .filter(([, value]) => value !== null && (!Array.isArray(value) || value.length > 0))
    .map(([name, value]) => `${name.replaceAll("_", " ")}: ${Array.isArray(value) ? value.map((one) => (typeof one === "object" ? `(${short(one as object)})` : String(one))).join(", ") : String(value)}`)
    .join(" · ");
}

function Rules(): ReactElement {
  const w = useWords();
  const t = useTexts();
  const query = useList("rules", () => answer(api.GET("/v1/routing-rules")));
  const opener = useOpener();
  const change = useChange("rules", ({ rule, active }: { rule: Rule; active: boolean }) => answer(api.PATCH("/v1/routing-rules/{rule}", { params: { path: { rule: rule.id }, header: { "If-Match": versionTag(rule) } } as never, body: { active } })));
  const remove = useChange("rules", (rule: Rule) => answer(api.DELETE("/v1/routing-rules/{rule}", { params: { path: { rule: rule.id } } })));
  return (
    <>
      <Section title={w.settings.routing} query={query} action={<Button onPress={opener.open}>{w.routing.create}</Button>}>
        {(rules) => (
          <Table label={w.settings.routing} columns={["", w.routing.name, w.routing.when, w.routing.then, ""]}>
            {rules.map((rule) => (
              <tr key={rule.id}>
                <td>
                  <Checkbox aria-label={`${w.routing.active}: ${rule.name}`} isSelected={rule.active} onChange={(active) => change.run({ rule, active })} />
                </td>
                <td>{rule.name}</td>
                <td>{(rule.when ?? []).map(short).join("; ") || w.routing.always}</td>
                <td>{short(rule.then)}</td>
                <td>
                  <Button small onPress={() => remove.run(rule)} aria-label={`${t.act.delete}: ${rule.name}`}>
                    {t.act.delete}
                  </Button>
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Section>
      {opener.isOpen && <NewRule onClose={opener.close} />}
    </>
  );
}

function NewRule({ onClose }: { onClose: () => void }): ReactElement {
  const w = useWords();
  const t = useTexts();
  const labels = useLabels();
  const teams = useTeams().data ?? [];
  const [name, setName] = useState("");
  const [contains, setContains] = useState("");
  const [tags, setTags] = useState("");
  const [team, setTeam] = useState(NONE);
  const [priority, setPriority] = useState(NONE);
  const { run, busy, problem } = useChange(
    "rules",
    () =>
      answer(
        api.POST("/v1/routing-rules", {
          body: {
            name,
            when: words(contains).length > 0 ? [{ field: "subject_or_body", contains_any: words(contains) }] : [],
            then: { tags: words(tags), ...(team === NONE ? {} : { team }), ...(priority === NONE ? {} : { priority: priority as "low" }) },
          },
        }),
      ),
    onClose,
  );
  return (
    <Form onSend={() => run(undefined)} busy={busy} send={t.act.save} onCancel={onClose}>
      <Field label={w.routing.name} value={name} onChange={setName} wrong={problem?.field("name")} autoFocus />
      <Field label={w.routing.words} hint={w.people.commas} value={contains} onChange={setContains} wrong={problem?.field("when")} />
      <div className="pair">
        <Select label={w.routing.team} value={team} choices={[{ id: NONE, text: w.ticket.noTeam }, ...teams.map(({ id, name: text }) => ({ id, text }))]} onChange={setTeam} />
        <Select label={w.routing.setPriority} value={priority} choices={[{ id: NONE, text: "–" }, ...PRIORITIES.map((id) => ({ id, text: labels.priority(id) }))]} onChange={setPriority} />
      </div>
      <Field label={w.routing.addTags} hint={w.people.commas} value={tags} onChange={setTags} wrong={problem?.field("then")} />
    </Form>
  );
}

function Explain(): ReactElement {
  const w = useWords();
  const t = useTexts();
  const names = useNames();
  const [ticket, setTicket] = useState("");
  const [found, setFound] = useState<Explanation | null>(null);
  const ask = async () => {
    try {
      setFound((await answer(api.POST("/v1/routing/explain", { body: { ticket: ticket.trim() } }))) as Explanation);
    } catch (failure) {
      setFound(null);
      say((failure instanceof ApiProblem && failure.problem.detail) || t.state.failed);
    }
  };
  return (
    <>
      <Form onSend={() => void ask()} busy={false} send={w.routing.explain}>
        <Field label={w.routing.ticket} value={ticket} onChange={setTicket} />
      </Form>
      {found && (
        <div className="panel stack" role="status">
          <p>
            {w.routing.because}: <strong>{found.decision.because.type}</strong>
            {"name" in found.decision.because && ` (${found.decision.because.name})`}
            {found.decision.team && ` → ${found.decision.team}`}
            {found.decision.assignee && ` → ${names(found.decision.assignee).name}`}
            {found.decision.because.type === "nothing" && ` ${w.routing.nothing}`}
          </p>
          <ul className="explain small">
            {found.rules.map((rule) => (
              <li key={rule.rule}>
                <strong>{rule.name}</strong> {rule.holds ? w.routing.holds : w.routing.fails}
                {rule.when.map((held, index) => (
                  <div key={index} className="quiet">
                    {held.holds ? "✓" : "✗"} {short(held.condition)}
                  </div>
                ))}
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}
