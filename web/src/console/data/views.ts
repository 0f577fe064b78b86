import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api } from "../../api/client.ts";
import { answer } from "../../api/problem.ts";
import type { View } from "../../api/types.ts";
import type { components } from "../../api/schema.d.ts";
import { STATUSES, type Filter } from "../queue/filters.ts";
import { me } from "./reads.ts";

type Test = components["schemas"]["ViewTest"];

/** The views that the desk keeps for the caller, in their order. */
export function useViews() {
  return useQuery({ queryKey: ["views"], queryFn: async () => (await answer(api.GET("/v1/views"))).items, staleTime: 30_000, retry: false });
}

/** How many tickets each view has; null while they are still counted. */
export function useViewCounts(): Map<string, number | null> {
  const { data } = useQuery({ queryKey: ["view counts"], queryFn: async () => (await answer(api.GET("/v1/views/counts"))).items, refetchInterval: 5_000, retry: false });
  return useMemo(() => new Map(data?.map((row) => [row.view, row.exact ? row.count : null])), [data]);
}

/** A filter as a view's tests. "Open" and "me" stay words, so that the view means them for whoever looks. */
export function testsOf(filter: Filter): Test[] {
  const tests: { field: string; is: string[] }[] = [];
  if (filter.status) tests.push({ field: "status", is: filter.status });
  for (const field of ["priority", "category", "brand", "assignee"] as const) {
    const value = filter[field];
    if (value) tests.push({ field, is: [value] });
  }
  if (filter.requester) tests.push({ field: "requester", is: [filter.requester === "me" ? me().person : filter.requester] });
  return tests as unknown as Test[];
}

/** Whether a view shows the same as a filter of the console, so that it need not stand in the sidebar twice. */
export function isOwn(view: View): boolean {
  const plain = view.filter as unknown as { field: string; is?: string[] }[];
  const key = plain.map((test) => `${test.field}=${(test.is ?? []).join(",")}`).sort().join("&");
  return ["status=open", "assignee=me&status=open", "assignee=none&status=open", "priority=urgent&status=open", ...STATUSES.map((status) => `status=${status}`)].includes(key);
}

/** The count that the desk keeps for one of the console's own views, if somebody made the same. */
export function ownCount(views: View[] | undefined, counts: Map<string, number | null>, tests: string): number | undefined {
  const found = views?.find((view) => (view.filter as unknown as { field: string; is?: string[] }[]).map((test) => `${test.field}=${(test.is ?? []).join(",")}`).sort().join("&") === tests);
  return found ? (counts.get(found.id) ?? undefined) : undefined;
}
