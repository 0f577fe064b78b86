import type { ReactElement } from "react";
import type { Sla } from "../../api/types.ts";
import { Fuse } from "../../design/marks.tsx";
import { dateTime } from "../../i18n/format.ts";
import { useNow } from "../data/now.ts";
import { useWords } from "../words/index.ts";

/** What was promised, and how much of its time is left. */
export function Promises({ sla }: { sla: Sla | null | undefined }): ReactElement | null {
  const w = useWords();
  const now = useNow();
  if (!sla || sla.clocks.length === 0) return null;
  return (
    <section>
      <h2>
        {w.ticket.promised} <span className="quiet small">{sla.policy_name ?? sla.policy}</span>
      </h2>
      <ul className="promises">
        {sla.clocks.map((clock, index) => (
          <li key={index} className="spread" title={clock.due_at ? dateTime(clock.due_at) : undefined}>
            <span>{w.metric[clock.metric]}</span>
            {clock.state === "met" || clock.stopped_at ? (
              <span className={clock.state === "breached" ? "late" : "kept"}>{clock.state === "breached" ? w.clock.breached : w.clock.met}</span>
            ) : (
              <Fuse clock={clock} now={now} words={w.clock} />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
