import { useNavigate } from "@tanstack/react-router";
import { useState, type ReactElement } from "react";
import { api, tag } from "../../api/client.ts";
import { answer, ApiProblem } from "../../api/problem.ts";
import type { Thread, Ticket } from "../../api/types.ts";
import { queries } from "../../app/queries.ts";
import { Button } from "../../design/Button.tsx";
import { Dialog } from "../../design/Dialog.tsx";
import { Checkbox, Field } from "../../design/Field.tsx";
import { Icon } from "../../design/Icon.tsx";
import { say } from "../../design/toast.tsx";
import { dateTime } from "../../i18n/format.ts";
import { useTexts } from "../../i18n/index.ts";
import { useNames } from "../data/desk.tsx";
import { actorPerson } from "../data/reads.ts";
import { readAgain } from "../data/ticket.ts";
import { takeIn } from "../data/tickets.ts";
import { useWords } from "../words/index.ts";
import "../jobs/jobs.css";

/** As the API has it. */
const MOST = 20;

/** Moves messages into a ticket of their own: what began as one matter and became two. */
export function SplitDialog({ ticket, onClose }: { ticket: Ticket; onClose: () => void }): ReactElement {
  const w = useWords();
  const t = useTexts();
  const navigate = useNavigate();
  const names = useNames();
  const [chosen, setChosen] = useState<string[]>([]);
  const [subject, setSubject] = useState("");
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const thread = queries.getQueryData<Thread>(["ticket", ticket.number]);
  // What was merged in stands on its own ticket still, and is split off there.
  const messages = (thread?.messages ?? []).filter((message) => message.ticket === ticket.id);
  const hint = chosen.length > MOST ? w.split.tooMany : chosen.length > 0 && chosen.length === messages.length ? w.split.all : null;

  const split = async () => {
    try {
      const made = await answer(api.POST("/v1/tickets/{ticket}/split", { params: { path: { ticket: ticket.id }, header: { "If-Match": tag(thread ?? ticket) } } as never, body: { subject: subject.trim(), messages: chosen } }));
      takeIn([made]);
      onClose();
      say(w.split.done(made.number));
      void navigate({ to: "/queue/$ticket", params: { ticket: made.number }, search: true as never });
      await readAgain(ticket.number);
    } catch (failure) {
      if (!(failure instanceof ApiProblem)) throw failure;
      setProblem(failure);
      // Another's message came meanwhile: it is shown among the others, and this can be sent again.
      if (failure.isStale) await readAgain(ticket.number);
    }
  };
  const sentence = problem && !problem.field("subject") ? (problem.isOffline ? t.state.offline : problem.isStale ? w.stale.title : (problem.problem.errors?.[0]?.message ?? problem.problem.detail ?? t.state.failed)) : null;

  return (
    <Dialog
      title={w.split.title(ticket.number)}
      wide
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t.act.cancel}</Button>
          <Button kind="primary" isDisabled={chosen.length === 0 || hint !== null || !subject.trim()} onPress={() => void split()}>
            {w.split.start(chosen.length)}
          </Button>
        </>
      }
    >
      {messages.length < 2 ? (
        <p>{w.split.one}</p>
      ) : (
        <>
          <p className="quiet">{w.split.hint}</p>
          <ul className="split-list" aria-label={w.split.which}>
            {messages.map((message) => {
              const author = message.author.type === "system" ? w.ticket.system : names(actorPerson(message.author), message.mail?.from_name ?? message.mail?.from).name;
              const time = dateTime(message.created_at);
              return (
                <li key={message.id}>
                  <Checkbox
                    aria-label={w.split.choose(author, time)}
                    isSelected={chosen.includes(message.id)}
                    onChange={(on) => {
                      setChosen(on ? [...chosen, message.id] : chosen.filter((id) => id !== message.id));
                      if (on && !subject) setSubject((message.body_text.split("\n").find((line) => line.trim()) ?? "").trim().slice(0, 80));
                    }}
                  >
                    <span>
                      <bdi>
                        <strong>{author}</strong>
                      </bdi>{" "}
                      <span className="quiet small">{time}</span>
                      {message.kind === "note" && (
                        <span className="chip note">
                          <Icon name="note" size={12} /> {w.ticket.internal}
                        </span>
                      )}
                      <span className="split-text" dir="auto">
                        {message.body_text.slice(0, 300)}
                      </span>
                    </span>
                  </Checkbox>
                </li>
              );
            })}
          </ul>
          {hint && (
            <p className="wrong" role="status">
              {hint}
            </p>
          )}
          <Field label={w.split.subject} value={subject} onChange={setSubject} wrong={problem?.field("subject")} />
        </>
      )}
      {sentence && (
        <p className="wrong" role="alert">
          {sentence}
        </p>
      )}
    </Dialog>
  );
}
