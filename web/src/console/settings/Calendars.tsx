import { useRef, useState, type ReactElement } from "react";
import { api } from "../../api/client.ts";
import { answer } from "../../api/problem.ts";
import type { components } from "../../api/schema.d.ts";
import { Button } from "../../design/Button.tsx";
import { Field } from "../../design/Field.tsx";
import { say } from "../../design/toast.tsx";
import { language } from "../../i18n/language.ts";
import { useTexts } from "../../i18n/index.ts";
import { may } from "../data/reads.ts";
import { useWords } from "../words/index.ts";
import { Form, Section, useChange, useList, useOpener } from "./parts.tsx";

type Calendar = components["schemas"]["Calendar"];
const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

/** The hours in which promised time passes. */
export function Calendars(): ReactElement {
  const w = useWords();
  const query = useList("calendars", () => answer(api.GET("/v1/calendars")));
  const opener = useOpener();
  const manages = may("sla.manage");
  return (
    <>
      <Section title={w.settings.calendars} query={query} action={manages && <Button onPress={opener.open}>{w.calendar.create}</Button>}>
        {(calendars) => calendars.map((calendar) => <OneCalendar key={calendar.id} calendar={calendar} manages={manages} />)}
      </Section>
      {opener.isOpen && <NewCalendar onClose={opener.close} />}
    </>
  );
}

/** The name of a weekday, in the page's language; 1 January 2024 was a Monday. */
function dayName(index: number): string {
  return new Intl.DateTimeFormat(language(), { weekday: "long" }).format(new Date(2024, 0, 1 + index));
}

function OneCalendar({ calendar, manages }: { calendar: Calendar; manages: boolean }): ReactElement {
  const w = useWords();
  const t = useTexts();
  const picker = useRef<HTMLInputElement>(null);
  const remove = useChange("calendars", () => answer(api.DELETE("/v1/calendars/{calendar}", { params: { path: { calendar: calendar.id } } })));
  const load = useChange("calendars", async (file: File) => {
    const { added } = await answer(api.POST("/v1/calendars/{calendar}/holidays", { params: { path: { calendar: calendar.id } }, body: { ical: await file.text() } }));
    say(w.calendar.imported(added));
  });
  return (
    <article className="panel stack">
      <header className="spread wrap">
        <h3>
          {calendar.name} <span className="quiet small">{calendar.time_zone}</span>
        </h3>
        {manages && (
          <span className="row">
            <input ref={picker} type="file" accept=".ics,text/calendar" hidden onChange={(event) => event.target.files?.[0] && load.run(event.target.files[0])} />
            <Button small onPress={() => picker.current?.click()}>
              {w.calendar.import}
            </Button>
            <Button small onPress={() => remove.run(undefined)}>
              {t.act.delete}
            </Button>
          </span>
        )}
      </header>
      <dl className="pair small">
        {DAYS.map((day, index) => (
          <div key={day}>
            <dt className="label">{dayName(index)}</dt>
            <dd>{(calendar.hours[day] ?? []).map((hours) => `${hours.from}–${hours.to}`).join(", ") || w.calendar.closed}</dd>
          </div>
        ))}
      </dl>
      {(calendar.holidays?.length ?? 0) > 0 && (
        <p className="small">
          {w.calendar.holidays}: {calendar.holidays?.map((holiday) => [holiday.name, holiday.date ?? holiday.from].filter(Boolean).join(" ")).join(" · ")}
        </p>
      )}
    </article>
  );
}

function NewCalendar({ onClose }: { onClose: () => void }): ReactElement {
  const w = useWords();
  const t = useTexts();
  const [name, setName] = useState("");
  const [zone, setZone] = useState(Intl.DateTimeFormat().resolvedOptions().timeZone);
  const [from, setFrom] = useState("09:00");
  const [to, setTo] = useState("17:00");
  const { run, busy, problem } = useChange(
    "calendars",
    () => answer(api.POST("/v1/calendars", { body: { name, time_zone: zone, hours: Object.fromEntries(DAYS.map((day, index) => [day, index < 5 ? [{ from, to }] : []])) as Calendar["hours"] } })),
    onClose,
  );
  return (
    <Form onSend={() => run(undefined)} busy={busy} send={t.act.save} onCancel={onClose}>
      <Field label={w.calendar.name} value={name} onChange={setName} wrong={problem?.field("name")} autoFocus />
      <Field label={w.calendar.zone} value={zone} onChange={setZone} wrong={problem?.field("time_zone")} />
      <p className="small">
        {w.calendar.hours}: {dayName(0)} – {dayName(4)}
      </p>
      <div className="pair">
        <Field label={w.calendar.from} type="time" value={from} onChange={setFrom} wrong={problem?.field("hours")} />
        <Field label={w.calendar.to} type="time" value={to} onChange={setTo} />
      </div>
    </Form>
  );
}
