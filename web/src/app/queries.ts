import { QueryClient } from "@tanstack/react-query";
import { ApiProblem } from "../api/problem.ts";

/** What was read, and when to read it again. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      // A rule of the desk does not change by asking again; a failing network may.
      retry: (count, failure) => count < 2 && (!(failure instanceof ApiProblem) || failure.status >= 500 || failure.isOffline),
      refetchOnWindowFocus: true,
      networkMode: "always",
    },
    mutations: { retry: false, networkMode: "always" },
  },
});
