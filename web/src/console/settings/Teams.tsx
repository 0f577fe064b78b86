import { useState, type ReactElement } from "react";
import { api, tag } from "../../api/client.ts";
import { answer } from "../../api/problem.ts";
import type { Team } from "../../api/types.ts";
import { Button } from "../../design/Button.tsx";
import { Checkbox, Field } from "../../design/Field.tsx";
import { Select } from "../../design/Select.tsx";
import { useTexts } from "../../i18n/index.ts";
import { may } from "../data/reads.ts";
import { useWords } from "../words/index.ts";
import { Form, Section, Table, useChange, useList, whole } from "./parts.tsx";

const STRATEGIES = ["manual", "round_robin", "least_busy", "skill_match"] as const;

/** Agents who share a queue, and how its tickets find one of them. */
export function Teams(): ReactElement {
  const w = useWords();
  const t = useTexts();
  const query = useList("teams", () => answer(api.GET("/v1/teams")));
  const [editing, setEditing] = useState<Team | "new" | null>(null);
  const remove = useChange("teams", (team: Team) => answer(api.DELETE("/v1/teams/{team}", { params: { path: { team: team.id }, header: { "If-Match": versionTag(team) } } as never })));
  const manages = may("people.manage_agents");
  return (
    <>
      <Section title={w.settings.teams} query={query} action={manages && <Button onPress={() => setEditing("new")}>{w.team.create}</Button>}>
        {(teams) => (
          <Table label={w.settings.teams} columns={[w.team.name, w.team.strategy, ...(manages ? [""] : [])]}>
            {teams.map((team) => (
              <tr key={team.id}>
                <td>
                  <bdi>{team.name}</bdi>
                </td>
                <td>{w.team[team.strategy]}</td>
                {manages && (
                  <td className="row">
                    <Button small onPress={() => setEditing(team)} aria-label={`${t.act.edit}: ${team.name}`}>
                      {t.act.edit}
                    </Button>
                    <Button small onPress={() => remove.run(team)} aria-label={`${t.act.delete}: ${team.name}`}>
                      {t.act.delete}
                    </Button>
                  </td>
                )}
              </tr>
            ))}
          </Table>
        )}
      </Section>
      {editing && <TeamForm key={editing === "new" ? "new" : editing.id} team={editing === "new" ? null : editing} onClose={() => setEditing(null)} />}
    </>
  );
}

/** The condition under which a setting is changed; one that was never changed has no version to name. */
export function versionTag(thing: { version?: number }): string {
  return thing.version === undefined ? "*" : tag({ version: thing.version });
}

function TeamForm({ team, onClose }: { team: Team | null; onClose: () => void }): ReactElement {
  const w = useWords();
  const t = useTexts();
  const [name, setName] = useState(team?.name ?? "");
  const [strategy, setStrategy] = useState<Team["strategy"]>(team?.strategy ?? "manual");
  const [sticky, setSticky] = useState(team?.sticky ?? false);
  const [minutes, setMinutes] = useState(team?.unassigned_minutes?.toString() ?? "");
  const { run, busy, problem } = useChange(
    "teams",
    () => {
      const body = { name, strategy, sticky, unassigned_minutes: whole(minutes) };
      return team ? answer(api.PATCH("/v1/teams/{team}", { params: { path: { team: team.id }, header: { "If-Match": versionTag(team) } } as never, body })) : answer(api.POST("/v1/teams", { body }));
    },
    onClose,
  );
  return (
    <Form onSend={() => run(undefined)} busy={busy} send={t.act.save} onCancel={onClose}>
      <Field label={w.team.name} value={name} onChange={setName} wrong={problem?.field("name")} autoFocus />
      <Select label={w.team.strategy} value={strategy} choices={STRATEGIES.map((id) => ({ id, text: w.team[id] }))} onChange={(id) => setStrategy(id as Team["strategy"])} />
      <Checkbox isSelected={sticky} onChange={setSticky}>
        {w.team.sticky}
      </Checkbox>
      <Field label={w.team.unassigned} value={minutes} onChange={setMinutes} inputMode="numeric" wrong={problem?.field("unassigned_minutes")} />
    </Form>
  );
}
