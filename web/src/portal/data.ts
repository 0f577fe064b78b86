import { useInfiniteQuery, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { api, tag } from "../api/client.ts";
import { answer, ApiProblem } from "../api/problem.ts";
import type { Me, Meta, Page, Thread, Ticket } from "../api/types.ts";
import { queries } from "../app/queries.ts";

export function me(): Me {
  return queries.getQueryData<Me>(["me"]) as Me;
}

export function useMeta(): UseQueryResult<Meta> {
  return useQuery({ queryKey: ["meta"], queryFn: () => answer(api.GET("/v1/meta")), staleTime: 60_000 });
}

/** The label of a status, in the desk's words. */
export function useStatusLabel(): (status: string) => string {
  const meta = useMeta().data;
  return (status) => meta?.statuses.find((row) => row.status === status)?.label ?? status;
}

/** The caller's requests, newest first. */
export function useRequests(show: "open" | "done" | undefined) {
  const status = show === "open" ? { status: ["open"] } : show === "done" ? { status: ["resolved", "closed"] } : {};
  return useInfiniteQuery({
    queryKey: ["requests", show ?? "all"],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => answer(api.GET("/v1/tickets", { params: { query: { ...status, limit: 25, ...(pageParam ? { cursor: pageParam } : {}) } as never }, signal })) as Promise<Page<Ticket>>,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    refetchInterval: 20_000,
  });
}

/** One request with its conversation; asked for often, answered with a 304 while nothing changes. */
export function useRequest(number: string) {
  return useQuery<Thread>({
    queryKey: ["request", number],
    queryFn: async ({ signal }) => {
      const held = queries.getQueryData<Thread>(["request", number]);
      const asked = api.GET("/v1/tickets/{ticket}", { params: { path: { ticket: number }, query: { include: "messages" } }, headers: held ? { "if-none-match": tag(held) } : {}, signal });
      const { response } = await asked.catch(() => {
        throw new ApiProblem(0, {});
      });
      return response.status === 304 && held ? held : (answer(asked) as Promise<Thread>);
    },
    refetchInterval: 5_000,
  });
}
