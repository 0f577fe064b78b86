import type { Problem } from "./types.ts";

/** What the API refused (RFC 9457), or a request that never arrived. */
export class ApiProblem extends Error {
  readonly problem: Partial<Problem>;
  /** 0 where no answer came. */
  readonly status: number;

  constructor(status: number, problem: Partial<Problem>) {
    super(problem.detail ?? problem.title ?? "");
    this.name = "ApiProblem";
    this.status = status;
    this.problem = problem;
  }

  /** No answer came: no network, or a desk that does not run. */
  get isOffline(): boolean {
    return this.status === 0;
  }

  /** The thing changed since it was read. */
  get isStale(): boolean {
    return this.status === 412;
  }

  /** What is wrong with one field, in the API's words. */
  field(path: string): string | undefined {
    return this.problem.errors?.find((wrong) => wrong.path === path || wrong.path.startsWith(`${path}.`))?.message;
  }
}

/** The answer's data, or its problem thrown. */
export async function answer<T>(request: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  let result;
  try {
    result = await request;
  } catch (failure) {
    if (failure instanceof ApiProblem) throw failure;
    // An aborted request is no failure of the network; whoever aborted it knows.
    if (failure instanceof DOMException && failure.name === "AbortError") throw failure;
    throw new ApiProblem(0, {});
  }
  if (!result.response.ok) throw new ApiProblem(result.response.status, (result.error ?? {}) as Partial<Problem>);
  return result.data as T;
}
