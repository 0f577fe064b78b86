import { useQuery } from "@tanstack/react-query";
import { useMemo, type ReactElement, type ReactNode } from "react";
import { api } from "../../api/client.ts";
import { answer } from "../../api/problem.ts";
import type { Priority, Status } from "../../api/types.ts";
import { PriorityMark, StatusMark } from "../../design/marks.tsx";
import { Loading, Trouble } from "../../design/states.tsx";
import { day, number, percent, span } from "../../i18n/format.ts";
import { language } from "../../i18n/language.ts";
import { useLabels } from "../data/desk.tsx";
import { may, openWith, useAgents, useMeta } from "../data/reads.ts";
import { PRIORITIES } from "../queue/filters.ts";
import { useWords } from "../words/index.ts";
import { Bars, Chart, Columns } from "./charts.tsx";
import { lastDays, dayOf, median, newestTickets, spans } from "./figures.ts";
import { Satisfaction } from "./Satisfaction.tsx";
import { Upcoming } from "./Upcoming.tsx";

/** How the desk does: now, and over the last two weeks. */
export function Dashboard(): ReactElement {
  const w = useWords();
  const stats = useQuery({ queryKey: ["stats"], queryFn: () => answer(api.GET("/v1/stats")) });
  if (stats.error) return <main className="page" id="content"><Trouble failure={stats.error} retry={() => void stats.refetch()} /></main>;
  if (!stats.data) return <main className="page" id="content"><Loading /></main>;
  const own = stats.data.scope === "own";
  return (
    <main className="page dashboard" id="content" tabIndex={-1}>
      <header className="page-head">
        <h1>{w.dashboard.title}</h1>
        {own && <span className="chip">{w.dashboard.own}</span>}
      </header>
      <Headline open={stats.data.open} />
      <div className="charts">
        <ByStatus counts={stats.data.by_status} />
        <ByPriority counts={stats.data.by_status_and_priority} />
        <Volume />
        {may("sla.manage") && <PromisesPerDay />}
        <Workload />
        <Upcoming />
        <Satisfaction />
      </div>
    </main>
  );
}

function useNewest() {
  const since = useMemo(() => new Date(new Date().setHours(0, 0, 0, 0) - 13 * day).getTime(), []);
  return useQuery({ queryKey: ["newest", since], queryFn: ({ signal }) => newestTickets(since, signal), staleTime: 60_000 });
}

function useSummary() {
  return useQuery({ queryKey: ["sla summary"], queryFn: () => answer(api.GET("/v1/sla/summary", { params: { query: { from: new Date(Date.now() - 13 * day).toISOString().slice(0, 10) } } })), enabled: may("sla.manage"), staleTime: 60_000 });
}

function Figure({ label, value, hint }: { label: string; value: ReactNode; hint?: string | undefined }): ReactElement {
  return (
    <div className="figure">
      <dt>{label}</dt>
      <dd>
        <strong>{value}</strong>
        {hint && <span className="quiet small"> {hint}</span>}
      </dd>
    </div>
  );
}

function Headline({ open }: { open: number }): ReactElement {
  const w = useWords();
  const newest = useNewest().data ?? [];
  const summary = useSummary().data;
  const response = spans(newest, "first_response_at");
  const resolution = spans(newest, "resolved_at");
  const kept = summary?.total.compliance;
  return (
    <dl className="figures">
      <Figure label={w.dashboard.open} value={number(open)} />
      <Figure label={w.dashboard.response} value={response.length ? span(median(response) ?? 0) : "–"} hint={response.length ? w.dashboard.sample(response.length) : undefined} />
      <Figure label={w.dashboard.resolution} value={resolution.length ? span(median(resolution) ?? 0) : "–"} hint={resolution.length ? w.dashboard.sample(resolution.length) : undefined} />
      {may("sla.manage") && <Figure label={w.dashboard.compliance} value={kept === null || kept === undefined ? "–" : percent(kept / 100)} hint={kept === null ? w.dashboard.noPromises : undefined} />}
    </dl>
  );
}

