import { Link } from "@tanstack/react-router";
import { useState, type ReactElement } from "react";
import type { Job } from "../../api/types.ts";
import { Button } from "../../design/Button.tsx";
import { Checkbox } from "../../design/Field.tsx";
import { Loading, Trouble } from "../../design/states.tsx";
import { number } from "../../i18n/format.ts";
import { useWords } from "../words/index.ts";
import { isOver, useJobItems, type JobItem } from "./jobs.ts";

const WORKED = ["changed", "unchanged"];

/** What came of each thing: a ticket, or a row of a file. */
export function JobReport({ job }: { job: Job }): ReactElement {
  const w = useWords();
  const [onlyFailed, setOnlyFailed] = useState(false);
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useJobItems(job.id, !isOver(job));
  const imports = job.kind === "import";
  const all = data?.pages.flatMap((page) => page.items) ?? [];
  const shown = onlyFailed ? all.filter((item) => !WORKED.includes(item.outcome)) : all;
  if (error && !data) return <Trouble failure={error} retry={() => void refetch()} />;
  if (!data) return <Loading />;
  return (
    <div className="stack">
      <Checkbox isSelected={onlyFailed} onChange={setOnlyFailed}>
        {w.job.onlyFailed}
      </Checkbox>
      {shown.length === 0 ? (
        <p className="quiet">{all.length > 0 ? w.job.noneFailed : w.job.noItems}</p>
      ) : (
        <div className="report" role="region" aria-label={w.job.results} tabIndex={0}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{imports ? w.importing.row : w.job.thing}</th>
                {imports && <th scope="col">{w.importing.id}</th>}
                {imports && <th scope="col">{w.importing.ticket}</th>}
                <th scope="col">{w.job.result}</th>
                <th scope="col">{w.job.why}</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((item) => (
                <tr key={item.key}>
                  <td>{imports ? number(Number(item.key)) : <ItemLink id={item.key} />}</td>
                  {imports && (
                    <td>
                      <bdi className="mono">{item.external_id}</bdi>
                    </td>
                  )}
                  {imports && <td>{item.ticket && <ItemLink id={item.ticket} />}</td>}
                  <td data-outcome={item.outcome}>{word(item, w.job.outcomes, w.importing.wouldBe)}</td>
                  <td>
                    <bdi>{item.message ?? item.code ?? ""}</bdi>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {hasNextPage && (
        <div>
          <Button small isDisabled={isFetchingNextPage} onPress={() => void fetchNextPage()}>
            {w.job.more}
          </Button>
        </div>
      )}
    </div>
  );
}

function word(item: JobItem, outcomes: Record<JobItem["outcome"], string>, wouldBe: string): string {
  return item.code === "would_be_made" ? wouldBe : outcomes[item.outcome];
}

/** A thing is a ticket where it has a ticket's id. */
function ItemLink({ id }: { id: string }): ReactElement {
  if (!/^[0-9a-f-]{36}$/.test(id)) return <bdi className="mono">{id}</bdi>;
  return (
    <Link to="/queue/$ticket" params={{ ticket: id }} search={{}} className="mono">
      …{id.slice(-8)}
    </Link>
  );
}
