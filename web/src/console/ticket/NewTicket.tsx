import { useNavigate } from "@tanstack/react-router";
import { useState, type ReactElement } from "react";
import { api } from "../../api/client.ts";
import { answer, ApiProblem } from "../../api/problem.ts";
import type { Priority } from "../../api/types.ts";
import { Button } from "../../design/Button.tsx";
import { Dialog } from "../../design/Dialog.tsx";
import { Field } from "../../design/Field.tsx";
import { Select } from "../../design/Select.tsx";
import { say } from "../../design/toast.tsx";
import { useTexts } from "../../i18n/index.ts";
import { useLabels, useMeta } from "../data/reads.ts";
import { takeIn } from "../data/tickets.ts";
import { PRIORITIES } from "../queue/filters.ts";
import { useWords } from "../words/index.ts";

/** Opens a ticket for somebody who called or came by. */
export function NewTicket({ onClose }: { onClose: () => void }): ReactElement {
  const w = useWords();
  const t = useTexts();
  const labels = useLabels();
  const meta = useMeta().data;
  const navigate = useNavigate();
  const [form, setForm] = useState({ requester: "", subject: "", body: "", priority: "", category: "", brand: "" });
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [key, setKey] = useState(() => crypto.randomUUID());
  const set = (name: keyof typeof form) => (value: string) => setForm((before) => ({ ...before, [name]: value }));

  const create = async () => {
    const { priority, category, brand, ...rest } = form;
    const optional = Object.fromEntries(Object.entries({ priority, category, brand }).filter(([, value]) => value));
    try {
      const ticket = await answer(api.POST("/v1/tickets", { params: { header: { "Idempotency-Key": key } }, body: { ...rest, ...optional, channel: "phone" } }));
      takeIn([ticket]);
      onClose();
      void navigate({ to: "/queue/$ticket", params: { ticket: ticket.number }, search: true });
    } catch (failure) {
      setKey(crypto.randomUUID());
      if (failure instanceof ApiProblem && failure.status === 422) setProblem(failure);
      else say(failure instanceof ApiProblem && failure.isOffline ? t.state.offline : t.state.failed);
    }
  };

  return (
    <Dialog
      title={w.fresh.title}
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t.act.cancel}</Button>
          <Button kind="primary" onPress={() => void create()}>
            {w.fresh.create}
          </Button>
        </>
      }
    >
      <Field label={w.fresh.requester} type="email" value={form.requester} onChange={set("requester")} wrong={problem?.field("requester")} autoFocus />
      <Field label={w.fresh.subject} value={form.subject} onChange={set("subject")} wrong={problem?.field("subject")} />
      <Field label={w.fresh.body} value={form.body} onChange={set("body")} wrong={problem?.field("body")} rows={6} />
      <div className="row">
        <Select label={w.ticket.priority} value={form.priority || (meta?.default_priority ?? null)} choices={PRIORITIES.map((id: Priority) => ({ id, text: labels.priority(id) }))} onChange={set("priority")} />
        <Select label={w.ticket.category} value={form.category || null} choices={(meta?.categories ?? []).map(({ id, label }) => ({ id, text: label }))} onChange={set("category")} />
        {(meta?.brands.length ?? 0) > 1 && <Select label={w.ticket.brand} value={form.brand || (meta?.default_brand ?? null)} choices={(meta?.brands ?? []).map(({ id, name }) => ({ id, text: name }))} onChange={set("brand")} />}
      </div>
    </Dialog>
  );
}
