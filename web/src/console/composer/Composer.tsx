import { memo, useEffect, useRef, useState, type DragEvent, type ReactElement } from "react";
import type { Status, Ticket } from "../../api/types.ts";
import { Button } from "../../design/Button.tsx";
import { Icon } from "../../design/Icon.tsx";
import { StatusMark } from "../../design/marks.tsx";
import { Menu } from "../../design/Menu.tsx";
import { say } from "../../design/toast.tsx";
import { Uploading } from "../../files/Files.tsx";
import { useUploads } from "../../files/useUploads.ts";
import { dateTime, day, hour } from "../../i18n/format.ts";
import { useTexts } from "../../i18n/index.ts";
import { Markdown } from "../../text/Markdown.tsx";
import { useDesk } from "../data/desk.tsx";
import type { Acts } from "../data/ticket.ts";
import { useActions } from "../keys/actions.ts";
import { useWords } from "../words/index.ts";
import { draftOf, useDraft } from "./drafts.ts";
import { KindSwitch } from "./KindSwitch.tsx";
import { isScheduled, send as sendMessage, takeBack } from "./send.ts";
import { TextBox, type TextBoxHandle } from "./TextBox.tsx";
import "./composer.css";

/** Where replies and notes are written. The text is Markdown, as it is stored. */
export const Composer = memo(function Composer({ ticket, acts }: { ticket: Ticket; acts: Acts }): ReactElement {
  const w = useWords();
  const t = useTexts();
  const { meta, labels } = useDesk();
  const [begun] = useState(() => draftOf(ticket.id));
  const [kind, setKind] = useState(begun.kind);
  const [text, setText] = useState(begun.text);
  const [preview, setPreview] = useState(false);
  const [dragging, setDragging] = useState(false);
  const [sending, setSending] = useState(false);
  const files = useUploads(ticket.id);
  const box = useRef<TextBoxHandle>(null);
  const picker = useRef<HTMLInputElement>(null);
  const { restore, uploads } = files;

  useEffect(() => restore(begun.uploads), [restore, begun]);
  const draft = useDraft(ticket.id, { kind, text, uploads }, (found) => {
    setKind(found.kind);
    setText(found.text);
    restore(found.uploads);
  });
  const write = (as: "reply" | "note") => {
    setKind(as);
    setPreview(false);
    box.current?.focus();
  };
  const section = w.help.inTicket;
  useActions([
    { id: "reply", text: w.key.reply, keys: "r", section, run: () => write("reply") },
    { id: "note", text: w.key.note, keys: "n", section, run: () => write("note") },
  ]);

  const send = async (status?: Status, at: string | null = null) => {
    if (!text.trim() || sending) return;
    if (files.isBusy) return say(w.composer.busy);
    setSending(true);
    const key = crypto.randomUUID();
    const what = { kind, text, status, attachments: files.ids, at };
    const kept = { kind, text, uploads };
    const sent = await acts.act(async (ifMatch) => {
      const message = await sendMessage(ticket.id, ifMatch, key, what);
      setText("");
      files.clear();
      draft.sent();
      if (!isScheduled(message)) return say(kind === "note" ? w.composer.noted : w.composer.sent);
      if (at) return say(w.composer.scheduled(dateTime(at)));
      const milliseconds = Math.max(1_000, Date.parse(message.send_at) - Date.now());
      const undo = async () => {
        if (!(await takeBack(message, ticket.number, w.composer.tooLate))) return;
        setKind(kept.kind);
        setText(kept.text);
        restore(kept.uploads);
        say(w.composer.unsent);
      };
      say(w.composer.sending(Math.round(milliseconds / 1000)), { text: t.act.undo, run: () => void undo() }, Math.min(milliseconds, 30_000));
    });
    setSending(false);
    if (sent) box.current?.blur();
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setDragging(false);
    files.add(event.dataTransfer.files);
  };
  const endings = () => {
    const tomorrow = new Date(new Date().setHours(9, 0, 0, 0) + day);
    const next = (meta?.statuses ?? []).filter(({ status }) => status !== "new" && status !== ticket.status);
    const laters = kind === "reply" ? [Date.now() + 2 * hour, tomorrow.getTime()] : [];
    return [
      ...next.map(({ status }) => ({ id: status as string, text: w.composer.sendAnd(labels.status(status)), icon: <StatusMark status={status} label="" />, run: () => void send(status) })),
      ...laters.map((at) => ({ id: `later ${at}`, text: w.composer.later(dateTime(at)), icon: <Icon name="clock" size={14} />, run: () => void send(undefined, new Date(at).toISOString()) })),
    ];
  };

  return (
    <section
      className="composer"
      aria-label={w.composer.label}
      data-kind={kind}
      data-dragging={dragging || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setDragging(true);
      }}
      onDragLeave={() => setDragging(false)}
      onDrop={drop}
    >
      <KindSwitch kind={kind} onChange={setKind} />
      {preview ? (
        <div className="composer-preview">
          <Markdown source={text} />
        </div>
      ) : (
        <TextBox ref={box} ticket={ticket} kind={kind} text={text} onText={setText} onSend={() => void send()} onFiles={files.add} onOffered={files.take} />
      )}
      <Uploading uploads={files.uploads} remove={files.remove} />
      <footer className="row wrap">
        <input ref={picker} type="file" multiple hidden onChange={(event) => (files.add(event.target.files ?? []), (event.target.value = ""))} />
        <Button kind="plain" small onPress={() => picker.current?.click()}>
          <Icon name="clip" /> {t.file.attach}
        </Button>
        <Button kind="plain" small onPress={() => setPreview(!preview)} aria-pressed={preview}>
          <Icon name="eye" /> {preview ? t.markdown.write : t.markdown.preview}
        </Button>
        <span className="grow" />
        <span className="split">
          <Menu
            label={w.composer.sendWith}
            entries={endings}
            button={
              <Button aria-label={w.composer.sendWith} isDisabled={sending || !text.trim()}>
                <Icon name="down" />
              </Button>
            }
          />
          <Button kind="primary" isDisabled={sending || !text.trim()} onPress={() => void send()}>
            {kind === "note" ? w.composer.sendNote : w.composer.send}
          </Button>
        </span>
      </footer>
    </section>
  );
});
