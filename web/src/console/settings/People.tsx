import { useQuery } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import { api, tag } from "../../api/client.ts";
import { answer } from "../../api/problem.ts";
import type { Agent } from "../../api/types.ts";
import { Button } from "../../design/Button.tsx";
import { Checkbox, Field } from "../../design/Field.tsx";
import { Face } from "../../design/marks.tsx";
import { Loading } from "../../design/states.tsx";
import { dateTime } from "../../i18n/format.ts";
import { useTexts } from "../../i18n/index.ts";
import { may, useAgents, useTeams } from "../data/reads.ts";
import { useWords } from "../words/index.ts";
import { Form, Section, Table, useChange, whole, words } from "./parts.tsx";

/** Who works here, what they carry, and what they can take. */
export function People(): ReactElement {
  const w = useWords();
  const t = useTexts();
  const query = useAgents();
  const teams = useTeams().data;
  const [editing, setEditing] = useState<string | null>(null);
  const there = (agent: Agent) => (agent.availability.type === "out" ? w.people.out(dateTime(agent.availability.until)) : w.people[agent.availability.type]);
  return (
    <Section title={w.settings.people} query={query}>
      {(agents) => (
        <>
          {editing && <EditAgent key={editing} id={editing} onClose={() => setEditing(null)} />}
          <Table label={w.settings.people} columns={[w.people.name, w.people.role, w.people.availability, w.people.open, w.people.weight, w.people.teams, ...(may("people.manage_agents") ? [""] : [])]}>
            {agents.map((agent) => (
              <tr key={agent.id}>
                <td>
                  <span className="person">
                    <Face name={agent.name} /> <bdi>{agent.name}</bdi>
                  </span>
                  <br />
                  <span className="quiet">{agent.email}</span>
                </td>
                <td>{w.role[agent.role]}</td>
                <td>{there(agent)}</td>
                <td>{agent.active_tickets}</td>
                <td>{agent.capacity ? `${agent.weight} / ${agent.capacity}` : agent.weight}</td>
                <td>{agent.teams.map((id) => teams?.find((team) => team.id === id)?.name ?? id).join(", ")}</td>
                {may("people.manage_agents") && (
                  <td>
                    <Button small onPress={() => setEditing(agent.id)} aria-label={`${t.act.edit}: ${agent.name}`}>
                      {t.act.edit}
                    </Button>
                  </td>
                )}
              </tr>
            ))}
          </Table>
        </>
      )}
    </Section>
  );
}

function EditAgent({ id, onClose }: { id: string; onClose: () => void }): ReactElement {
  const { data } = useQuery({ queryKey: ["settings", "agent", id], queryFn: () => answer(api.GET("/v1/agents/{agent}", { params: { path: { agent: id } } })), staleTime: 0, gcTime: 0 });
  return data ? <AgentForm agent={data} onClose={onClose} /> : <Loading />;
}

type AtWork = Pick<Agent, "id" | "name" | "capacity" | "skills" | "teams"> & { version: number };

function AgentForm({ agent, onClose }: { agent: AtWork; onClose: () => void }): ReactElement {
  const w = useWords();
  const t = useTexts();
  const teams = useTeams().data ?? [];
  const [capacity, setCapacity] = useState(agent.capacity?.toString() ?? "");
  const [skills, setSkills] = useState(agent.skills.join(", "));
  const [chosen, setChosen] = useState(agent.teams);
  const { run, busy, problem } = useChange(
    "agents",
    () => answer(api.PATCH("/v1/agents/{agent}", { params: { path: { agent: agent.id }, header: { "If-Match": tag(agent) } }, body: { capacity: whole(capacity), skills: words(skills), teams: chosen } })),
    onClose,
  );
  return (
    <Form onSend={() => run(undefined)} busy={busy} send={t.act.save} onCancel={onClose}>
      <h3>{agent.name}</h3>
      <Field label={w.people.capacity} hint={w.people.noLimit} value={capacity} onChange={setCapacity} inputMode="numeric" wrong={problem?.field("capacity")} />
      <Field label={w.people.skills} hint={w.people.commas} value={skills} onChange={setSkills} wrong={problem?.field("skills")} />
      {teams.length > 0 && (
        <fieldset>
          <legend className="label">{w.people.teams}</legend>
          <div className="checks">
            {teams.map((team) => (
              <Checkbox key={team.id} isSelected={chosen.includes(team.id)} onChange={(on) => setChosen(on ? [...chosen, team.id] : chosen.filter((one) => one !== team.id))}>
                {team.name}
              </Checkbox>
            ))}
          </div>
        </fieldset>
      )}
    </Form>
  );
}
