import { useState, type ReactElement } from "react";
import { api } from "../../api/client.ts";
import { answer } from "../../api/problem.ts";
import type { Permission } from "../../api/types.ts";
import { Button } from "../../design/Button.tsx";
import { Checkbox, Field } from "../../design/Field.tsx";
import { dateTime } from "../../i18n/format.ts";
import { useTexts } from "../../i18n/index.ts";
import { me } from "../data/reads.ts";
import { useWords } from "../words/index.ts";
import { Form, Section, Table, useChange, useList, useOpener } from "./parts.tsx";

/** Keys for programs. A key's secret is shown once, and kept nowhere. */
export function Keys(): ReactElement {
  const w = useWords();
  const query = useList("keys", () => answer(api.GET("/v1/api-keys")));
  const opener = useOpener();
  const [secret, setSecret] = useState<string | null>(null);
  const revoke = useChange("keys", (key: string) => answer(api.DELETE("/v1/api-keys/{key}", { params: { path: { key } } })));
  return (
    <>
      {secret && (
        <div className="secret" role="status">
          <p>{w.apiKey.secret}</p>
          <p className="mono">{secret}</p>
        </div>
      )}
      <Section title={w.settings.keys} query={query} action={<Button onPress={opener.open}>{w.apiKey.create}</Button>}>
        {(keys) => (
          <Table label={w.settings.keys} columns={[w.apiKey.name, w.apiKey.scopes, w.apiKey.expires, ""]}>
            {keys.map((key) => (
              <tr key={key.id}>
                <td>{key.name}</td>
                <td className="mono">{key.scopes.join(" ")}</td>
                <td>{key.revoked_at ? w.apiKey.revoked : dateTime(key.expires_at)}</td>
                <td>
                  {!key.revoked_at && (
                    <Button small onPress={() => revoke.run(key.id)} aria-label={`${w.apiKey.revoke}: ${key.name}`}>
                      {w.apiKey.revoke}
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Section>
      {opener.isOpen && (
        <NewKey
          onClose={(made) => {
            setSecret(made);
            opener.close();
          }}
        />
      )}
    </>
  );
}

function NewKey({ onClose }: { onClose: (secret: string | null) => void }): ReactElement {
  const w = useWords();
  const t = useTexts();
  const [name, setName] = useState("");
  const [days, setDays] = useState("90");
  const [scopes, setScopes] = useState<Permission[]>(["tickets.read"]);
  const { run, busy, problem } = useChange("keys", async () => {
    const key = await answer(api.POST("/v1/api-keys", { body: { name, scopes, expires_in_days: Number(days) } }));
    onClose(key.credential ?? null);
  });
  return (
    <Form onSend={() => run(undefined)} busy={busy} send={t.act.save} onCancel={() => onClose(null)}>
      <Field label={w.apiKey.name} value={name} onChange={setName} wrong={problem?.field("name")} autoFocus />
      <Field label={w.apiKey.days} value={days} onChange={setDays} inputMode="numeric" wrong={problem?.field("expires_in_days")} />
      <fieldset>
        <legend className="label">{w.apiKey.scopes}</legend>
        <div className="checks">
          {me().permissions.map((permission) => (
            <Checkbox key={permission} isSelected={scopes.includes(permission)} onChange={(on) => setScopes(on ? [...scopes, permission] : scopes.filter((one) => one !== permission))}>
              {permission}
            </Checkbox>
          ))}
        </div>
      </fieldset>
    </Form>
  );
}
