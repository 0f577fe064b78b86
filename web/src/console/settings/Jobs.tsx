import { useState, type ReactElement } from "react";
import { ApiProblem } from "../../api/problem.ts";
import type { Job } from "../../api/types.ts";
import { Button } from "../../design/Button.tsx";
import { Dialog } from "../../design/Dialog.tsx";
import { Blank, Loading, Trouble } from "../../design/states.tsx";
import { say } from "../../design/toast.tsx";
import { dateTime, fileSize, number } from "../../i18n/format.ts";
import { useTexts } from "../../i18n/index.ts";
import { useDesk } from "../data/desk.tsx";
import { JobCounts, JobProgress } from "../jobs/JobProgress.tsx";
import { JobReport } from "../jobs/JobReport.tsx";
import { isOver, saveFileOf, stopJob, useJob, useJobs } from "../jobs/jobs.ts";
import { useWords, type Words } from "../words/index.ts";
import { Table } from "./parts.tsx";

/** What the desk does in the background, for whom, how far it is and what came of it. */
export function Jobs(): ReactElement {
  const w = useWords();
  const t = useTexts();
  const { names } = useDesk();
  const { data, error, refetch, hasNextPage, fetchNextPage } = useJobs();
  const [shown, setShown] = useState<Job | null>(null);
  const failed = (failure: unknown) => say((failure instanceof ApiProblem && failure.problem.detail) || t.state.failed);
  const jobs = data?.pages.flatMap((page) => page.items);
  if (error && !jobs) return <Trouble failure={error} retry={() => void refetch()} />;
  return (
    <>
      <h2>{w.job.title}</h2>
      {!jobs ? (
        <Loading />
      ) : jobs.length === 0 ? (
        <Blank title={w.settings.none} />
      ) : (
        <Table label={w.job.title} columns={[w.job.what, w.job.state, w.job.results, w.job.by, w.job.when, ""]}>
          {jobs.map((job) => {
            const what = nameOf(job, w);
            return (
              <tr key={job.id}>
                <td>
                  <bdi>{what}</bdi>
                  {job.file && <div className="quiet">{w.job.file(job.file.name, fileSize(job.file.size))}</div>}
                  {job.problem && <div className="wrong">{job.problem.message}</div>}
                </td>
                <td>
                  <span className="job-state" data-state={job.state}>
                    {w.job.states[job.state]}
                  </span>
                  {!isOver(job) && job.state !== "waiting" && <div className="quiet">{job.total == null ? w.job.progressOpen(number(job.done)) : w.job.progress(number(job.done), number(job.total))}</div>}
                </td>
                <td>
                  <JobCounts job={job} />
                </td>
                <td>
                  <bdi>{names(job.asked_by).name}</bdi>
                </td>
                <td>{dateTime(job.started_at ?? job.created_at)}</td>
                <td>
                  <div className="job-actions">
                    <Button small onPress={() => setShown(job)} aria-label={w.job.resultsOf(what)}>
                      {w.job.results}
                    </Button>
                    {job.file && (
                      <Button small onPress={() => void saveFileOf(job.id).catch(failed)} aria-label={w.job.saveOf(what)}>
                        {w.job.save}
                      </Button>
                    )}
                    {!isOver(job) && job.state !== "waiting" && (
                      <Button small isDisabled={job.state === "stopping"} onPress={() => void stopJob(job.id).catch(failed)} aria-label={w.job.stopOf(what)}>
                        {w.job.stop}
                      </Button>
                    )}
                  </div>
                </td>
              </tr>
            );
          })}
        </Table>
      )}
      {hasNextPage && (
        <div>
          <Button onPress={() => void fetchNextPage()}>{w.job.more}</Button>
        </div>
      )}
      {shown && <JobDialog job={shown} onClose={() => setShown(null)} />}
    </>
  );
}

function JobDialog({ job, onClose }: { job: Job; onClose: () => void }): ReactElement {
  const w = useWords();
  const fresh = useJob(job.id).data ?? job;
  return (
    <Dialog title={nameOf(job, w)} onClose={onClose} wide>
      <JobProgress job={fresh} />
      <JobReport job={fresh} />
    </Dialog>
  );
}

/** What a job does, in a few words. */
export function nameOf(job: Job, w: Words): string {
  switch (job.kind) {
    case "bulk": {
      const changes = Object.entries(job.changes).filter(([, value]) => value !== null && value !== false && !(Array.isArray(value) && value.length === 0));
      return changes.length === 0 ? w.job.bulk : w.job.bulkOf(changes.map(([name]) => name.replaceAll("_", " ")).join(", "));
    }
    case "retag":
      return w.job.retag(job.from, job.to);
    case "export":
      return w.job.export;
    case "export_person":
      return w.job.exportPerson;
    case "erase_person":
      return w.job.erasePerson;
    case "import": {
      const name = job.what.name ?? job.what.source;
      return job.what.dry_run ? w.job.trial(name) : w.job.import(name);
    }
    default:
      return (job as { kind: string }).kind;
  }
}
