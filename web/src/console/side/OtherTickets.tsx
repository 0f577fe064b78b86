import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { api } from "../../api/client.ts";
import { answer } from "../../api/problem.ts";
import type { Ticket } from "../../api/types.ts";
import { StatusMark } from "../../design/marks.tsx";
import { shortTime } from "../../i18n/format.ts";
import { useLabels } from "../data/desk.tsx";
import { useWords } from "../words/index.ts";

/** What the same person asked before. */
export function OtherTickets({ ticket }: { ticket: Ticket }): ReactElement {
  const w = useWords();
  const labels = useLabels();
  const { data } = useQuery({
    queryKey: ["requester", ticket.requester],
    queryFn: () => answer(api.GET("/v1/tickets", { params: { query: { requester: ticket.requester, sort: "created_at", limit: 8 } as never } })),
    staleTime: 30_000,
  });
  const others = (data?.items ?? []).filter((other) => other.id !== ticket.id).slice(0, 6);
  return (
    <>
      <h3>{w.ticket.otherTickets}</h3>
      {data && others.length === 0 && <p className="quiet small">{w.ticket.noOther}</p>}
      <ul className="others">
        {others.map((other) => (
          <li key={other.id}>
            <Link to="/queue/$ticket" params={{ ticket: other.number }} search={true as never}>
              <bdi className="clip">{other.subject}</bdi>
            </Link>
            <span className="spread small">
              <StatusMark status={other.status} label={labels.status(other.status)} />
              <span className="quiet">{shortTime(other.created_at)}</span>
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
