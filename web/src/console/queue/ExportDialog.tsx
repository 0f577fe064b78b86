import { useEffect, useState, type ReactElement } from "react";
import { api } from "../../api/client.ts";
import { answer, ApiProblem } from "../../api/problem.ts";
import type { components } from "../../api/schema.d.ts";
import { Button } from "../../design/Button.tsx";
import { Dialog } from "../../design/Dialog.tsx";
import { Checkbox } from "../../design/Field.tsx";
import { Select } from "../../design/Select.tsx";
import { say } from "../../design/toast.tsx";
import { useTexts } from "../../i18n/index.ts";
import { JobProgress } from "../jobs/JobProgress.tsx";
import { saveFileOf, useJob } from "../jobs/jobs.ts";
import { useWords } from "../words/index.ts";
import type { Filter } from "./filters.ts";

type Column = components["schemas"]["Column"];
type Asked = components["schemas"]["JobsExportInput"];
const COLUMNS: Column[] = ["number", "subject", "status", "priority", "category", "brand", "channel", "requester", "organization", "assignee", "team", "tags", "fields", "created_at", "updated_at", "first_response_at", "resolved_at", "closed_at", "resolution_note", "reopen_count", "rating", "id", "version"];

/** Writes all tickets of a filter to a file, as a job, and saves it when it is there. */
export function ExportDialog({ filter, onClose }: { filter: Filter; onClose: () => void }): ReactElement {
  const w = useWords();
  const t = useTexts();
  const [format, setFormat] = useState<"csv" | "jsonl">("csv");
  const [columns, setColumns] = useState<Column[]>(COLUMNS);
  const [messages, setMessages] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  const [id, setId] = useState<string | null>(null);
  const job = useJob(id).data;

  const start = async () => {
    const { view: _view, sort: _sort, order: _order, deleted: _deleted, ...conditions } = filter;
    const how: Partial<Asked> = format === "csv" ? { columns: COLUMNS.filter((column) => columns.includes(column)) } : { messages };
    try {
      setId((await answer(api.POST("/v1/exports", { body: { format, filter: conditions as NonNullable<Asked["filter"]>, ...how } }))).id);
    } catch (failure) {
      setWrong(failure instanceof ApiProblem && !failure.isOffline ? (failure.problem.errors?.[0]?.message ?? failure.problem.detail ?? t.state.failed) : t.state.offline);
    }
  };
  const state = job?.state;
  useEffect(() => {
    if (state !== "done" || !id) return;
    saveFileOf(id).then(
      () => {
        say(w.exporting.done);
        onClose();
      },
      () => setWrong(w.bulk.exportFailed),
    );
    // Once, when the file is there.
  }, [state, id]);

  return (
    <Dialog
      title={w.exporting.title}
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{id ? t.act.close : t.act.cancel}</Button>
          {!id && (
            <Button kind="primary" isDisabled={format === "csv" && columns.length === 0} onPress={() => void start()}>
              {w.exporting.start}
            </Button>
          )}
        </>
      }
    >
      {job ? (
        <>
          <JobProgress job={job} />
          <p className="quiet small">{w.job.background}</p>
        </>
      ) : (
        <>
          <p className="quiet">{w.exporting.hint}</p>
          <Select label={w.exporting.format} value={format} choices={(["csv", "jsonl"] as const).map((one) => ({ id: one, text: w.exporting[one] }))} onChange={(next) => setFormat(next as "csv")} />
          {format === "jsonl" ? (
            <Checkbox isSelected={messages} onChange={setMessages}>
              {w.exporting.messages}
            </Checkbox>
          ) : (
            <fieldset>
              <legend className="label">{w.exporting.columns}</legend>
              <div className="columns">
                {COLUMNS.map((column) => (
                  <Checkbox key={column} isSelected={columns.includes(column)} onChange={(on) => setColumns(on ? [...columns, column] : columns.filter((one) => one !== column))}>
                    {column.replaceAll("_", " ")}
                  </Checkbox>
                ))}
              </div>
            </fieldset>
          )}
        </>
      )}
      {wrong && (
        <p className="wrong" role="alert">
          {wrong}
        </p>
      )}
    </Dialog>
  );
}
