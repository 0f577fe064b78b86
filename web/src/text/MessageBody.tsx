import { lazy, Suspense, type ReactElement } from "react";
import type { Message } from "../api/types.ts";
import { Skeleton } from "../design/states.tsx";
import { useTexts } from "../i18n/index.ts";
import { Markdown } from "./Markdown.tsx";
import "./text.css";

const MailFrame = lazy(() => import("./MailFrame.tsx").then((module) => ({ default: module.MailFrame })));

type Body = Pick<Message, "body" | "body_format">;

/** A message's text, with what it quotes and signs folded away below. */
export function MessageBody({ message }: { message: Message }): ReactElement {
  const t = useTexts();
  return (
    <>
      <BodyText body={message} />
      {message.signature && <Folded title={t.mail.signature} body={message.signature} />}
      {message.quoted && <Folded title={t.mail.quoted} body={message.quoted} />}
    </>
  );
}

function BodyText({ body }: { body: Body }): ReactElement {
  if (body.body_format === "markdown") return <Markdown source={body.body} />;
  if (body.body_format === "html")
    return (
      <Suspense fallback={<Skeleton height={60} />}>
        <MailFrame html={body.body} />
      </Suspense>
    );
  return (
    <div className="prose" dir="auto" style={{ whiteSpace: "pre-wrap" }}>
      {body.body}
    </div>
  );
}

function Folded({ title, body }: { title: string; body: Body }): ReactElement {
  return (
    <details className="folded">
      <summary>
        <span aria-hidden>•••</span> {title}
      </summary>
      <BodyText body={body} />
    </details>
  );
}
