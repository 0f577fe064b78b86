import { useRef, useState, type ReactElement } from "react";
import { api } from "../../api/client.ts";
import { answer, ApiProblem } from "../../api/problem.ts";
import type { components } from "../../api/schema.d.ts";
import type { Priority, Status } from "../../api/types.ts";
import { Button } from "../../design/Button.tsx";
import { Checkbox, Field } from "../../design/Field.tsx";
import { Select } from "../../design/Select.tsx";
import { fileSize, number } from "../../i18n/format.ts";
import { useTexts } from "../../i18n/index.ts";
import { useDesk } from "../data/desk.tsx";
import { JobProgress } from "../jobs/JobProgress.tsx";
import { JobReport } from "../jobs/JobReport.tsx";
import { isOver, useJob } from "../jobs/jobs.ts";
import { PRIORITIES, STATUSES } from "../queue/filters.ts";
import { useWords } from "../words/index.ts";
import { Form } from "./parts.tsx";
import { readMap } from "./word_map.ts";

const FORMATS = ["csv", "zendesk", "zammad"] as const;
type Format = (typeof FORMATS)[number];
type Wanted = Omit<components["schemas"]["JobsImportInput"], "size">;
/** As the API has it. */
const LARGEST = 209_715_200;

/** Tickets from another desk: the file is tried first, and then made. */
export function Import(): ReactElement {
  const w = useWords();
  const t = useTexts();
  const [file, setFile] = useState<File | null>(null);
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [id, setId] = useState<string | null>(null);
  const job = useJob(id).data;

  const start = async (what: Wanted) => {
    if (!file) return;
    setWanted(what);
    setSending(true);
    setProblem(null);
    try {
      const made = await answer(api.POST("/v1/imports", { body: { ...what, name: file.name.slice(0, 100), size: file.size } }));
      const sent = await fetch(made.upload.url, { method: made.upload.method, headers: made.upload.headers, body: file, credentials: "omit" }).catch(() => null);
      if (!sent?.ok) throw new ApiProblem(sent?.status ?? 0, {});
      setId((await answer(api.POST("/v1/imports/{job}/start", { params: { path: { job: made.id } } }))).id);
    } catch (failure) {
      const said = failure instanceof ApiProblem ? failure : null;
      setProblem(said?.isOffline ? t.state.offline : (said?.problem.errors?.map((wrong) => wrong.message).join(" ") ?? said?.problem.detail ?? t.state.failed));
    }
    setSending(false);
  };
  const again = () => {
    setId(null);
    setFile(null);
    setWanted(null);
  };

  return (
    <>
      <h2>{w.importing.title}</h2>
      {job && wanted ? (
        <div className="panel stack">
          <h3>{wanted.dry_run ? w.job.trial(file?.name ?? "") : w.job.import(file?.name ?? "")}</h3>
          <JobProgress job={job} />
          {job.state === "done" && <p>{wanted.dry_run ? w.importing.finishedTrial(number(job.counts.changed)) : w.importing.finished(number(job.counts.changed))}</p>}
          {!isOver(job) && <p className="quiet small">{w.job.background}</p>}
          {isOver(job) && (
            <div className="row wrap">
              {wanted.dry_run && job.state === "done" && job.counts.changed > 0 && (
                <Button kind="primary" isDisabled={sending} onPress={() => void start({ ...wanted, dry_run: false })}>
                  {w.importing.now}
                </Button>
              )}
              <Button onPress={again}>{w.importing.again}</Button>
            </div>
          )}
          <JobReport key={job.id} job={job} />
        </div>
      ) : (
        <>
          <p className="quiet">{w.importing.hint}</p>
          <ImportForm file={file} setFile={setFile} sending={sending} problem={problem} onStart={(what) => void start(what)} />
        </>
      )}
    </>
  );
}

function ImportForm({ file, setFile, sending, problem, onStart }: { file: File | null; setFile: (file: File | null) => void; sending: boolean; problem: string | null; onStart: (what: Wanted) => void }): ReactElement {
  const w = useWords();
  const { meta } = useDesk();
  const picker = useRef<HTMLInputElement>(null);
  const [format, setFormat] = useState<Format>("csv");
  const [source, setSource] = useState("");
  const [brand, setBrand] = useState<string | null>(null);
  const [trial, setTrial] = useState(true);
  const [own, setOwn] = useState(false);
  const [statuses, setStatuses] = useState("");
  const [priorities, setPriorities] = useState("");
  const statusMap = readMap<Status>(statuses, STATUSES);
  const priorityMap = readMap<Priority>(priorities, PRIORITIES);
  const tooLarge = file !== null && file.size > LARGEST;
  const wrongLine = (line: string | null) => (line === null ? undefined : w.importing.wrongLine(line));
  const start = () => {
    if (!file || tooLarge || statusMap.wrong !== null || priorityMap.wrong !== null) return;
    const named = source.trim().toLowerCase();
    onStart({
      format,
      dry_run: trial,
      ...(named ? { source: named } : {}),
      ...(brand ? { brand } : {}),
      ...(format === "csv" && own ? { own_export: true } : {}),
      ...(statuses.trim() ? { statuses: statusMap.words } : {}),
      ...(priorities.trim() ? { priorities: priorityMap.words } : {}),
    });
  };
  return (
    <Form onSend={start} busy={sending || !file || tooLarge} send={sending && file ? w.importing.uploading(file.name) : trial ? w.importing.start : w.importing.startReal}>
      <div className="picked-file">
        <input
          ref={picker}
          type="file"
          hidden
          accept=".csv,.json,.jsonl,.ndjson,.txt"
          aria-label={w.importing.file}
          onChange={(event) => {
            const picked = event.target.files?.[0] ?? null;
            setFile(picked);
            if (picked && !/\.(csv|txt)$/i.test(picked.name) && format === "csv") setFormat("zendesk");
          }}
        />
        <Button onPress={() => picker.current?.click()}>{w.importing.choose}</Button>
        {file && (
          <span>
            <bdi>{file.name}</bdi> <span className="quiet">{fileSize(file.size)}</span>
          </span>
        )}
      </div>
      {tooLarge && <p className="wrong">{w.importing.tooLarge}</p>}
      <div className="pair">
        <Select label={w.importing.format} value={format} choices={FORMATS.map((id) => ({ id, text: w.importing[id] }))} onChange={(id) => setFormat(id as Format)} />
        {(meta?.brands.length ?? 0) > 1 && <Select label={w.importing.brand} value={brand ?? meta?.default_brand ?? null} choices={(meta?.brands ?? []).map(({ id, name }) => ({ id, text: name }))} onChange={setBrand} />}
      </div>
      <Field label={w.importing.source} hint={w.importing.sourceHint} placeholder={format} value={source} onChange={setSource} />
      <div className="pair">
        <Field label={w.importing.statuses} hint={w.importing.mapHint} rows={3} value={statuses} onChange={setStatuses} wrong={wrongLine(statusMap.wrong)} />
        <Field label={w.importing.priorities} rows={3} value={priorities} onChange={setPriorities} wrong={wrongLine(priorityMap.wrong)} />
      </div>
      {format === "csv" && (
        <Checkbox isSelected={own} onChange={setOwn}>
          {w.importing.ownExport}
        </Checkbox>
      )}
      <Checkbox isSelected={trial} onChange={setTrial}>
        {w.importing.trial}
      </Checkbox>
      {problem && (
        <p className="wrong" role="alert">
          {problem}
        </p>
      )}
    </Form>
  );
}
