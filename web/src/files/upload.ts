import { api } from "../api/client.ts";
import { answer } from "../api/problem.ts";

/** A file's limit, in bytes (10 MiB); the API refuses more, but only after the way there. */
export const LARGEST_FILE = 10 * 1024 * 1024;

/** Announces a file below its ticket, or for a ticket that is yet to be opened, and sends it to the store. Answers the attachment's id. */
export async function upload(file: File, ticket: string | null): Promise<string> {
  // Only a type that the file's name does not tell counts; the API decides.
  const announced = { name: file.name || "file", size: file.size, ...(file.type ? { content_type: file.type } : {}) };
  const upload = ticket
    ? await answer(api.POST("/v1/tickets/{ticket}/attachments", { params: { path: { ticket } }, body: announced }))
    : await answer(api.POST("/v1/attachments", { body: announced }));
  const { url, method } = upload.upload;
  const headers = new Headers(upload.upload.headers as Record<string, string>);
  // Browsers set it themselves, and refuse that a page does.
  headers.delete("content-length");
  const stored = await fetch(url, { method, headers, body: file, credentials: "omit", referrerPolicy: "no-referrer" });
  if (!stored.ok) throw new Error(`The store answered ${stored.status}.`);
  return upload.id;
}
