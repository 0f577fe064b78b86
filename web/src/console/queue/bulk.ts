import { api, tag } from "../../api/client.ts";
import { answer, ApiProblem } from "../../api/problem.ts";
import type { components } from "../../api/schema.d.ts";
import type { Job, Priority, Status, Ticket } from "../../api/types.ts";
import { queries } from "../../app/queries.ts";
import { takeIn, takeOut } from "../data/tickets.ts";
import { sawTicket } from "../data/unread.ts";

export interface Change {
  status?: Status;
  priority?: Priority;
  assignee?: string;
  delete?: true;
}

export interface Failure {
  ticket: Ticket;
  why: string;
}

type Progress = (done: number, total: number) => void;

/** The desk does it, as a job: whoever closes the page does not stop it. For those who may change many at once. */
export async function asJob(tickets: Ticket[], change: Change, progress: Progress, started: (job: string) => void): Promise<Failure[]> {
  let job: Job = await answer(api.POST("/v1/bulk", { body: { tickets: tickets.map((ticket) => ticket.id), changes: change as components["schemas"]["JobsBulkInput"]["changes"] } }));
  started(job.id);
  while (!["done", "failed", "stopped"].includes(job.state)) {
    progress(job.done, job.total ?? tickets.length);
    await new Promise((resolve) => setTimeout(resolve, 500));
    job = await answer(api.GET("/v1/jobs/{job}", { params: { path: { job: job.id } } }));
  }
  const byId = new Map(tickets.map((ticket) => [ticket.id, ticket]));
  const failures: Failure[] = [];
  let cursor: string | null | undefined;
  do {
    const page: { items: components["schemas"]["JobItem"][]; next_cursor: string | null } = await answer(api.GET("/v1/jobs/{job}/items", { params: { path: { job: job.id }, query: { limit: 100, ...(cursor ? { cursor } : {}) } } }));
    for (const item of page.items) {
      const ticket = byId.get(item.key);
      if (ticket && !["changed", "unchanged"].includes(item.outcome)) failures.push({ ticket, why: item.message ?? item.outcome });
    }
    cursor = page.next_cursor;
  } while (cursor);
  void queries.invalidateQueries({ queryKey: ["tickets"] });
  return failures;
}

/** Does something to each ticket, four at a time, and collects what did not work. */
async function each(tickets: Ticket[], act: (ticket: Ticket) => Promise<void>, progress: Progress, offline: string): Promise<Failure[]> {
  const waiting = [...tickets];
  const failures: Failure[] = [];
  let done = 0;
  const work = async () => {
    for (let ticket = waiting.shift(); ticket; ticket = waiting.shift()) {
      try {
        await act(ticket);
      } catch (failure) {
        failures.push({ ticket, why: failure instanceof ApiProblem ? (failure.problem.errors?.[0]?.message ?? failure.problem.detail ?? offline) : String(failure) });
      }
      done += 1;
      progress(done, tickets.length);
    }
  };
  await Promise.all([work(), work(), work(), work()]);
  return failures;
}

/** One by one, each on condition that it is as it is shown: for agents, who change their tickets singly. */
export function oneByOne(tickets: Ticket[], change: Change, progress: Progress, offline: string): Promise<Failure[]> {
  const { delete: _delete, ...body } = change;
  const act = async (ticket: Ticket) => {
    const changed = await answer(api.PATCH("/v1/tickets/{ticket}", { params: { path: { ticket: ticket.id }, header: { "If-Match": tag(ticket) } }, body }));
    sawTicket(changed.id, changed.version);
    takeIn([changed]);
  };
  return each(tickets, act, progress, offline);
}

/** Brings tickets back from the bin. */
export function restoreAll(tickets: Ticket[], progress: Progress, offline: string): Promise<Failure[]> {
  const act = async (ticket: Ticket) => {
    const back = await answer(api.POST("/v1/tickets/{ticket}/restore", { params: { path: { ticket: ticket.id }, header: { "If-Match": tag(ticket) } } as never }));
    takeOut(ticket.id);
    takeIn([back]);
  };
  return each(tickets, act, progress, offline);
}

/** Ends a job between two tickets. */
export async function stop(job: string): Promise<void> {
  await answer(api.POST("/v1/jobs/{job}/stop", { params: { path: { job } } }));
}
