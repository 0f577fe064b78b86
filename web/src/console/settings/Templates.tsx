import { useState, type ReactElement } from "react";
import { api } from "../../api/client.ts";
import { answer, ApiProblem } from "../../api/problem.ts";
import type { components } from "../../api/schema.d.ts";
import { Button } from "../../design/Button.tsx";
import { Field } from "../../design/Field.tsx";
import { Select } from "../../design/Select.tsx";
import { say } from "../../design/toast.tsx";
import { useTexts } from "../../i18n/index.ts";
import { MailFrame } from "../../text/MailFrame.tsx";
import { useWords } from "../words/index.ts";
import { Form, Section, useChange, useList } from "./parts.tsx";

type Template = components["schemas"]["MailTemplate"];
type Preview = components["schemas"]["Preview"];

const keyOf = (template: Template) => `${template.notice} ${template.language} ${template.brand ?? ""}`;

/** The words of the desk's mails, with a preview of what would be sent. */
export function Templates(): ReactElement {
  const w = useWords();
  const query = useList("templates", () => answer(api.GET("/v1/mail-templates")));
  const [chosen, setChosen] = useState<string | null>(null);
  return (
    <Section title={w.settings.templates} query={query}>
      {(templates) => {
        const template = templates.find((one) => keyOf(one) === chosen) ?? templates[0];
        return (
          <>
            <Select
              label={w.template.notice}
              value={template ? keyOf(template) : null}
              choices={templates.map((one) => ({ id: keyOf(one), text: `${one.notice.replaceAll("_", " ")} · ${one.language}${one.brand ? ` · ${one.brand}` : ""} (${one.built_in ? w.template.builtIn : w.template.own})` }))}
              onChange={setChosen}
            />
            {template && <Edit key={`${keyOf(template)} ${template.built_in}`} template={template} />}
          </>
        );
      }}
    </Section>
  );
}

function Edit({ template }: { template: Template }): ReactElement {
  const w = useWords();
  const t = useTexts();
  const [subject, setSubject] = useState(template.subject);
  const [text, setText] = useState(template.text);
  const [html, setHtml] = useState(template.html ?? "");
  const [preview, setPreview] = useState<Preview | null>(null);
  const path = { notice: template.notice };
  const body = { language: template.language, subject, text, ...(html.trim() ? { html } : {}), ...(template.brand ? { brand: template.brand } : {}) };
  const save = useChange("templates", () => answer(api.PUT("/v1/mail-templates/{notice}", { params: { path }, body })));
  const reset = useChange("templates", () => answer(api.DELETE("/v1/mail-templates/{notice}", { params: { path, query: { language: template.language, ...(template.brand ? { brand: template.brand } : {}) } } })));
  const look = async () => {
    try {
      setPreview(await answer(api.POST("/v1/mail-templates/preview", { body: { ...body, notice: template.notice } })));
    } catch (failure) {
      say((failure instanceof ApiProblem && (failure.problem.errors?.[0]?.message ?? failure.problem.detail)) || t.state.failed);
    }
  };
  return (
    <>
      <Form onSend={() => save.run(undefined)} busy={save.busy} send={t.act.save}>
        <p className="small quiet">
          {w.template.variables}: <span className="mono">{template.variables.map((name) => `{{ ${name} }}`).join("  ")}</span>
        </p>
        <Field label={w.template.subject} value={subject} onChange={setSubject} wrong={save.problem?.field("subject")} />
        <Field label={w.template.text} value={text} onChange={setText} rows={9} wrong={save.problem?.field("text")} />
        <Field label={w.template.html} value={html} onChange={setHtml} rows={6} wrong={save.problem?.field("html")} />
        <div className="row">
          <Button onPress={() => void look()}>{w.template.preview}</Button>
          {!template.built_in && <Button onPress={() => reset.run(undefined)}>{w.template.back}</Button>}
        </div>
      </Form>
      {preview && (
        <section className="preview" aria-label={w.template.preview}>
          <strong>{preview.subject}</strong>
          <MailFrame html={preview.html} />
          <pre className="small" tabIndex={0}>
            {preview.text}
          </pre>
        </section>
      )}
    </>
  );
}
