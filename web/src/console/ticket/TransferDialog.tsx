import { useState, type ReactElement } from "react";
import { api } from "../../api/client.ts";
import { answer } from "../../api/problem.ts";
import type { Ticket } from "../../api/types.ts";
import { Button } from "../../design/Button.tsx";
import { Dialog } from "../../design/Dialog.tsx";
import { Field } from "../../design/Field.tsx";
import { Select } from "../../design/Select.tsx";
import { useTexts } from "../../i18n/index.ts";
import { useAgents, useTeams } from "../data/reads.ts";
import type { Acts } from "../data/ticket.ts";
import { useWords } from "../words/index.ts";

/** Passes a ticket on to somebody or to a team, with a reason that they read. */
export function TransferDialog({ ticket, acts, onClose }: { ticket: Ticket; acts: Acts; onClose: () => void }): ReactElement {
  const w = useWords();
  const t = useTexts();
  const agents = useAgents().data ?? [];
  const teams = useTeams().data ?? [];
  const [to, setTo] = useState<string | null>(null);
  const [reason, setReason] = useState("");
  const send = () => {
    const [kind, id] = (to ?? "").split(" ");
    onClose();
    void acts.act((ifMatch) =>
      answer(api.POST("/v1/tickets/{ticket}/transfer", { params: { path: { ticket: ticket.id }, header: { "If-Match": ifMatch } }, body: { reason, ...(kind === "team" ? { team: id as string } : { assignee: id as string }) } })),
    );
  };
  return (
    <Dialog
      title={w.ticket.transfer}
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t.act.cancel}</Button>
          <Button kind="primary" isDisabled={!to || !reason.trim()} onPress={send}>
            {w.ticket.transfer}
          </Button>
        </>
      }
    >
      <Select
        label={w.ticket.assignee}
        value={to}
        onChange={setTo}
        choices={[...teams.map((team) => ({ id: `team ${team.id}`, text: `${w.ticket.team}: ${team.name}` })), ...agents.map((agent) => ({ id: `agent ${agent.id}`, text: agent.name }))]}
      />
      <Field label={w.ticket.transferReason} value={reason} onChange={setReason} rows={2} />
    </Dialog>
  );
}
