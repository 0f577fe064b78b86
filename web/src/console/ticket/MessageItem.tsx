import { memo, type ReactElement } from "react";
import { api } from "../../api/client.ts";
import { answer } from "../../api/problem.ts";
import type { Message } from "../../api/types.ts";
import { Button } from "../../design/Button.tsx";
import { Icon } from "../../design/Icon.tsx";
import { Face } from "../../design/marks.tsx";
import { Files } from "../../files/Files.tsx";
import { dateTime, shortTime } from "../../i18n/format.ts";
import { MessageBody } from "../../text/MessageBody.tsx";
import { useNames } from "../data/desk.tsx";
import { actorPerson } from "../data/reads.ts";
import type { Acts } from "../data/ticket.ts";
import { useWords } from "../words/index.ts";

/** One message. A note differs from a reply by colour, by shape, and by the word. */
export const MessageItem = memo(function MessageItem({ message, ticketId, acts }: { message: Message; ticketId: string; acts: Acts }): ReactElement {
  const w = useWords();
  const names = useNames();
  const person = actorPerson(message.author);
  const author = names(person, message.mail?.from_name ?? message.mail?.from);
  const note = message.kind === "note";
  const who = message.author.type === "system" ? w.ticket.system : author.name;
  const failed = Object.entries(message.mail?.verdicts ?? {}).filter(([, verdict]) => verdict === "fail");

  return (
    <li className="message" data-kind={message.kind} data-from={message.author.type}>
      <header className="message-head">
        <Face name={who} customer={message.author.type === "customer"} />
        <bdi className="message-author">{who}</bdi>
        {note ? (
          <span className="chip note" title={w.ticket.internalHint}>
            <Icon name="note" size={12} /> {w.ticket.internal}
          </span>
        ) : (
          <span className="quiet small">{message.author.type === "customer" ? w.ticket.customer : message.author.type === "staff" ? w.ticket.staff : ""}</span>
        )}
        <span className="grow" />
        {message.channel === "email" && (
          <span className="quiet" title={message.mail?.from}>
            <Icon name="mail" size={14} />
          </span>
        )}
        <time className="quiet small" dateTime={message.created_at} title={dateTime(message.created_at)}>
          {shortTime(message.created_at)}
        </time>
      </header>
      {message.pending && (
        <p className="banner spread wrap">
          {w.ticket.pending}
          {person && (
            <Button small onPress={() => void acts.act((ifMatch) => answer(api.PUT("/v1/tickets/{ticket}/participants/{person}", { params: { path: { ticket: ticketId, person }, header: { "If-Match": ifMatch } }, body: { standing: "confirmed" } })))}>
              {w.ticket.letIn}
            </Button>
          )}
        </p>
      )}
      {failed.length > 0 && <p className="chip danger">{w.ticket.verdict(failed.map(([check]) => check.toUpperCase()).join(", "))}</p>}
      <MessageBody message={message} />
      <Files files={message.attachments} />
    </li>
  );
});
