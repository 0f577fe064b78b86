import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import { answer } from "../../api/problem.ts";
import type { components } from "../../api/schema.d.ts";
import type { Job, Page } from "../../api/types.ts";
import { queries } from "../../app/queries.ts";

export type JobItem = components["schemas"]["JobItem"];

/** How often a job that runs is looked at. */
const LOOK_MS = 700;

export function isOver(job: Pick<Job, "state">): boolean {
  return ["done", "failed", "stopped"].includes(job.state);
}

/** A job, looked at until it is over. Key: `["job", id]`. */
export function useJob(id: string | null) {
  return useQuery({
    queryKey: ["job", id],
    queryFn: () => answer(api.GET("/v1/jobs/{job}", { params: { path: { job: id ?? "" } } })) as Promise<Job>,
    enabled: id !== null,
    refetchInterval: (held) => (held.state.data && isOver(held.state.data) ? false : LOOK_MS),
    staleTime: 0,
  });
}

/** All jobs that the caller may see, newest first; looked at again while one of them runs. */
export function useJobs() {
  return useInfiniteQuery({
    queryKey: ["jobs"],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => answer(api.GET("/v1/jobs", { params: { query: { limit: 25, ...(pageParam ? { cursor: pageParam } : {}) } } })) as Promise<Page<Job>>,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    refetchInterval: (held) => (held.state.data?.pages.some((page) => page.items.some((job) => !isOver(job) && job.state !== "waiting")) ? 1_500 : 15_000),
    staleTime: 0,
  });
}

/** What came of each thing of a job, in its order. */
export function useJobItems(job: string, running: boolean) {
  return useInfiniteQuery({
    // Read anew when the job is over: the last things came after the last look.
    queryKey: ["job items", job, running],
    placeholderData: keepPreviousData,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) => answer(api.GET("/v1/jobs/{job}/items", { params: { path: { job }, query: { limit: 100, ...(pageParam ? { cursor: pageParam } : {}) } } })) as Promise<Page<JobItem>>,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    refetchInterval: running ? 2_000 : false,
    staleTime: 0,
  });
}

/** Ends a job between two things; what is being written is still finished. */
export async function stopJob(job: string): Promise<void> {
  await answer(api.POST("/v1/jobs/{job}/stop", { params: { path: { job } } }));
  await queries.invalidateQueries({ queryKey: ["job", job] });
  await queries.invalidateQueries({ queryKey: ["jobs"] });
}

/** Saves the file that a job made. Its address is asked for each time: it ends after minutes. */
export async function saveFileOf(job: string): Promise<void> {
  const file = await answer(api.GET("/v1/jobs/{job}/file", { params: { path: { job } } }));
  const link = document.createElement("a");
  link.href = file.url;
  link.download = file.name;
  link.rel = "noopener noreferrer";
  link.click();
}
