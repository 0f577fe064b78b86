import { createContext, use, useMemo, type ReactElement, type ReactNode } from "react";
import type { Agent, Meta, Team } from "../../api/types.ts";
import { useWords } from "../words/index.ts";
import { usePeople } from "./people.ts";
import { labelsOf, namesOf, useAgents, useMeta, useTeams, type Labels, type Names } from "./reads.ts";

interface Desk {
  meta: Meta | undefined;
  agents: Agent[];
  teams: Team[];
  labels: Labels;
  names: Names;
}

const Context = createContext<Desk | null>(null);

/** What nearly everything on the screen asks for, read once for all of it: a query for each row and message would cost more than drawing them. */
export function DeskProvider({ children }: { children: ReactNode }): ReactElement {
  const w = useWords();
  const meta = useMeta().data;
  const agents = useAgents().data;
  const teams = useTeams().data;
  const labels = useMemo(() => labelsOf(meta), [meta]);
  const people = usePeople();
  const names = useMemo(() => namesOf(agents, people, w.ticket.customer), [agents, people, w]);
  const desk = useMemo(() => ({ meta, agents: agents ?? [], teams: teams ?? [], labels, names }), [meta, agents, teams, labels, names]);
  return <Context value={desk}>{children}</Context>;
}

export function useDesk(): Desk {
  const desk = use(Context);
  if (!desk) throw new Error("There is no desk around this.");
  return desk;
}

export function useLabels(): Labels {
  return useDesk().labels;
}

export function useNames(): Names {
  return useDesk().names;
}
