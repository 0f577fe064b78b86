import { useState, type ReactElement } from "react";
import { api } from "../../api/client.ts";
import { answer } from "../../api/problem.ts";
import type { FieldDefinition } from "../../api/types.ts";
import { Button } from "../../design/Button.tsx";
import { Checkbox, Field } from "../../design/Field.tsx";
import { Select } from "../../design/Select.tsx";
import { useTexts } from "../../i18n/index.ts";
import { may } from "../data/reads.ts";
import { useWords } from "../words/index.ts";
import { Form, Section, Table, useChange, useList, words } from "./parts.tsx";
import { versionTag } from "./Teams.tsx";

const KINDS = ["text", "number", "date", "choice", "many", "checkbox", "url"] as const;
const REQUIRED = ["never", "on_create", "on_resolve"] as const;

/** The desk's own fields of a ticket. */
export function FieldDefinitions(): ReactElement {
  const w = useWords();
  const t = useTexts();
  const query = useList("fields", () => answer(api.GET("/v1/ticket-fields")));
  const [editing, setEditing] = useState<FieldDefinition | "new" | null>(null);
  const remove = useChange("fields", (field: FieldDefinition) => answer(api.DELETE("/v1/ticket-fields/{field}", { params: { path: { field: field.id } } })));
  const manages = may("settings.manage");
  return (
    <>
      <Section title={w.settings.fields} query={query} action={manages && <Button onPress={() => setEditing("new")}>{w.field.create}</Button>}>
        {(fields) => (
          <Table label={w.settings.fields} columns={[w.field.label, w.field.kind, w.field.required, w.field.seen, ...(manages ? [""] : [])]}>
            {fields.map((field) => (
              <tr key={field.id}>
                <td>
                  <bdi>{field.label}</bdi> <span className="mono quiet">{field.id}</span>
                </td>
                <td>{w.field[field.kind]}</td>
                <td>{w.field[field.required]}</td>
                <td>{w.field[field.visible_to]}</td>
                {manages && (
                  <td className="row">
                    <Button small onPress={() => setEditing(field)} aria-label={`${t.act.edit}: ${field.label}`}>
                      {t.act.edit}
                    </Button>
                    <Button small onPress={() => remove.run(field)} aria-label={`${t.act.delete}: ${field.label}`}>
                      {t.act.delete}
                    </Button>
                  </td>
                )}
              </tr>
            ))}
          </Table>
        )}
      </Section>
      {editing && <DefinitionForm key={editing === "new" ? "new" : editing.id} field={editing === "new" ? null : editing} onClose={() => setEditing(null)} />}
    </>
  );
}

function DefinitionForm({ field, onClose }: { field: FieldDefinition | null; onClose: () => void }): ReactElement {
  const w = useWords();
  const t = useTexts();
  const [label, setLabel] = useState(field?.label ?? "");
  const [kind, setKind] = useState<string>(field?.kind ?? "text");
  const [choices, setChoices] = useState((field?.choices ?? []).join(", "));
  const [required, setRequired] = useState<string>(field?.required ?? "never");
  const [open, setOpen] = useState(field?.visible_to === "customer");
  const { run, busy, problem } = useChange(
    "fields",
    () => {
      const body = { label, kind: kind as FieldDefinition["kind"], choices: words(choices), required: required as FieldDefinition["required"], visible_to: open ? ("customer" as const) : ("staff" as const), editable_by_customer: open };
      return field ? answer(api.PATCH("/v1/ticket-fields/{field}", { params: { path: { field: field.id }, header: { "If-Match": versionTag(field) } } as never, body })) : answer(api.POST("/v1/ticket-fields", { body }));
    },
    onClose,
  );
  return (
    <Form onSend={() => run(undefined)} busy={busy} send={t.act.save} onCancel={onClose}>
      <Field label={w.field.label} value={label} onChange={setLabel} wrong={problem?.field("label")} autoFocus />
      <Select label={w.field.kind} value={kind} choices={KINDS.map((id) => ({ id, text: w.field[id] }))} onChange={setKind} />
      {(kind === "choice" || kind === "many") && <Field label={w.field.choices} hint={w.people.commas} value={choices} onChange={setChoices} wrong={problem?.field("choices")} />}
      <Select label={w.field.required} value={required} choices={REQUIRED.map((id) => ({ id, text: w.field[id] }))} onChange={setRequired} />
      <Checkbox isSelected={open} onChange={setOpen}>
        {w.field.forCustomers}
      </Checkbox>
    </Form>
  );
}
