import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState, type FormEvent, type ReactElement } from "react";
import { api } from "../api/client.ts";
import { answer, ApiProblem } from "../api/problem.ts";
import { keep, takeKept } from "../app/keep.ts";
import { queries } from "../app/queries.ts";
import { Field } from "../design/Field.tsx";
import { Select } from "../design/Select.tsx";
import { say } from "../design/toast.tsx";
import { fieldsFor, type FieldValue } from "../fields/definitions.ts";
import { FieldInput } from "../fields/FieldInput.tsx";
import { useUploads } from "../files/useUploads.ts";
import { useTexts } from "../i18n/index.ts";
import { AttachButton } from "../files/AttachButton.tsx";
import { useMeta } from "./data.ts";
import { useWords } from "./words/index.ts";

const NONE = "*";
const EMPTY = { subject: "", body: "", category: NONE, priority: NONE, brand: NONE };

/** A new request. What was written stays until it is sent. */
export function NewRequest(): ReactElement {
  const w = useWords();
  const t = useTexts();
  const meta = useMeta().data;
  const navigate = useNavigate();
  const files = useUploads(null);
  const [form, setForm] = useState(() => takeKept<typeof EMPTY>("request") ?? EMPTY);
  useEffect(() => keep("request", () => (form.subject || form.body ? form : undefined)), [form]);
  const [fields, setFields] = useState<Record<string, FieldValue>>({});
  const defined = fieldsFor(meta, form.category === NONE ? null : form.category).filter((field) => field.visible_to === "customer" && field.editable_by_customer);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [sending, setSending] = useState(false);
  // The same key for the same text: pressing twice, or again after a lost answer, makes one request.
  const key = useRef(crypto.randomUUID());
  const set = (name: keyof typeof form) => (value: string) => {
    key.current = crypto.randomUUID();
    setForm((before) => ({ ...before, [name]: value }));
  };

  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (sending) return;
    if (files.isBusy) return say(w.busy);
    setSending(true);
    const { subject, body, ...chosen } = form;
    const optional = Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== NONE));
    const given = Object.entries(fields).filter(([name, value]) => value !== null && defined.some((field) => field.id === name));
    const filled = given.length > 0 ? { fields: Object.fromEntries(given) as never } : {};
    try {
      const ticket = await answer(api.POST("/v1/tickets", { params: { header: { "Idempotency-Key": key.current } }, body: { subject, body, body_format: "markdown", ...optional, ...filled, ...(files.ids.length > 0 ? { attachments: files.ids } : {}) } }));
      void queries.invalidateQueries({ queryKey: ["requests"] });
      say(w.form.sent(ticket.number));
      void navigate({ to: "/requests/$ticket" as never, params: { ticket: ticket.number } as never, replace: true });
    } catch (failure) {
      setSending(false);
      if (failure instanceof ApiProblem && failure.status === 422) setProblem(failure);
      else say(failure instanceof ApiProblem && !failure.isOffline ? (failure.problem.detail ?? t.state.failed) : t.state.offline);
    }
  };

  return (
    <>
      <h1>{w.form.title}</h1>
      <form className="portal-form" onSubmit={(event) => void send(event)} noValidate>
        {(meta?.brands.length ?? 0) > 1 && <Select label={w.form.brand} value={form.brand === NONE ? (meta?.default_brand ?? null) : form.brand} choices={(meta?.brands ?? []).map(({ id, name }) => ({ id, text: name }))} onChange={set("brand")} />}
        <Field label={w.form.subject} value={form.subject} onChange={set("subject")} wrong={problem?.field("subject")} isRequired />
        <Field label={w.form.body} hint={w.form.bodyHint} value={form.body} onChange={set("body")} wrong={problem?.field("body")} rows={7} isRequired />
        {(meta?.categories.length ?? 0) > 0 && (
          <Select label={w.form.category} value={form.category} choices={[{ id: NONE, text: w.form.noCategory }, ...(meta?.categories ?? []).map(({ id, label }) => ({ id, text: label }))]} onChange={set("category")} />
        )}
        <Select label={w.form.priority} value={form.priority === NONE ? (meta?.default_priority ?? null) : form.priority} choices={(meta?.priorities ?? []).map(({ priority, label }) => ({ id: priority, text: label }))} onChange={set("priority")} />
        {defined.map((field) => (
          <FieldInput
            key={field.id}
            field={field}
            value={fields[field.id] ?? null}
            wrong={problem?.field(`fields.${field.id}`)}
            onChange={(value) => {
              key.current = crypto.randomUUID();
              setFields((before) => ({ ...before, [field.id]: value }));
            }}
          />
        ))}
        <AttachButton files={files} hint={w.form.files} />
        <div>
          <button type="submit" className="button primary" disabled={sending}>
            {sending ? w.sending : w.form.send}
          </button>
        </div>
      </form>
    </>
  );
}
