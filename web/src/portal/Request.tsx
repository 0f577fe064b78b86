import { Link, useNavigate, useParams } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { api, tag } from "../api/client.ts";
import { answer, ApiProblem } from "../api/problem.ts";
import type { Message, Status, Thread } from "../api/types.ts";
import { queries } from "../app/queries.ts";
import { Button } from "../design/Button.tsx";
import { Icon } from "../design/Icon.tsx";
import { Face, StatusMark } from "../design/marks.tsx";
import { Loading, Trouble } from "../design/states.tsx";
import { say } from "../design/toast.tsx";
import { Files } from "../files/Files.tsx";
import { dateTime, shortTime } from "../i18n/format.ts";
import { useTexts } from "../i18n/index.ts";
import { MessageBody } from "../text/MessageBody.tsx";
import { me, useRequest, useStatusLabel } from "./data.ts";
import { Answer } from "./Answer.tsx";
import { Rate } from "./Rate.tsx";
import { useWords } from "./words/index.ts";

/** One request: what was said, and what can be done next. */
export function Request(): ReactElement {
  const { ticket: number } = useParams({ strict: false }) as { ticket: string };
  const { data, error, refetch } = useRequest(number);
  if (data) return <Open key={data.id} request={data} />;
  return error ? <Trouble failure={error} retry={() => void refetch()} /> : <Loading />;
}

function Open({ request }: { request: Thread }): ReactElement {
  const w = useWords();
  const t = useTexts();
  const label = useStatusLabel();
  const navigate = useNavigate();
  const done = request.status === "resolved" || request.status === "closed";
  const refresh = () => Promise.all([queries.invalidateQueries({ queryKey: ["request", request.number] }), queries.invalidateQueries({ queryKey: ["requests"] })]);

  const move = async (status: Status) => {
    const change = (version: { version: number }) => answer(api.PATCH("/v1/tickets/{ticket}", { params: { path: { ticket: request.id }, header: { "If-Match": tag(version) } }, body: { status } }));
    try {
      await change(request).catch(async (failure: unknown) => {
        const changes = failure instanceof ApiProblem && failure.isStale ? (failure.problem.changes ?? []) : null;
        // A new message is shown, and the customer decides anew; that staff sorted the ticket meanwhile is nothing to them.
        if (!changes || changes.some((event) => event.type === "ticket.message_added")) throw failure;
        return change(await answer(api.GET("/v1/tickets/{ticket}", { params: { path: { ticket: request.id } } })));
      });
    } catch (failure) {
      const problem = failure instanceof ApiProblem ? failure : null;
      say(problem?.isOffline ? t.state.offline : (problem?.problem.detail ?? t.state.failed));
    }
    await refresh();
  };
  const answered = async (message: Message) => {
    await refresh();
    if (message.ticket !== request.id) {
      say(w.followUp);
      void navigate({ to: "/requests/$ticket" as never, params: { ticket: message.ticket } as never });
    }
  };

  return (
    <>
      <p>
        <Link to={"/requests" as never} className="portal-back">
          <Icon name="left" size={14} /> {w.back}
        </Link>
      </p>
      <h1 dir="auto">{request.subject}</h1>
      <p className="row wrap small request-facts">
        <StatusMark status={request.status} label={label(request.status)} />
        <span className="mono quiet">{request.number}</span>
        <span className="quiet">
          {w.opened} {dateTime(request.created_at)}
        </span>
      </p>
      <ol className="portal-talk" aria-label={request.subject}>
        {request.messages?.map((message) => (
          <Said key={message.id} message={message} />
        ))}
      </ol>
      {done && (
        <section className="panel portal-done">
          <p>
            <strong>{request.status === "resolved" ? w.solved : w.closed}</strong>
          </p>
          <div className="row wrap">
            {request.status === "resolved" && (
              <Button kind="primary" onPress={() => void move("closed")}>
                {w.solvedYes}
              </Button>
            )}
            <Button onPress={() => void move("in_progress")}>{w.reopen}</Button>
          </div>
          {request.requester === me().person && <Rate request={request} done={() => void refresh()} />}
        </section>
      )}
      <Answer request={request} answered={(message) => void answered(message)} />
      {!done && (
        <Button kind="plain" onPress={() => void move("closed")}>
          {w.close}
        </Button>
      )}
    </>
  );
}

function Said({ message }: { message: Message }): ReactElement {
  const w = useWords();
  const mine = "person" in message.author && message.author.person === me().person;
  const staff = message.author.type !== "customer";
  const who = mine ? w.you : staff ? w.team : (message.mail?.from_name ?? w.you);
  return (
    <li className="said" data-mine={mine || undefined}>
      <header className="row">
        <Face name={who} customer={!staff} />
        <strong>{who}</strong>
        <span className="grow" />
        <time className="quiet small" dateTime={message.created_at} title={dateTime(message.created_at)}>
          {shortTime(message.created_at)}
        </time>
      </header>
      <MessageBody message={message} />
      <Files files={message.attachments} />
    </li>
  );
}
