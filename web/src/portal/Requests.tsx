import { Link, useSearch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { Button } from "../design/Button.tsx";
import { StatusMark } from "../design/marks.tsx";
import { Blank, Skeleton, Trouble } from "../design/states.tsx";
import { ago } from "../i18n/format.ts";
import { useTexts } from "../i18n/index.ts";
import { me, useRequests, useStatusLabel } from "./data.ts";
import { useWords } from "./words/index.ts";

/** What a customer asked, newest first. */
export function Requests(): ReactElement {
  const w = useWords();
  const t = useTexts();
  const { show } = useSearch({ strict: false }) as { show?: "open" | "done" };
  const label = useStatusLabel();
  const { data, error, isPending, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useRequests(show);
  const requests = data?.pages.flatMap((page) => page.items) ?? [];
  const first = me().name?.split(" ")[0];
  const tab = (to: "open" | "done" | undefined, text: string) => (
    <Link to={"/requests" as never} search={(to ? { show: to } : {}) as never} className="tab" aria-current={show === to ? "page" : undefined}>
      {text}
    </Link>
  );
  return (
    <>
      <h1>{first ? w.hello(first) : w.helloPlain}</h1>
      <p className="portal-lead">{w.lead}</p>
      <nav className="tabs" aria-label={w.filter.label}>
        {tab(undefined, w.filter.all)}
        {tab("open", w.filter.open)}
        {tab("done", w.filter.done)}
      </nav>
      {error && !data && <Trouble failure={error} retry={() => void refetch()} />}
      {isPending && !error && (
        <div className="stack" role="status" aria-label={t.state.loading}>
          <Skeleton height={68} />
          <Skeleton height={68} />
        </div>
      )}
      {data && requests.length === 0 && !hasNextPage && (
        <Blank
          title={show ? w.emptyFilter : w.empty}
          action={
            <Link to={"/requests/new" as never} className="button primary">
              {w.fresh}
            </Link>
          }
        />
      )}
      <ul className="requests" aria-label={w.requests}>
        {requests.map((request) => (
          <li key={request.id}>
            <Link to={"/requests/$ticket" as never} params={{ ticket: request.number } as never} className="request">
              <bdi className="request-subject">{request.subject}</bdi>
              <span className="spread small">
                <StatusMark status={request.status} label={label(request.status)} />
                <span className="quiet">
                  <span className="mono">{request.number}</span> · {ago(request.updated_at)}
                </span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <Button onPress={() => void fetchNextPage()} isDisabled={isFetchingNextPage}>
          {isFetchingNextPage ? t.state.loading : w.more}
        </Button>
      )}
    </>
  );
}
