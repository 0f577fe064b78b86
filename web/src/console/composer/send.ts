import { api } from "../../api/client.ts";
import { answer, ApiProblem } from "../../api/problem.ts";
import type { Message, Scheduled, Status } from "../../api/types.ts";
import { say } from "../../design/toast.tsx";
import { readAgain } from "../data/ticket.ts";

interface What {
  kind: "reply" | "note";
  text: string;
  status?: Status | undefined;
  attachments: string[];
  /** When it is to go; null for now. */
  at?: string | null;
}

/**
 * Sends a message. A reply waits a few seconds at the desk, in which it can be taken back; a note goes at once. One key for all tries: an answer
 * that was lost on its way makes no second message.
 */
export async function send(ticket: string, ifMatch: string, key: string, what: What): Promise<Message | Scheduled> {
  const { kind, text, status, attachments, at } = what;
  const body = { kind, body: text, body_format: "markdown" as const, draft: true, ...(at ? { send_at: at } : kind === "reply" ? { undo: true } : {}), ...(status ? { status } : {}), ...(attachments.length > 0 ? { attachments } : {}) };
  const header = { "If-Match": ifMatch, "Idempotency-Key": `${key}-${ifMatch.replaceAll('"', "")}` };
  return answer(api.POST("/v1/tickets/{ticket}/messages", { params: { path: { ticket }, header }, body })) as Promise<Message | Scheduled>;
}

export function isScheduled(sent: Message | Scheduled): sent is Scheduled {
  return "send_at" in sent;
}

/** Takes a waiting reply back. False where it was sent already. */
export async function takeBack(scheduled: Scheduled, number: string, tooLate: string): Promise<boolean> {
  try {
    await answer(api.DELETE("/v1/tickets/{ticket}/scheduled/{message}", { params: { path: { ticket: scheduled.ticket, message: scheduled.id } } }));
    return true;
  } catch (failure) {
    say(failure instanceof ApiProblem && failure.isOffline ? failure.message : tooLate);
    return false;
  } finally {
    void readAgain(number);
  }
}
