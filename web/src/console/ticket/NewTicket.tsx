import { useQuery } from "@tanstack/react-query";
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
import { list } from "../../i18n/format.ts";
import { useTexts } from "../../i18n/index.ts";
import { useLabels } from "../data/desk.tsx";
import { useMeta } from "../data/reads.ts";
import { takeIn } from "../data/tickets.ts";
import { PersonField } from "../people/PersonField.tsx";
import { PRIORITIES } from "../queue/filters.ts";
import { useWords } from "../words/index.ts";

const WITHOUT = "*";

/** Opens a ticket for somebody who called or came by. */
export function NewTicket({ onClose }: { onClose: () => void }): ReactElement {
  const w = useWords();
  const t = useTexts();
  const labels = useLabels();
  const meta = useMeta().data;
  const navigate = useNavigate();
  const beginnings = useQuery({ queryKey: ["beginnings"], queryFn: async () => (await answer(api.GET("/v1/ticket-templates"))).items, staleTime: 60_000, retry: false }).data ?? [];
  const [template, setTemplate] = useState<string>(WITHOUT);
  const begun = beginnings.find((one) => one.id === template);
  const [form, setForm] = useState({ requester: "", subject: "", body: "", priority: "", category: "", brand: "" });
  const [person, setPerson] = useState<string | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [key, setKey] = useState(() => crypto.randomUUID());
  const set = (name: keyof typeof form) => (value: string) => setForm((before) => ({ ...before, [name]: value }));

  // What the template says can be read and changed before the ticket is opened; what it sets beside that is named.
  const begin = (id: string) => {
    setTemplate(id);
    const held = beginnings.find((one) => one.id === id)?.ticket;
    if (held) setForm((before) => ({ ...before, subject: held.subject ?? before.subject, body: held.body ?? before.body, priority: held.priority ?? before.priority, category: held.category ?? before.category }));
  };
  const alsoSets = begun ? [begun.ticket?.team && w.ticket.team, begun.ticket?.assignee && w.ticket.assignee, begun.ticket?.tags?.length && w.ticket.tags, Object.keys(begun.ticket?.fields ?? {}).length > 0 && w.ticket.fields].filter((word): word is string => Boolean(word)) : [];

  const create = async () => {
    const { priority, category, brand, requester, ...rest } = form;
    const optional = Object.fromEntries(Object.entries({ priority, category, brand, template: begun?.id, requester: person ?? requester.trim() }).filter(([, value]) => value));
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
      {beginnings.length > 0 && <Select label={w.beginning.use} value={template} choices={[{ id: WITHOUT, text: w.beginning.without }, ...beginnings.map(({ id, name }) => ({ id, text: name }))]} onChange={begin} />}
      {alsoSets.length > 0 && <p className="quiet small">{w.beginning.holds(list(alsoSets))}</p>}
      <PersonField label={w.fresh.requester} hint={w.fresh.requesterHint} kind="customer" value={form.requester} onChange={(text) => (set("requester")(text), setPerson(null))} onChoose={(one) => (set("requester")(one.name ?? one.email ?? one.id), setPerson(one.id))} wrong={problem?.field("requester")} autoFocus />
      <Field label={w.fresh.subject} value={form.subject} onChange={set("subject")} wrong={problem?.field("subject")} />
      <Field label={w.fresh.body} value={form.body} onChange={set("body")} wrong={problem?.field("body")} rows={6} />
      <div className="pair">
        <Select label={w.ticket.priority} value={form.priority || (meta?.default_priority ?? null)} choices={PRIORITIES.map((id: Priority) => ({ id, text: labels.priority(id) }))} onChange={set("priority")} />
        <Select label={w.ticket.category} value={form.category || null} choices={(meta?.categories ?? []).map(({ id, label }) => ({ id, text: label }))} onChange={set("category")} />
        {(meta?.brands.length ?? 0) > 1 && <Select label={w.ticket.brand} value={form.brand || (meta?.default_brand ?? null)} choices={(meta?.brands ?? []).map(({ id, name }) => ({ id, text: name }))} onChange={set("brand")} />}
      </div>
    </Dialog>
  );
}
