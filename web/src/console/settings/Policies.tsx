import { useState, type ReactElement } from "react";
import { api } from "../../api/client.ts";
import { answer } from "../../api/problem.ts";
import type { components } from "../../api/schema.d.ts";
import { Button } from "../../design/Button.tsx";
import { Checkbox, Field } from "../../design/Field.tsx";
import { Select } from "../../design/Select.tsx";
import { span } from "../../i18n/format.ts";
import { useTexts } from "../../i18n/index.ts";
import { useLabels } from "../data/desk.tsx";
import { may } from "../data/reads.ts";
import { PRIORITIES } from "../queue/filters.ts";
import { useWords } from "../words/index.ts";
import { Form, Section, Table, useChange, useList, whole } from "./parts.tsx";
import { versionTag } from "./Teams.tsx";

type Policy = components["schemas"]["Policy"];
const NONE = "*";

/** What is promised, and for whom. */
export function Policies(): ReactElement {
  const w = useWords();
  const t = useTexts();
  const labels = useLabels();
  const query = useList("policies", () => answer(api.GET("/v1/sla-policies")));
  const [editing, setEditing] = useState<Policy | "new" | null>(null);
  const remove = useChange("policies", (policy: Policy) => answer(api.DELETE("/v1/sla-policies/{policy}", { params: { path: { policy: policy.id } } })));
  const manages = may("sla.manage");
  const minutes = (value: number | null | undefined) => (value ? span(value * 60_000) : "–");
  const scope = (policy: Policy) => {
    const { brand, priority, category, organization, channel } = policy.when ?? {};
    return [brand && labels.brand(brand), priority && labels.priority(priority), category && labels.category(category), organization, channel].filter(Boolean).join(", ") || w.policy.everything;
  };
  return (
    <>
      <Section title={w.settings.promises} query={query} action={manages && <Button onPress={() => setEditing("new")}>{w.policy.create}</Button>}>
        {(policies) => (
          <Table label={w.settings.promises} columns={[w.policy.name, w.policy.for, w.policy.first, w.policy.next, w.policy.resolution, w.policy.calendar, ...(manages ? [""] : [])]}>
            {policies.map((policy) => (
              <tr key={policy.id}>
                <td>{policy.name}</td>
                <td>{scope(policy)}</td>
                <td>{minutes(policy.targets.first_response)}</td>
                <td>{minutes(policy.targets.next_response)}</td>
                <td>{minutes(policy.targets.resolution)}</td>
                <td>{policy.calendar ?? w.policy.always}</td>
                {manages && (
                  <td className="row">
                    <Button small onPress={() => setEditing(policy)} aria-label={`${t.act.edit}: ${policy.name}`}>
                      {t.act.edit}
                    </Button>
                    <Button small onPress={() => remove.run(policy)} aria-label={`${t.act.delete}: ${policy.name}`}>
                      {t.act.delete}
                    </Button>
                  </td>
                )}
              </tr>
            ))}
          </Table>
        )}
      </Section>
      {editing && <PolicyForm key={editing === "new" ? "new" : editing.id} policy={editing === "new" ? null : editing} onClose={() => setEditing(null)} />}
    </>
  );
}

function PolicyForm({ policy, onClose }: { policy: Policy | null; onClose: () => void }): ReactElement {
  const w = useWords();
  const t = useTexts();
  const labels = useLabels();
  const calendars = useList("calendars", () => answer(api.GET("/v1/calendars"))).data ?? [];
  const text = (value: number | null | undefined) => value?.toString() ?? "";
  const [form, setForm] = useState({
    name: policy?.name ?? "",
    first: text(policy?.targets.first_response),
    next: text(policy?.targets.next_response),
    resolution: text(policy?.targets.resolution),
    warn: text(policy?.warn_percent ?? 80),
    calendar: policy?.calendar ?? NONE,
    priority: policy?.when?.priority ?? NONE,
    active: policy?.active ?? true,
  });
  const set = (name: keyof typeof form) => (value: string | boolean) => setForm((before) => ({ ...before, [name]: value }));
  const { run, busy, problem } = useChange(
    "policies",
    () => {
      const body = {
        name: form.name,
        active: form.active,
        calendar: form.calendar === NONE ? null : form.calendar,
        targets: { first_response: whole(form.first), next_response: whole(form.next), resolution: whole(form.resolution) },
        warn_percent: whole(form.warn),
      };
      if (policy) return answer(api.PATCH("/v1/sla-policies/{policy}", { params: { path: { policy: policy.id }, header: { "If-Match": versionTag(policy) } } as never, body }));
      return answer(api.POST("/v1/sla-policies", { body: { ...body, ...(form.priority === NONE ? {} : { when: { priority: form.priority as "low" } }) } }));
    },
    onClose,
  );
  const minutes = (name: "first" | "next" | "resolution", label: string, path: string) => <Field label={`${label} (${w.policy.minutes})`} value={form[name]} onChange={set(name)} inputMode="numeric" wrong={problem?.field(path)} />;
  return (
    <Form onSend={() => run(undefined)} busy={busy} send={t.act.save} onCancel={onClose}>
      <Field label={w.policy.name} value={form.name} onChange={set("name")} wrong={problem?.field("name")} autoFocus />
      <div className="pair">
        {minutes("first", w.policy.first, "targets.first_response")}
        {minutes("next", w.policy.next, "targets.next_response")}
        {minutes("resolution", w.policy.resolution, "targets.resolution")}
      </div>
      <div className="pair">
        <Field label={w.policy.warn} value={form.warn} onChange={set("warn")} inputMode="numeric" wrong={problem?.field("warn_percent")} />
        <Select label={w.policy.calendar} value={form.calendar} choices={[{ id: NONE, text: w.policy.always }, ...calendars.map(({ id, name }) => ({ id, text: name }))]} onChange={set("calendar")} />
        {!policy && <Select label={w.ticket.priority} value={form.priority} choices={[{ id: NONE, text: w.queue.any }, ...PRIORITIES.map((id) => ({ id, text: labels.priority(id) }))]} onChange={set("priority")} />}
      </div>
      <Checkbox isSelected={form.active} onChange={set("active")}>
        {w.policy.active}
      </Checkbox>
    </Form>
  );
}