function ByStatus({ counts }: { counts: object }): ReactElement {
  const w = useWords();
  const meta = useMeta().data;
  const count = (status: Status) => (counts as Partial<Record<Status, number>>)[status] ?? 0;
  const open = (meta?.statuses ?? []).filter(({ status }) => status !== "closed" && status !== "resolved");
  return (
    <Chart title={w.dashboard.byStatus} columns={[w.ticket.status, w.dashboard.count]} rows={open.map(({ status, label }) => [label, count(status)])}>
      <Bars bars={open.map(({ status, label }) => ({ name: label, value: count(status), mark: <StatusMark status={status} label={label} /> }))} />
    </Chart>
  );
}

function ByPriority({ counts }: { counts: object }): ReactElement {
  const w = useWords();
  const labels = useLabels();
  const count = (priority: Priority) => openWith(counts, priority);
  return (
    <Chart title={w.dashboard.byPriority} columns={[w.ticket.priority, w.dashboard.count]} rows={PRIORITIES.map((one) => [labels.priority(one), count(one)])}>
      <Bars bars={PRIORITIES.map((one) => ({ name: one, value: count(one), colour: `var(--${one})`, mark: <PriorityMark priority={one} label={labels.priority(one)} /> }))} />
    </Chart>
  );
}

function shortDay(iso: string): string {
  return new Intl.DateTimeFormat(language() === "de" ? "de" : "en-GB", { day: "numeric", month: "short" }).format(new Date(`${iso}T12:00:00`));
}

function Volume(): ReactElement {
  const w = useWords();
  const newest = useNewest().data ?? [];
  const days = lastDays(14, Date.now()).map((one) => ({ day: one, count: newest.filter((ticket) => dayOf(ticket.created_at) === one).length }));
  return (
    <Chart title={w.dashboard.volume} hint={w.dashboard.volumeHint} columns={[w.dashboard.day, w.dashboard.count]} rows={days.map(({ day: one, count }) => [shortDay(one), count])}>
      <Columns columns={days.map(({ day: one, count }) => ({ name: shortDay(one), parts: [count] }))} colours={["var(--chart-1)"]} names={[w.dashboard.count]} />
    </Chart>
  );
}

function PromisesPerDay(): ReactElement {
  const w = useWords();
  const summary = useSummary();
  if (summary.error) return <Trouble failure={summary.error} retry={() => void summary.refetch()} />;
  const byDay = (summary.data?.by_day ?? {}) as Record<string, { met: number; breached: number }>;
  const days = lastDays(14, Date.now()).map((one) => ({ day: one, met: byDay[one]?.met ?? 0, breached: byDay[one]?.breached ?? 0 }));
  return (
    <Chart title={w.dashboard.perDay} columns={[w.dashboard.day, w.dashboard.kept, w.dashboard.broken]} rows={days.map((one) => [shortDay(one.day), one.met, one.breached])}>
      <Columns columns={days.map((one) => ({ name: shortDay(one.day), parts: [one.met, one.breached] }))} colours={["var(--chart-1)", "var(--urgent)"]} names={[w.dashboard.kept, w.dashboard.broken]} />
    </Chart>
  );
}

function Workload(): ReactElement {
  const w = useWords();
  const agents = [...(useAgents().data ?? [])].sort((a, b) => b.weight - a.weight).slice(0, 30);
  return (
    <Chart title={w.dashboard.workload} columns={[w.dashboard.agent, w.dashboard.tickets, w.dashboard.weight]} rows={agents.map((agent) => [agent.name, agent.active_tickets, agent.weight])}>
      <Bars bars={agents.map((agent) => ({ name: agent.id, value: agent.active_tickets, mark: <bdi>{agent.name}</bdi>, colour: agent.capacity && agent.weight >= agent.capacity ? "var(--high)" : "var(--chart-3)" }))} />
    </Chart>
  );
}
