import { useEffect, useRef } from "react";
import { api } from "../../api/client.ts";
import { answer } from "../../api/problem.ts";
import { keep, takeKept } from "../../app/keep.ts";
import type { Upload } from "../../files/useUploads.ts";

export interface Draft {
  kind: "reply" | "note";
  text: string;
  uploads: Upload[];
}

/** What was begun on each ticket, for as long as the page is open: turning to another ticket and back loses nothing. */
const kept = new Map<string, Draft>();
/** How long after a ticket was opened its draft is looked for. */
const LOOK_MS = 250;
/** How long nothing is typed before the draft goes to the desk. */
const REST_MS = 1_500;

/** Files that are still being sent cannot wait. */
function readDrafts(): [string, Draft][] | undefined {
  const drafts = [...kept].map(([ticket, draft]): [string, Draft] => [ticket, { ...draft, uploads: draft.uploads.filter((upload) => upload.id) }]);
  return drafts.length > 0 ? drafts : undefined;
}

keep("drafts", readDrafts);

export function draftOf(ticket: string): Draft {
  for (const [id, draft] of takeKept<[string, Draft][]>("drafts") ?? []) kept.set(id, draft);
  return kept.get(ticket) ?? { kind: "reply", text: "", uploads: [] };
}

/**
 * Keeps a draft here and at the desk, so that a reload, or another machine, goes on with it. A draft that waits at the desk is offered once, and
 * only where nothing was typed yet.
 */
export function useDraft(ticket: string, draft: Draft, found: (draft: Draft) => void): { sent: () => void } {
  const { kind, text, uploads } = draft;
  const last = useRef(text.trim());
  const offered = useRef(found);
  offered.current = found;

  useEffect(() => {
    if (kept.has(ticket)) return;
    let gone = false;
    // After what is read first; who only turns pages asks for no drafts.
    const timer = setTimeout(
      () =>
        void answer(api.GET("/v1/tickets/{ticket}/draft", { params: { path: { ticket } } })).then(
          (held) => {
            if (gone || kept.has(ticket)) return;
            last.current = held.body.trim();
            offered.current({ kind: held.kind, text: held.body, uploads: held.attachments.map((id, index) => ({ key: -1 - index, name: "…", size: 0, id })) });
          },
          // No draft, which is the usual case.
          () => undefined,
        ),
      LOOK_MS,
    );
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [ticket]);

  useEffect(() => {
    if (text.trim() || uploads.length > 0) kept.set(ticket, { kind, text, uploads });
    else kept.delete(ticket);
    if (text.trim() === last.current) return;
    const timer = setTimeout(() => {
      last.current = text.trim();
      const path = { ticket };
      const ids = uploads.flatMap((upload) => (upload.id ? [upload.id] : []));
      const saved = text.trim() ? api.PUT("/v1/tickets/{ticket}/draft", { params: { path }, body: { kind, body: text, body_format: "markdown", attachments: ids } }) : api.DELETE("/v1/tickets/{ticket}/draft", { params: { path } });
      // A draft that could not be kept is still on the screen.
      void saved.catch(() => undefined);
    }, REST_MS);
    return () => clearTimeout(timer);
  }, [ticket, kind, text, uploads]);

  return {
    sent: () => {
      last.current = "";
      kept.delete(ticket);
    },
  };
}
