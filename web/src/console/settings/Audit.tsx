import { useInfiniteQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { api } from "../../api/client.ts";
import { answer, ApiProblem } from "../../api/problem.ts";
import type { AuditEntry, Page } from "../../api/types.ts";
import { Button } from "../../design/Button.tsx";
import { Blank, Loading, Trouble } from "../../design/states.tsx";
import { dateTime } from "../../i18n/format.ts";
import { useDesk } from "../data/desk.tsx";
import { useWords } from "../words/index.ts";
import { Table } from "./parts.tsx";

/** Who changed which setting, and when. It is never changed and never shortened here. */
export function Audit(): ReactElement {
  const w = useWords();
  const { names } = useDesk();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ["settings", "audit"],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => answer(api.GET("/v1/audit", { params: { query: { limit: 50, ...(pageParam ? { cursor: pageParam } : {}) } } })) as Promise<Page<AuditEntry>>,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    retry: (count, failure) => count < 2 && !(failure instanceof ApiProblem && failure.status < 500),
    staleTime: 0,
  });
  const entries = data?.pages.flatMap((page) => page.items);
  return (
    <>
      <h2>{w.audit.title}</h2>
      {error && !entries ? (
        <Trouble failure={error} retry={() => void refetch()} />
      ) : !entries ? (
        <Loading />
      ) : entries.length === 0 ? (
        <Blank title={w.settings.none} />
      ) : (
        <Table label={w.audit.title} columns={[w.audit.when, w.audit.who, w.audit.what, w.audit.fields]}>
          {entries.map((entry) => (
            <tr key={entry.id}>
              <td>
                <time dateTime={entry.at}>{dateTime(entry.at)}</time>
              </td>
              <td>
                <bdi>{names(entry.by).name}</bdi>
                {entry.by_key && <span className="quiet"> {w.audit.byKey}</span>}
              </td>
              <td>
                {w.audit.did(w.audit.subjects[entry.subject] ?? entry.subject, w.audit.actions[entry.action] ?? entry.action)}{" "}
                <strong>
                  <bdi>{entry.name ?? ""}</bdi>
                </strong>
              </td>
              <td className="quiet">{entry.fields.map((field) => field.replaceAll("_", " ")).join(", ")}</td>
            </tr>
          ))}
        </Table>
      )}
      {hasNextPage && (
        <div>
          <Button isDisabled={isFetchingNextPage} onPress={() => void fetchNextPage()}>
            {w.job.more}
          </Button>
        </div>
      )}
    </>
  );
}
