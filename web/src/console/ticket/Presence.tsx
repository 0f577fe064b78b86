import type { ReactElement } from "react";
import type { Ticket } from "../../api/types.ts";
import { Face } from "../../design/marks.tsx";
import { list } from "../../i18n/format.ts";
import { usePresence } from "../data/presence.ts";
import { useNames } from "../data/reads.ts";
import { useWords } from "../words/index.ts";

/** Who else looks at the ticket, or writes. */
export function Presence({ ticket }: { ticket: Ticket }): ReactElement {
  const w = useWords();
  const names = useNames();
  const others = usePresence(ticket.id);
  const writing = others.filter((other) => other.state === "typing");
  const people = (writing.length > 0 ? writing : others).map((other) => names(other.person).name);
  const sentence = people.length === 0 ? "" : writing.length > 0 ? w.presence.typing(list(people), people.length > 1) : w.presence.viewing(list(people), people.length > 1);
  return (
    <span role="status" className={sentence ? "presence" : undefined}>
      {people.slice(0, 3).map((name) => (
        <Face key={name} name={name} />
      ))}
      <bdi>{sentence}</bdi>
    </span>
  );
}
