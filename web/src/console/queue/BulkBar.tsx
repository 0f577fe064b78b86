import { useState, type ReactElement } from "react";
import { ApiProblem } from "../../api/problem.ts";
import type { Priority, Status, Ticket } from "../../api/types.ts";
import { Button } from "../../design/Button.tsx";
import { Dialog } from "../../design/Dialog.tsx";
import { Select } from "../../design/Select.tsx";
import { say } from "../../design/toast.tsx";
import { useTexts } from "../../i18n/index.ts";
import { useLabels } from "../data/desk.tsx";
import { may, me, useAgents, useMeta } from "../data/reads.ts";
import { useWords } from "../words/index.ts";
import { asJob, oneByOne, restoreAll, stop, type Change, type Failure } from "./bulk.ts";
import { PRIORITIES } from "./filters.ts";

/** Changes the selected tickets, and says which could not be changed, and why. */
export function BulkBar({ tickets, bin, clear, all }: { tickets: Ticket[]; bin: boolean; clear: () => void; all: () => void }): ReactElement {
  const w = useWords();
  const t = useTexts();
  const labels = useLabels();
  const meta = useMeta().data;
  const agents = useAgents().data;
  const [progress, setProgress] = useState<{ done: number; total: number } | null>(null);
  const [job, setJob] = useState<string | null>(null);
  const [failures, setFailures] = useState<Failure[]>([]);

  const change = async (what: Change) => {
    const show = (done: number, total: number) => setProgress({ done, total });
    show(0, tickets.length);
    try {
      const failed = may("tickets.bulk") ? await asJob(tickets, what, show, setJob) : await oneByOne(tickets, what, show, t.state.offline);
      setFailures(failed);
      if (failed.length < tickets.length) say(w.bulk.done(tickets.length - failed.length));
      if (failed.length === 0) clear();
    } catch (failure) {
      say((failure instanceof ApiProblem && (failure.problem.errors?.[0]?.message ?? failure.problem.detail)) || t.state.failed);
    }
    setProgress(null);
    setJob(null);
  };
  const restore = async () => {
    const show = (done: number, total: number) => setProgress({ done, total });
    show(0, tickets.length);
    const failed = await restoreAll(tickets, show, t.state.offline);
    setFailures(failed);
    if (failed.length < tickets.length) say(w.bin.restoredMany(tickets.length - failed.length));
    if (failed.length === 0) clear();
    setProgress(null);
  };
  const people = may("tickets.assign") ? (agents ?? []).map((agent) => ({ id: agent.id, text: agent.name })) : [{ id: me().person, text: w.queue.me }];
  const busy = progress !== null;

  return (
    <div className="bulk" role="toolbar" aria-label={w.bulk.label}>
      <strong role="status">{progress ? w.bulk.progress(progress.done, progress.total) : w.queue.selected(tickets.length)}</strong>
      {job && (
        <Button small onPress={() => void stop(job)}>
          {w.bulk.stop}
        </Button>
      )}
      {bin ? (
        <Button isDisabled={busy} onPress={() => void restore()}>
          {w.ticket.restore}
        </Button>
      ) : (
        <>
          <Select hideLabel label={w.ticket.status} placeholder={w.ticket.status} value={null} isDisabled={busy} choices={(meta?.statuses ?? []).map(({ status }) => ({ id: status, text: labels.status(status) }))} onChange={(id) => void change({ status: id as Status })} />
          <Select hideLabel label={w.ticket.priority} placeholder={w.ticket.priority} value={null} isDisabled={busy} choices={PRIORITIES.map((id) => ({ id, text: labels.priority(id) }))} onChange={(id) => void change({ priority: id as Priority })} />
          <Select hideLabel label={w.ticket.assignee} placeholder={w.ticket.assignee} value={null} isDisabled={busy} choices={people} onChange={(id) => void change({ assignee: id })} />
          {may("tickets.bulk") && may("tickets.delete") && (
            <Button isDisabled={busy} onPress={() => void change({ delete: true })}>
              {w.bulk.delete}
            </Button>
          )}
        </>
      )}
      <Button kind="plain" onPress={all}>
        {w.queue.selectAll}
      </Button>
      <Button kind="plain" onPress={clear}>
        {w.bulk.clear}
      </Button>
      {failures.length > 0 && (
        <Dialog title={w.bulk.failed(failures.length)} onClose={() => setFailures([])}>
          <ul className="stack">
            {failures.map(({ ticket, why }) => (
              <li key={ticket.id}>
                <span className="mono">{ticket.number}</span> <bdi>{ticket.subject}</bdi>
                <br />
                <span className="wrong">{why}</span>
              </li>
            ))}
          </ul>
        </Dialog>
      )}
    </div>
  );
}
