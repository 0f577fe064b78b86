import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { api } from "../../api/client.ts";
import { answer } from "../../api/problem.ts";
import { day, number } from "../../i18n/format.ts";
import { useWords } from "../words/index.ts";
import { Bars, Chart } from "./charts.tsx";

/** What customers thought of the last four weeks. */
export function Satisfaction(): ReactElement | null {
  const w = useWords();
  const { data } = useQuery({
    queryKey: ["satisfaction"],
    queryFn: () => answer(api.GET("/v1/stats/satisfaction", { params: { query: { from: new Date(Date.now() - 27 * day).toISOString().slice(0, 10) } } })),
    staleTime: 60_000,
    retry: false,
  });
  if (!data) return null;
  const scores = data.total.by_score as Record<string, number>;
  const rows = [5, 4, 3, 2, 1].map((score) => ({ score, count: scores[String(score)] ?? 0 }));
  const average = data.total.average;
  const hint = average === null || average === undefined ? w.dashboard.noRatings : w.dashboard.average(number(average, 1), data.total.count);
  return (
    <Chart title={w.dashboard.satisfaction} hint={hint} columns={[w.dashboard.stars, w.dashboard.count]} rows={rows.map(({ score, count }) => [score, count])}>
      <Bars bars={rows.map(({ score, count }) => ({ name: String(score), value: count, mark: "★".repeat(score), colour: score <= 2 ? "var(--urgent)" : score === 3 ? "var(--chart-2)" : "var(--chart-1)" }))} />
    </Chart>
  );
}
