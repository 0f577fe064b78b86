import { useEffect, useState, type ReactElement } from "react";
import { api } from "../../api/client.ts";
import { answer } from "../../api/problem.ts";
import type { CannedResponse } from "../../api/types.ts";
import { queries } from "../../app/queries.ts";
import { Button } from "../../design/Button.tsx";
import { Field } from "../../design/Field.tsx";
import { Select } from "../../design/Select.tsx";
import { AttachButton } from "../../files/AttachButton.tsx";
import { useUploads } from "../../files/useUploads.ts";
import { useTexts } from "../../i18n/index.ts";
import { may, me, useTeams } from "../data/reads.ts";
import { useWords } from "../words/index.ts";
import { Form, Section, Table, useChange, useList } from "./parts.tsx";
import { versionTag } from "./Teams.tsx";

/** Answers that are written once: one's own, a team's, everybody's. */
export function Canned(): ReactElement {
  const w = useWords();
  const t = useTexts();
  const query = useList("canned", () => answer(api.GET("/v1/canned-responses")));
  const [editing, setEditing] = useState<CannedResponse | "new" | null>(null);
  const forget = () => void queries.invalidateQueries({ queryKey: ["canned"] });
  const remove = useChange("canned", (one: CannedResponse) => answer(api.DELETE("/v1/canned-responses/{canned}", { params: { path: { canned: one.id } } })), forget);
  const mayChange = (one: CannedResponse) => may("answers.manage") || (one.scope === "personal" && one.created_by === me().person);
  return (
    <>
      <Section title={w.settings.canned} query={query} action={<Button onPress={() => setEditing("new")}>{w.canned.create}</Button>}>
        {(rows) => (
          <Table label={w.settings.canned} columns={[w.canned.shortcut, w.canned.title, w.canned.body, w.canned.scope, ""]}>
            {rows.map((one) => (
              <tr key={one.id}>
                <td className="mono">{one.shortcut}</td>
                <td>
                  <bdi>{one.title}</bdi>
                </td>
                <td className="quiet">{one.body.slice(0, 120)}</td>
                <td>{w.canned[one.scope ?? "shared"]}</td>
                <td className="row">
                  {mayChange(one) && (
                    <>
                      <Button small onPress={() => setEditing(one)} aria-label={`${t.act.edit}: ${one.shortcut}`}>
                        {t.act.edit}
                      </Button>
                      <Button small onPress={() => remove.run(one)} aria-label={`${t.act.delete}: ${one.shortcut}`}>
                        {t.act.delete}
                      </Button>
                    </>
                  )}
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Section>
      {editing && <CannedForm key={editing === "new" ? "new" : editing.id} response={editing === "new" ? null : editing} onClose={() => (setEditing(null), forget())} />}
    </>
  );
}

function CannedForm({ response, onClose }: { response: CannedResponse | null; onClose: () => void }): ReactElement {
  const w = useWords();
  const t = useTexts();
  const teams = useTeams().data ?? [];
  const [shortcut, setShortcut] = useState(response?.shortcut ?? "/");
  const [title, setTitle] = useState(response?.title ?? "");
  const [body, setBody] = useState(response?.body ?? "");
  const [scope, setScope] = useState<string>(response?.team ? `team ${response.team}` : (response?.scope ?? "personal"));
  const files = useUploads(null);
  const { restore } = files;
  useEffect(() => restore((response?.attachments ?? []).map(({ id, name, size }, key) => ({ key: -1 - key, id, name, size }))), [restore, response]);
  const { run, busy, problem } = useChange(
    "canned",
    () => {
      const whose = scope.startsWith("team ") ? { scope: "team" as const, team: scope.slice(5) } : { scope: scope as "personal" | "shared" };
      const sent = { shortcut, title, body, attachments: files.ids, ...whose };
      return response ? answer(api.PATCH("/v1/canned-responses/{canned}", { params: { path: { canned: response.id }, header: { "If-Match": versionTag(response) } } as never, body: sent })) : answer(api.POST("/v1/canned-responses", { body: sent }));
    },
    onClose,
  );
  const choices = [{ id: "personal", text: w.canned.personal }, ...(may("answers.manage") || may("tickets.assign") ? [{ id: "shared", text: w.canned.shared }, ...teams.map((team) => ({ id: `team ${team.id}`, text: `${w.canned.team} ${team.name}` }))] : [])];
  return (
    <Form onSend={() => run(undefined)} busy={busy || files.isBusy} send={t.act.save} onCancel={onClose}>
      <div className="pair">
        <Field label={w.canned.shortcut} value={shortcut} onChange={setShortcut} wrong={problem?.field("shortcut")} autoFocus />
        <Field label={w.canned.title} value={title} onChange={setTitle} wrong={problem?.field("title")} />
      </div>
      <Field label={w.canned.body} hint={w.canned.placeholders} rows={7} value={body} onChange={setBody} wrong={problem?.field("body")} />
      <Select label={w.canned.scope} value={scope} choices={choices} onChange={setScope} />
      <AttachButton files={files} />
      {problem?.field("attachments") && <p className="wrong">{problem.field("attachments")}</p>}
    </Form>
  );
}
