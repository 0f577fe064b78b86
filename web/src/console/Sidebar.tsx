import { Link, useMatch } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement, ReactNode } from "react";
import { api } from "../api/client.ts";
import { answer } from "../api/problem.ts";
import type { Status } from "../api/types.ts";
import { signOut } from "../auth/session.ts";
import { Wordmark } from "../app/Frontdoor.tsx";
import { Button, IconButton } from "../design/Button.tsx";
import { Icon, type IconName } from "../design/Icon.tsx";
import { Face, StatusMark } from "../design/marks.tsx";
import { Menu } from "../design/Menu.tsx";
import { setTheme, useTheme } from "../design/theme.ts";
import { setLanguage, useLanguage } from "../i18n/language.ts";
import { number } from "../i18n/format.ts";
import { useTexts } from "../i18n/index.ts";
import { useDesk } from "./data/desk.tsx";
import { may, me, openWith } from "./data/reads.ts";
import { ownCount, useViewCounts, useViews } from "./data/views.ts";
import { sameConditions, type Filter } from "./queue/filters.ts";
import { SavedViews } from "./SavedViews.tsx";
import { useWords } from "./words/index.ts";

interface Props {
  onNew: () => void;
  onCommands: () => void;
  isOpen: boolean;
  onToggle: (open: boolean) => void;
}

/** The places of the console. On a narrow screen it is a drawer. */
export function Sidebar({ onNew, onCommands, isOpen, onToggle }: Props): ReactElement {
  const w = useWords();
  const t = useTexts();
  const { meta, labels } = useDesk();
  const stats = useQuery({ queryKey: ["stats"], queryFn: () => answer(api.GET("/v1/stats")), refetchInterval: 30_000, enabled: may("analytics.read") }).data;
  const count = (status: Status) => (stats?.by_status as Partial<Record<Status, number>> | undefined)?.[status];
  const own = stats?.scope === "own";
  const views = useViews().data;
  const counts = useViewCounts();
  const counted = (tests: string) => ownCount(views, counts, tests);

  return (
    <>
      <div className="topbar">
        <IconButton label={w.nav.open} aria-expanded={isOpen} onPress={() => onToggle(!isOpen)}>
          <Icon name="menu" />
        </IconButton>
        <Wordmark />
      </div>
      <nav className="sidebar" aria-label={w.nav.label} onClick={(event) => (event.target as HTMLElement).closest("a") && onToggle(false)}>
        <div className="spread sidebar-head">
          <span className="clip sidebar-desk">
            <Wordmark />
          </span>
          <IconButton small label={w.key.palette} keys="Ctrl K" onPress={onCommands}>
            <Icon name="search" />
          </IconButton>
        </div>
        <Button kind="primary" onPress={onNew}>
          <Icon name="plus" /> {w.key.fresh}
        </Button>
        <ul aria-label={w.nav.views}>
          <View name="all" filter={{ status: ["open"] }} count={counted("status=open") ?? (own ? undefined : stats?.open)}>
            {w.view.all}
          </View>
          <View name="mine" filter={{ status: ["open"], assignee: "me" }} count={counted("assignee=me&status=open") ?? (own ? stats?.open : undefined)}>
            {w.view.mine}
          </View>
          <View name="unassigned" filter={{ status: ["open"], assignee: "none" }} count={counted("assignee=none&status=open")}>
            {w.view.unassigned}
          </View>
          <View name="urgent" filter={{ status: ["open"], priority: "urgent" }} count={counted("priority=urgent&status=open") ?? (own || !stats ? undefined : openWith(stats.by_status_and_priority, "urgent"))}>
            {w.view.urgent}
          </View>
        </ul>
        <SavedViews />
        <h2 className="sidebar-title">{w.nav.byStatus}</h2>
        <ul>
          {meta?.statuses.map(({ status }) => (
            <View key={status} name={status} filter={{ status: [status] }} count={own ? undefined : count(status)}>
              <StatusMark status={status} label={labels.status(status)} />
            </View>
          ))}
          {may("tickets.restore") && (
            <View name="bin" filter={{ deleted: "true" }}>
              <span className="status">
                <Icon name="trash" size={13} /> {w.view.bin}
              </span>
            </View>
          )}
        </ul>
        <div className="grow" />
        <ul>
          <Place to="/dashboard" icon="chart">
            {w.nav.dashboard}
          </Place>
          <Place to="/settings" icon="gear">
            {w.nav.settings}
          </Place>
        </ul>
        <Account label={t.account.menu} />
      </nav>
    </>
  );
}

function View({ name, filter, count, children }: { name: string; filter: Filter; count?: number | undefined; children: ReactNode }): ReactElement {
  const here = useMatch({ from: "/queue", shouldThrow: false, select: (match) => match.search });
  const active = Boolean(here && sameConditions(here, filter) && (!here.view || here.view === name));
  return (
    <li>
      <Link to="/queue" search={{ ...filter, view: name }} className="place" aria-current={active ? "page" : undefined} activeProps={{}}>
        <span className="clip grow">{children}</span>
        {count !== undefined && <span className="count">{number(count)}</span>}
      </Link>
    </li>
  );
}

function Place({ to, icon, children }: { to: "/dashboard" | "/settings"; icon: IconName; children: ReactNode }): ReactElement {
  return (
    <li>
      <Link to={to as "/dashboard"} className="place" activeProps={{ "aria-current": "page" }}>
        <Icon name={icon} />
        <span className="clip grow">{children}</span>
      </Link>
    </li>
  );
}

function Account({ label }: { label: string }): ReactElement {
  const t = useTexts();
  const w = useWords();
  const theme = useTheme();
  const language = useLanguage();
  const { name, email, role } = me();
  const other = language === "de" ? "en" : "de";
  return (
    <Menu
      label={label}
      button={
        <Button kind="plain">
          <span className="hidden-visually">{label}: </span>
          <Face name={name ?? email ?? "?"} />
          <span className="clip grow account-name">
            {name ?? email}
            <span className="small"> {w.role[role]}</span>
          </span>
        </Button>
      }
      entries={[
        { id: "light", text: t.theme.light, icon: theme === "light" ? <Icon name="check" /> : undefined, run: () => setTheme("light") },
        { id: "dark", text: t.theme.dark, icon: theme === "dark" ? <Icon name="check" /> : undefined, run: () => setTheme("dark") },
        { id: "system", text: t.theme.system, icon: theme === "system" ? <Icon name="check" /> : undefined, run: () => setTheme("system") },
        { id: "language", text: t.language[other], run: () => setLanguage(other) },
        { id: "out", text: t.account.signOut, run: () => void signOut() },
      ]}
    />
  );
}
