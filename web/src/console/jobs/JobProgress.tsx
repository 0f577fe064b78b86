import type { ReactElement } from "react";
import { ApiProblem } from "../../api/problem.ts";
import type { Job } from "../../api/types.ts";
import { Button } from "../../design/Button.tsx";
import { say } from "../../design/toast.tsx";
import { number } from "../../i18n/format.ts";
import { useTexts } from "../../i18n/index.ts";
import { useWords } from "../words/index.ts";
import { isOver, stopJob } from "./jobs.ts";
import "./jobs.css";

const OUTCOMES = ["changed", "unchanged", "conflict", "refused", "not_found", "failed"] as const;

/** How far a job has come, and what came of it. */
export function JobProgress({ job, mayStop = true }: { job: Job; mayStop?: boolean }): ReactElement {
  const w = useWords();
  const t = useTexts();
  const over = isOver(job);
  const total = job.total ?? null;
  const stop = () =>
    void stopJob(job.id).then(
      () => say(w.job.stopped),
      (failure: unknown) => say((failure instanceof ApiProblem && failure.problem.detail) || t.state.failed),
    );
  return (
    <div className="job" role="status">
      <div className="row">
        <span className="job-state" data-state={job.state}>
          {w.job.states[job.state]}
        </span>
        <span className="quiet small">{total === null ? w.job.progressOpen(number(job.done)) : w.job.progress(number(job.done), number(total))}</span>
        <span className="grow" />
        {mayStop && !over && job.state !== "waiting" && (
          <Button small isDisabled={job.state === "stopping"} onPress={stop}>
            {w.job.stop}
          </Button>
        )}
      </div>
      {!over && <progress aria-label={w.job.states[job.state]} {...(total ? { value: job.done, max: total } : {})} />}
      <JobCounts job={job} />
      {job.problem && <p className="wrong">{job.problem.message}</p>}
    </div>
  );
}

/** How many ended how; what did not happen is not counted out. */
export function JobCounts({ job }: { job: Job }): ReactElement | null {
  const w = useWords();
  const trial = job.kind === "import" && job.what.dry_run;
  const shown = OUTCOMES.filter((outcome) => job.counts[outcome] > 0);
  if (shown.length === 0) return null;
  return (
    <ul className="job-counts">
      {shown.map((outcome) => (
        <li key={outcome} data-outcome={outcome}>
          {w.job.counts(number(job.counts[outcome]), trial && outcome === "changed" ? w.importing.wouldBe : w.job.outcomes[outcome])}
        </li>
      ))}
    </ul>
  );
}
