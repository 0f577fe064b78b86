import { useQuery } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import { api, tag } from "../../api/client.ts";
import { answer } from "../../api/problem.ts";
import type { components } from "../../api/schema.d.ts";
import { queries } from "../../app/queries.ts";
import { LanguageSwitch, ThemeSwitch } from "../../app/Preferences.tsx";
import { Checkbox, Field } from "../../design/Field.tsx";
import { Select } from "../../design/Select.tsx";
import { useTexts } from "../../i18n/index.ts";
import { may, me, useAgents } from "../data/reads.ts";
import { useWords } from "../words/index.ts";
import { Form, Section, useChange } from "./parts.tsx";

type Preferences = components["schemas"]["Preferences"];

/** What somebody sets for themselves: whether they are there, their mails, their signature, how the page looks. */
export function You(): ReactElement {
  const w = useWords();
  const { data } = useQuery({ queryKey: ["preferences"], queryFn: () => answer(api.GET("/v1/me/preferences")) });
  return (
    <Section title={w.settings.you}>
      {() => (
        <>
          {may("tickets.assign_self") && <Availability />}
          <div className="panel pair">
            <ThemeSwitch />
            <LanguageSwitch />
          </div>
          {data && <Mails key={data.version} preferences={data} />}
        </>
      )}
    </Section>
  );
}

function Availability(): ReactElement {
  const w = useWords();
  const own = useAgents().data?.find((agent) => agent.id === me().person);
  const { run } = useChange("agents", (type: string) => answer(api.PUT("/v1/me/availability", { body: { availability: { type: type as "online" | "away" } } })));
  return (
    <div className="panel pair">
      <Select label={w.people.availability} value={own?.availability.type === "online" ? "online" : "away"} choices={[{ id: "online", text: w.people.online }, { id: "away", text: w.people.away }]} onChange={run} />
    </div>
  );
}

function Mails({ preferences }: { preferences: Preferences }): ReactElement {
  const w = useWords();
  const t = useTexts();
  const [signature, setSignature] = useState(preferences.signature ?? "");
  const [language, setLanguage] = useState<string>(preferences.language ?? "*");
  const [muted, setMuted] = useState<string[]>(preferences.muted);
  const { run, busy, problem } = useChange(
    "you",
    () => answer(api.PATCH("/v1/me/preferences", { params: { header: { "If-Match": tag(preferences) } } as never, body: { signature: signature.trim() || null, language: language === "*" ? null : (language as "en"), muted: muted as Preferences["muted"] } })),
    () => void queries.invalidateQueries({ queryKey: ["preferences"] }),
  );
  return (
    <Form onSend={() => run(undefined)} busy={busy} send={t.act.save}>
      <Field label={w.people.signature} rows={3} value={signature} onChange={setSignature} wrong={problem?.field("signature")} />
      <Select label={w.people.mailLanguage} value={language} onChange={setLanguage} choices={[{ id: "*", text: w.people.brandsLanguage }, { id: "en", text: t.language.en }, { id: "de", text: t.language.de }]} />
      <fieldset>
        <legend className="label">{w.people.muted}</legend>
        <div className="checks">
          {preferences.mutable.map((notice) => (
            <Checkbox key={notice} isSelected={muted.includes(notice)} onChange={(on) => setMuted(on ? [...muted, notice] : muted.filter((one) => one !== notice))}>
              {notice.replaceAll("_", " ")}
            </Checkbox>
          ))}
        </div>
      </fieldset>
    </Form>
  );
}
