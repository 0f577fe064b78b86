import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api } from "../../api/client.ts";
import { answer, ApiProblem } from "../../api/problem.ts";
import type { Attachment, CannedResponse, Ticket } from "../../api/types.ts";
import { say } from "../../design/toast.tsx";
import { useDesk } from "../data/desk.tsx";
import { useWords } from "../words/index.ts";

export interface Suggestion {
  id: string;
  name: string;
  hint: string;
  /** What is put in its place; null where it could not be had. */
  text: () => Promise<string | null>;
}

/** Colleagues for `@`, by the part of their address before the @, which is how a note names them; canned responses for `/`. */
export function useSuggestions(ask: { sign: "/" | "@"; word: string } | null, ticket: Ticket, onOffered: (files: Attachment[]) => void): Suggestion[] {
  const w = useWords();
  const { agents } = useDesk();
  const wanted = ask?.sign === "/";
  const canned = useQuery({ queryKey: ["canned"], queryFn: async () => (await answer(api.GET("/v1/canned-responses"))).items, enabled: wanted, staleTime: 60_000, retry: false }).data;
  const fitting = useQuery({
    queryKey: ["suggested", ticket.id],
    queryFn: async () => (await answer(api.GET("/v1/tickets/{ticket}/suggested-responses", { params: { path: { ticket: ticket.id } } }))).items,
    enabled: wanted,
    staleTime: 60_000,
    retry: false,
  }).data;
  return useMemo(() => {
    if (!ask) return [];
    const fits = (text: string) => text.toLowerCase().includes(ask.word.toLowerCase());
    if (ask.sign === "@") {
      return agents
        .filter((agent) => fits(agent.name) || fits(agent.email))
        .slice(0, 8)
        .map((agent) => {
          const name = `@${agent.email.split("@")[0]}`;
          return { id: agent.id, name, hint: agent.name, text: () => Promise.resolve(`${name} `) };
        });
    }
    // Those that fit the ticket come first, as long as nothing else was typed.
    const first = ask.word ? [] : (fitting ?? []);
    const rest = (canned ?? []).filter((one) => fits(one.shortcut) || fits(one.title));
    const all = [...new Map([...first, ...rest].map((one) => [one.id, one])).values()];
    return all.slice(0, 8).map((one) => ({ id: one.id, name: one.shortcut.startsWith("/") ? one.shortcut : `/${one.shortcut}`, hint: one.title, text: () => render(one, ticket.id, onOffered, w.composer.leftOut) }));
  }, [ask, agents, canned, fitting, ticket.id, onOffered, w]);
}

/**
 * The response as it reads on this ticket; the desk fills in the placeholders, and escapes what customers wrote. Its files come as copies that are
 * this agent's, for this ticket.
 */
async function render(response: CannedResponse, ticket: string, onOffered: (files: Attachment[]) => void, leftOut: (names: string) => string): Promise<string | null> {
  try {
    const used = await answer(api.POST("/v1/tickets/{ticket}/canned-responses/{canned}", { params: { path: { ticket, canned: response.id } } }));
    if (used.attachments.length > 0) onOffered(used.attachments);
    if (used.left_out.length > 0) say(leftOut(used.left_out.map((file) => file.name).join(", ")));
    return used.body;
  } catch (failure) {
    say(failure instanceof ApiProblem ? (failure.problem.detail ?? "") : "");
    return null;
  }
}
