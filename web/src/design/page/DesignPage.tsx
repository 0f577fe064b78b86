import { useState, type ReactElement, type ReactNode } from "react";
import type { Clock, Priority, Status } from "../../api/types.ts";
import { LanguageSwitch, ThemeSwitch } from "../../app/Preferences.tsx";
import { Markdown } from "../../text/Markdown.tsx";
import { Button, IconButton } from "../Button.tsx";
import { Dialog } from "../Dialog.tsx";
import { Checkbox, Field } from "../Field.tsx";
import { Icon } from "../Icon.tsx";
import { Face, Fuse, PriorityMark, StatusMark } from "../marks.tsx";
import { Menu } from "../Menu.tsx";
import { Select } from "../Select.tsx";
import { Blank, Skeleton } from "../states.tsx";
import { TipHost } from "../TipHost.tsx";
import { say, Toasts } from "../toast.tsx";
import "./design-page.css";

const COLOURS = ["paper", "surface", "raised", "sunken", "hover", "line", "line-strong", "ink", "ink-2", "ink-3", "accent", "accent-soft", "note", "note-line", "danger", "urgent", "high", "medium", "low", "good", "rail"];
const STATUSES: [Status, string][] = [["new", "New"], ["assigned", "Assigned"], ["in_progress", "In progress"], ["pending", "Pending"], ["resolved", "Resolved"], ["closed", "Closed"]];
const PRIORITIES: [Priority, string][] = [["urgent", "Urgent"], ["high", "High"], ["medium", "Medium"], ["low", "Low"]];
const WORDS = { left: (span: string) => `${span} left`, late: (span: string) => `${span} late`, paused: "paused" };

function clock(state: Clock["state"], minutesLeft: number): Clock {
  return { metric: "resolution", state, target_minutes: 240, remaining_seconds: minutesLeft * 60, started_at: "2026-01-01T00:00:00Z", due_at: new Date(Date.now() + minutesLeft * 60_000).toISOString() };
}

/** Every part of the design system on one page: `/design`. */
export function DesignPage(): ReactElement {
  const [dialog, setDialog] = useState(false);
  const [checked, setChecked] = useState(true);
  const [choice, setChoice] = useState("b");
  return (
    <main className="page design-page">
      <header className="page-head">
        <h1>Design system</h1>
        <div className="row">
          <ThemeSwitch />
          <LanguageSwitch />
        </div>
      </header>
      <Part title="Colour">
        <ul className="swatches">
          {COLOURS.map((name) => (
            <li key={name}>
              <span className="swatch" style={{ background: `var(--${name})` }} />
              <span className="mono small">{name}</span>
            </li>
          ))}
        </ul>
      </Part>
      <Part title="Type">
        <p style={{ fontSize: "var(--text-xxl)" }}>A figure of the day 1,284</p>
        <h1>A page’s heading</h1>
        <h2>A section’s heading</h2>
        <p>Text at 13.5 pixels, with figures of one width: 0123456789.</p>
        <p className="small quiet">Small and quiet, for what is read second.</p>
        <p className="mono">DEMO-2026-0001</p>
      </Part>
      <Part title="Buttons">
        <div className="row wrap">
          <Button kind="primary">Primary</Button>
          <Button>Usual</Button>
          <Button kind="plain">Plain</Button>
          <Button kind="danger">Danger</Button>
          <Button isDisabled>Disabled</Button>
          <Button small>Small</Button>
          <IconButton label="Search" keys="/">
            <Icon name="search" />
          </IconButton>
          <Menu label="Menu" button={<Button>Menu</Button>} entries={[{ id: "a", text: "First", keys: "f", run: () => say("First") }, { id: "b", text: "Second", icon: <Icon name="link" />, run: () => say("Second") }]} />
          <Button onPress={() => setDialog(true)}>Dialog</Button>
          <Button onPress={() => say("Reply sent.", { text: "Undo", run: () => undefined })}>Toast</Button>
        </div>
      </Part>
      <Part title="Fields">
        <div className="design-grid">
          <Field label="Subject" hint="In a few words" defaultValue="The printer burns" />
          <Field label="Address" wrong="This is no address." defaultValue="nobody" />
          <Field label="Text" rows={3} />
          <Select label="Category" value={choice} onChange={setChoice} choices={[{ id: "a", text: "Billing" }, { id: "b", text: "Technical" }]} />
          <Checkbox isSelected={checked} onChange={setChecked}>
            For everybody
          </Checkbox>
        </div>
      </Part>
      <Part title="Marks">
        <div className="row wrap design-marks">
          {STATUSES.map(([status, label]) => (
            <StatusMark key={status} status={status} label={label} />
          ))}
        </div>
        <div className="row wrap design-marks">
          {PRIORITIES.map(([priority, label]) => (
            <PriorityMark key={priority} priority={priority} label={label} />
          ))}
        </div>
        <div className="row wrap design-marks">
          <Fuse clock={clock("running", 180)} now={Date.now()} words={WORDS} />
          <Fuse clock={clock("running", 25)} now={Date.now()} words={WORDS} />
          <Fuse clock={clock("breached", -40)} now={Date.now()} words={WORDS} />
          <Fuse clock={clock("paused", 120)} now={Date.now()} words={WORDS} />
        </div>
        <div className="row wrap">
          <Face name="Ada Berg" />
          <Face name="Carl" customer />
          <span className="chip">tag</span>
          <span className="chip accent">filter</span>
          <span className="chip note">Internal note</span>
          <span className="chip danger">not proven</span>
          <kbd>g</kbd>
        </div>
      </Part>
      <Part title="Text">
        <Markdown source={"A message in **Markdown** with a [link](https://example.test), `code` and a list:\n\n- first\n- second\n\n> What was said before\n\nHello @ada"} />
      </Part>
      <Part title="States">
        <div className="design-grid">
          <Blank title="Nothing here" action={<Button>Clear filters</Button>}>
            No ticket fits. That may be good news.
          </Blank>
          <div className="stack">
            <Skeleton width="60%" />
            <Skeleton />
            <Skeleton width="80%" />
          </div>
        </div>
      </Part>
      {dialog && (
        <Dialog title="A question" onClose={() => setDialog(false)}>
          <p>The focus is in here, and goes back when it closes.</p>
        </Dialog>
      )}
      <Toasts />
      <TipHost />
    </main>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }): ReactElement {
  return (
    <section className="panel stack">
      <h2>{title}</h2>
      {children}
    </section>
  );
}
