import { memo, type ReactElement } from "react";
import { Face } from "../../design/marks.tsx";
import { list } from "../../i18n/format.ts";
import { usePresence } from "../data/presence.ts";
import { useNames } from "../data/desk.tsx";
import { useWords } from "../words/index.ts";

/** Who else looks at the ticket, or writes. */
export const Presence = memo(function Presence({ ticket }: { ticket: string }): ReactElement {
  const w = useWords();
  const names = useNames();
  const others = usePresence(ticket);
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
});
