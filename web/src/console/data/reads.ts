import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import { answer } from "../../api/problem.ts";
import type { Actor, Agent, Me, Meta, Permission, Person, Priority, Status, Team } from "../../api/types.ts";
import { queries } from "../../app/queries.ts";
import { lookUp } from "./people.ts";

/** Who is signed in. It was read before the first page was shown. */
export function me(): Me {
  return queries.getQueryData<Me>(["me"]) as Me;
}

export function may(permission: Permission): boolean {
  return me().permissions.includes(permission);
}

/** The desk's own words: statuses, priorities, categories, brands. */
export function useMeta(): UseQueryResult<Meta> {
  return useQuery({ queryKey: ["meta"], queryFn: () => answer(api.GET("/v1/meta")), staleTime: 60_000 });
}

export function useAgents(): UseQueryResult<Agent[]> {
  return useQuery({ queryKey: ["agents"], queryFn: async () => (await answer(api.GET("/v1/agents"))).items, staleTime: 60_000 });
}

export function useTeams(): UseQueryResult<Team[]> {
  return useQuery({ queryKey: ["teams"], queryFn: async () => (await answer(api.GET("/v1/teams"))).items, staleTime: 60_000 });
}

/** How many open tickets have a priority; the API's count of a priority alone has the closed ones too. */
export function openWith(byStatusAndPriority: object, priority: Priority): number {
  const counts = byStatusAndPriority as Partial<Record<Status, Partial<Record<Priority, number>>>>;
  return (["new", "assigned", "in_progress", "pending"] as const).reduce((sum, status) => sum + (counts[status]?.[priority] ?? 0), 0);
}

export interface Labels {
  status: (id: string) => string;
  priority: (id: string) => string;
  category: (id: string | null | undefined) => string;
  brand: (id: string) => string;
}

/** The label of each word; the word itself where the desk has none. */
export function labelsOf(meta: Meta | undefined): Labels {
  const from = <T>(rows: T[] | undefined, id: (row: T) => string, label: (row: T) => string) => {
    const labels = new Map(rows?.map((row) => [id(row), label(row)]));
    return (wanted: string | null | undefined) => labels.get(wanted ?? "") ?? wanted ?? "";
  };
  return {
    status: from(
      meta?.statuses,
      (row) => row.status,
      (row) => row.label,
    ),
    priority: from(
      meta?.priorities,
      (row) => row.priority,
      (row) => row.label,
    ),
    category: from(
      meta?.categories,
      (row) => row.id,
      (row) => row.label,
    ),
    brand: from(
      meta?.brands,
      (row) => row.id,
      (row) => row.name,
    ),
  };
}

export interface Named {
  name: string;
  customer: boolean;
  /** Where the desk tells it. */
  email?: string | undefined;
}

export type Names = (person: string | null | undefined, mailName?: string | null) => Named;

/** Names for ids: of staff at once, of customers as soon as they were looked up. Until then, and where nobody names them, they are told apart by their id's end. */
export function namesOf(agents: Agent[] | undefined, people: ReadonlyMap<string, Person | null>, customer: string): Names {
  const staff = new Map(agents?.map((agent) => [agent.id, agent.name]));
  const self = me();
  if (self.name) staff.set(self.person, self.name);
  return (person, mailName) => {
    const name = staff.get(person ?? "");
    if (name) return { name, customer: false };
    const found = person ? people.get(person) : null;
    // Without the list of agents nobody knows yet who is a customer.
    if (person && found === undefined && agents) lookUp(person);
    return { name: found?.name || mailName?.trim() || `${customer} ${(person ?? "").slice(-4)}`.trim(), customer: found?.kind !== "staff", email: found?.email ?? undefined };
  };
}

export function actorPerson(actor: Actor): string | null {
  return "person" in actor ? actor.person : null;
}
