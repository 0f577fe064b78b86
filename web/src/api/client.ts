import createClient, { type Client } from "openapi-fetch";
import { accessToken, renew, startOver } from "../auth/session.ts";
import { installation } from "../auth/issuer.ts";
import { ApiProblem } from "./problem.ts";
import type { paths } from "./schema.d.ts";

/** Every request to the API goes through here: the token, the one place that handles 401, and keys that make a POST safe to repeat. */
async function send(request: Request): Promise<Response> {
  const { config } = await installation();
  // Only what has a body is used up by sending it.
  const again = request.body ? request.clone() : request;
  const first = await fetch(await signed(request, config.api));
  if (first.status !== 401) return first;
  const renewal = await renew();
  if (renewal === "unheard") throw new ApiProblem(0, {});
  if (renewal === "renewed") {
    const second = await fetch(await signed(again, config.api));
    if (second.status !== 401) return second;
  }
  return startOver();
}

async function signed(request: Request, api: string): Promise<Request> {
  const path = request.url.slice(new URL(request.url).origin.length);
  const copy = api ? new Request(new URL(path, api), request) : request;
  copy.headers.set("authorization", `Bearer ${(await accessToken()) ?? ""}`);
  if (copy.method === "POST" && !copy.headers.has("idempotency-key")) copy.headers.set("idempotency-key", crypto.randomUUID());
  return copy;
}

export const api: Client<paths> = createClient<paths>({
  baseUrl: location.origin,
  fetch: send,
  credentials: "omit",
  // Answers are revalidated with their own tags; the browser's cache would answer a 304 as the 200 before it.
  cache: "no-store",
});

/** The tag of a version, as `If-Match` takes it. */
export function tag(thing: { version: number }): string {
  return `"${thing.version}"`;
}
