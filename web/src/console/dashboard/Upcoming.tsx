import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { api } from "../../api/client.ts";
import { answer } from "../../api/problem.ts";
import { Fuse, nextClock } from "../../design/marks.tsx";
import { Skeleton } from "../../design/states.tsx";
import { useNow } from "../data/now.ts";
import { useWords } from "../words/index.ts";

/** The promises that would be broken next, soonest first. */
export function Upcoming(): ReactElement {
  const w = useWords();
  const now = useNow();
  const { data } = useQuery({ queryKey: ["upcoming"], queryFn: () => answer(api.GET("/v1/sla/upcoming", { params: { query: { limit: 8 } } })), refetchInterval: 30_000 });
  return (
    <section className="panel chart" aria-labelledby="upcoming">
      <h2 id="upcoming">{w.dashboard.upcoming}</h2>
      {!data && <Skeleton height={120} />}
      {data?.items.length === 0 && <p className="quiet">{w.dashboard.noUpcoming}</p>}
      <ul className="upcoming">
        {data?.items.map((ticket) => {
          const clock = nextClock(ticket.sla?.clocks);
          return (
            <li key={ticket.id} className="spread">
              <Link to="/queue/$ticket" params={{ ticket: ticket.number }} search={{ status: ["open"], view: "all" } as never} className="clip">
                <span className="mono quiet">{ticket.number}</span> <bdi>{ticket.subject}</bdi>
              </Link>
              {clock && <Fuse clock={clock} now={now} words={w.clock} label={w.metric[clock.metric]} />}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
