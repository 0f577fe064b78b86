import { useState, type ReactElement } from "react";
import { api } from "../../api/client.ts";
import { answer } from "../../api/problem.ts";
import type { components } from "../../api/schema.d.ts";
import { Button } from "../../design/Button.tsx";
import { Field } from "../../design/Field.tsx";
import { Select } from "../../design/Select.tsx";
import { useTexts } from "../../i18n/index.ts";
import { useLabels } from "../data/desk.tsx";
import { may, me, useMeta } from "../data/reads.ts";
import { PRIORITIES } from "../queue/filters.ts";
import { useWords } from "../words/index.ts";
import { Form, Section, Table, useChange, useList, useOpener, words } from "./parts.tsx";

type Macro = components["schemas"]["MacroView"];
const NONE = "*";

/** Several changes and a message that are made at once. */
export function Macros(): ReactElement {
  const w = useWords();
  const t = useTexts();
  const query = useList("macros", () => answer(api.GET("/v1/macros")));
  const opener = useOpener();
  const remove = useChange("macros", (macro: Macro) => answer(api.DELETE("/v1/macros/{macro}", { params: { path: { macro: macro.id } } })));
  const mayChange = (macro: Macro) => may("answers.manage") || macro.created_by === me().person;
  return (
    <>
      <Section title={w.settings.macros} query={query} action={<Button onPress={opener.open}>{w.macro.create}</Button>}>
        {(macros) => (
          <Table label={w.settings.macros} columns={[w.canned.title, w.ticket.reply, w.canned.scope, ""]}>
            {macros.map((macro) => (
              <tr key={macro.id}>
                <td>
                  <bdi>{macro.name}</bdi>
                </td>
                <td className="quiet">{(macro.reply ?? macro.note ?? "").slice(0, 120)}</td>
                <td>{w.canned[macro.scope ?? "shared"]}</td>
                <td>
                  {mayChange(macro) && (
                    <Button small onPress={() => remove.run(macro)} aria-label={`${t.act.delete}: ${macro.name}`}>
                      {t.act.delete}
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Section>
      {opener.isOpen && <NewMacro onClose={opener.close} />}
    </>
  );
}

function NewMacro({ onClose }: { onClose: () => void }): ReactElement {
  const w = useWords();
  const t = useTexts();
  const labels = useLabels();
  const meta = useMeta().data;
  const [form, setForm] = useState({ name: "", reply: "", tags: "", status: NONE, priority: NONE, assignee: NONE, scope: "personal" });
  const set = (name: keyof typeof form) => (value: string) => setForm((before) => ({ ...before, [name]: value }));
  const { run, busy, problem } = useChange(
    "macros",
    () => {
      const chosen = Object.fromEntries(Object.entries({ status: form.status, priority: form.priority, assignee: form.assignee }).filter(([, value]) => value !== NONE));
      return answer(api.POST("/v1/macros", { body: { name: form.name, scope: form.scope as "personal", changes: { ...chosen, tags_add: words(form.tags) } as components["schemas"]["MacroChanges"], ...(form.reply.trim() ? { reply: form.reply } : {}) } }));
    },
    onClose,
  );
  const unchanged = { id: NONE, text: "–" };
  return (
    <Form onSend={() => run(undefined)} busy={busy} send={t.act.save} onCancel={onClose}>
      <Field label={w.canned.title} value={form.name} onChange={set("name")} wrong={problem?.field("name")} autoFocus />
      <div className="pair">
        <Select label={w.ticket.status} value={form.status} choices={[unchanged, ...(meta?.statuses ?? []).map(({ status, label }) => ({ id: status, text: label }))]} onChange={set("status")} />
        <Select label={w.ticket.priority} value={form.priority} choices={[unchanged, ...PRIORITIES.map((id) => ({ id, text: labels.priority(id) }))]} onChange={set("priority")} />
        <Select label={w.ticket.assignee} value={form.assignee} choices={[unchanged, { id: "me", text: w.queue.me }, { id: "none", text: w.queue.nobody }]} onChange={set("assignee")} />
      </div>
      <Field label={w.routing.addTags} hint={w.people.commas} value={form.tags} onChange={set("tags")} wrong={problem?.field("changes")} />
      <Field label={w.ticket.reply} hint={w.canned.placeholders} rows={5} value={form.reply} onChange={set("reply")} wrong={problem?.field("reply")} />
      <Select label={w.canned.scope} value={form.scope} choices={[{ id: "personal", text: w.canned.personal }, ...(may("answers.manage") ? [{ id: "shared", text: w.canned.shared }] : [])]} onChange={set("scope")} />
    </Form>
  );
}
