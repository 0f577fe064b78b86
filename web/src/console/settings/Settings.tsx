import { Link, useParams } from "@tanstack/react-router";
import { lazy, Suspense, type ComponentType, type ReactElement } from "react";
import type { Permission } from "../../api/types.ts";
import { Blank, Boundary, Loading } from "../../design/states.tsx";
import { useTexts } from "../../i18n/index.ts";
import { may } from "../data/reads.ts";
import { useWords, type Words } from "../words/index.ts";
import "./settings.css";

interface Place {
  id: string;
  text: (w: Words) => string;
  permission?: Permission;
  page: ComponentType;
  group: keyof Words["settingsGroup"];
}

const PLACES: Place[] = [
  { id: "you", group: "people", text: (w) => w.settings.you, page: lazy(() => import("./You.tsx").then((m) => ({ default: m.You }))) },
  { id: "people", group: "people", text: (w) => w.settings.people, permission: "tickets.update", page: lazy(() => import("./People.tsx").then((m) => ({ default: m.People }))) },
  { id: "teams", group: "people", text: (w) => w.settings.teams, permission: "tickets.update", page: lazy(() => import("./Teams.tsx").then((m) => ({ default: m.Teams }))) },
  { id: "desk", group: "tickets", text: (w) => w.settings.words, page: lazy(() => import("./DeskWords.tsx").then((m) => ({ default: m.DeskWords }))) },
  { id: "fields", group: "tickets", text: (w) => w.settings.fields, permission: "settings.manage", page: lazy(() => import("./FieldDefinitions.tsx").then((m) => ({ default: m.FieldDefinitions }))) },
  { id: "tags", group: "tickets", text: (w) => w.tag.title, permission: "tickets.update", page: lazy(() => import("./Tags.tsx").then((m) => ({ default: m.Tags }))) },
  { id: "policies", group: "tickets", text: (w) => w.settings.promises, permission: "tickets.update", page: lazy(() => import("./Policies.tsx").then((m) => ({ default: m.Policies }))) },
  { id: "calendars", group: "tickets", text: (w) => w.settings.calendars, permission: "tickets.update", page: lazy(() => import("./Calendars.tsx").then((m) => ({ default: m.Calendars }))) },
  { id: "routing", group: "tickets", text: (w) => w.settings.routing, permission: "people.manage_agents", page: lazy(() => import("./Routing.tsx").then((m) => ({ default: m.Routing }))) },
  { id: "canned", group: "answers", text: (w) => w.settings.canned, permission: "tickets.update", page: lazy(() => import("./Canned.tsx").then((m) => ({ default: m.Canned }))) },
  { id: "ticket-templates", group: "answers", text: (w) => w.beginning.title, permission: "tickets.update", page: lazy(() => import("./Beginnings.tsx").then((m) => ({ default: m.Beginnings }))) },
  { id: "macros", group: "answers", text: (w) => w.settings.macros, permission: "tickets.update", page: lazy(() => import("./Macros.tsx").then((m) => ({ default: m.Macros }))) },
  { id: "templates", group: "mail", text: (w) => w.settings.templates, permission: "settings.manage", page: lazy(() => import("./Templates.tsx").then((m) => ({ default: m.Templates }))) },
  { id: "addresses", group: "mail", text: (w) => w.settings.addresses, permission: "settings.manage", page: lazy(() => import("./Addresses.tsx").then((m) => ({ default: m.Addresses }))) },
  { id: "mails", group: "mail", text: (w) => w.settings.mails, permission: "settings.manage", page: lazy(() => import("./Mails.tsx").then((m) => ({ default: m.Mails }))) },
  { id: "jobs", group: "data", text: (w) => w.job.title, permission: "tickets.bulk", page: lazy(() => import("./Jobs.tsx").then((m) => ({ default: m.Jobs }))) },
  { id: "import", group: "data", text: (w) => w.importing.title, permission: "settings.manage", page: lazy(() => import("./Import.tsx").then((m) => ({ default: m.Import }))) },
  { id: "audit", group: "data", text: (w) => w.audit.title, permission: "audit.read", page: lazy(() => import("./Audit.tsx").then((m) => ({ default: m.Audit }))) },
  { id: "keys", group: "data", text: (w) => w.settings.keys, permission: "keys.manage", page: lazy(() => import("./Keys.tsx").then((m) => ({ default: m.Keys }))) },
];

/** The desk's settings; each person sees those that their permissions reach. */
export function Settings(): ReactElement {
  const w = useWords();
  const t = useTexts();
  const { section = "you" } = useParams({ from: "/settings/{-$section}" });
  const places = PLACES.filter((place) => !place.permission || may(place.permission));
  const here = places.find((place) => place.id === section);
  const hidden = !here && PLACES.some((place) => place.id === section);
  return (
    <main className="page settings" id="content" tabIndex={-1}>
      <h1>{w.settings.title}</h1>
      <div className="settings-body">
        <nav aria-label={w.settings.title}>
          {[...new Set(places.map((place) => place.group))].map((group) => (
            <section key={group}>
              <h2 id={`settings-${group}`}>{w.settingsGroup[group]}</h2>
              <ul aria-labelledby={`settings-${group}`}>
                {places
                  .filter((place) => place.group === group)
                  .map((place) => (
                    <li key={place.id}>
                      <Link to="/settings/{-$section}" params={{ section: place.id }} className="settings-place" aria-current={place === here ? "page" : undefined} activeProps={{}}>
                        {place.text(w)}
                      </Link>
                    </li>
                  ))}
              </ul>
            </section>
          ))}
        </nav>
        <Boundary resetKey={section}>
          <Suspense fallback={<Loading />}>
            {here ? (
              <div className="stack">
                <here.page />
              </div>
            ) : (
              <Blank title={hidden ? t.state.forbidden : t.state.missing}>{hidden ? t.state.forbiddenHint : t.state.missingHint}</Blank>
            )}
          </Suspense>
        </Boundary>
      </div>
    </main>
  );
}
