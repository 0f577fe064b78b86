import { useRef, useState, type FormEvent, type ReactElement } from "react";
import { api } from "../api/client.ts";
import { answer, ApiProblem } from "../api/problem.ts";
import type { Message, Ticket } from "../api/types.ts";
import { useKept } from "../app/useKept.ts";
import { Field } from "../design/Field.tsx";
import { say } from "../design/toast.tsx";
import { useUploads } from "../files/useUploads.ts";
import { useTexts } from "../i18n/index.ts";
import { AttachButton } from "../files/AttachButton.tsx";
import { useWords } from "./words/index.ts";

/** Where a customer answers. */
export function Answer({ request, answered }: { request: Ticket; answered: (message: Message) => void }): ReactElement {
  const w = useWords();
  const t = useTexts();
  const [text, setText] = useKept(`answer ${request.id}`);
  const [sending, setSending] = useState(false);
  const [wrong, setWrong] = useState<string | undefined>();
  const files = useUploads(request.id);
  const key = useRef(crypto.randomUUID());

  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (!text.trim() || sending) return;
    if (files.isBusy) return say(w.busy);
    setSending(true);
    try {
      const body = { kind: "reply" as const, body: text, body_format: "markdown" as const, ...(files.ids.length > 0 ? { attachments: files.ids } : {}) };
      // An answer counts whatever happened in between, so it goes without a condition.
      const message = await answer(api.POST("/v1/tickets/{ticket}/messages", { params: { path: { ticket: request.id }, header: { "Idempotency-Key": key.current } }, body }));
      setText("");
      setWrong(undefined);
      files.clear();
      key.current = crypto.randomUUID();
      say(w.sent);
      // Only staff can put off what they send; a customer's answer is always there at once.
      answered(message as Message);
    } catch (failure) {
      const problem = failure instanceof ApiProblem ? failure : null;
      setWrong(problem?.isOffline ? t.state.offline : (problem?.field("body") ?? problem?.problem.detail ?? t.state.failed));
    }
    setSending(false);
  };

  return (
    <form className="portal-form" onSubmit={(event) => void send(event)}>
      <Field
        label={w.reply}
        placeholder={w.replyHint}
        rows={4}
        value={text}
        onChange={(value) => {
          key.current = crypto.randomUUID();
          setText(value);
        }}
        wrong={wrong}
      />
      <div className="spread wrap">
        <AttachButton files={files} />
        <button type="submit" className="button primary" disabled={sending || !text.trim()}>
          {sending ? w.sending : w.send}
        </button>
      </div>
    </form>
  );
}
