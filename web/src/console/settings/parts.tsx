import { useMutation, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useState, type FormEvent, type ReactElement, type ReactNode } from "react";
import { ApiProblem } from "../../api/problem.ts";
import { queries } from "../../app/queries.ts";
import { Button } from "../../design/Button.tsx";
import { Blank, Loading, Trouble } from "../../design/states.tsx";
import { say } from "../../design/toast.tsx";
import { useTexts } from "../../i18n/index.ts";
import { useWords } from "../words/index.ts";

/** One list of the desk's settings. */
export function useList<T>(name: string, read: () => Promise<{ items: T[] }>): UseQueryResult<T[]> {
  return useQuery({ queryKey: ["settings", name], queryFn: async () => (await read()).items, staleTime: 0 });
}

/** Changes a setting and reads its list again. What is wrong with the fields is in `problem`; anything else is said. */
export function useChange<A>(name: string, change: (argument: A) => Promise<unknown>, done?: () => void) {
  const w = useWords();
  const t = useTexts();
  const mutation = useMutation({
    mutationFn: change,
    onSuccess: () => {
      say(w.settings.saved);
      done?.();
    },
    onError: (failure) => {
      const problem = failure instanceof ApiProblem ? failure : null;
      if (problem?.isStale) say(w.settings.changed);
      else if (problem?.status !== 422 || !problem.problem.errors?.length) say(problem?.problem.detail ?? t.state.failed);
      else say(problem.problem.errors.map((wrong) => `${wrong.path}: ${wrong.message}`).join(" · "));
    },
    onSettled: async () => {
      await queries.invalidateQueries({ queryKey: ["settings", name] });
      for (const key of ["agents", "teams", "meta"]) void queries.invalidateQueries({ queryKey: [key] });
    },
  });
  return { run: (argument: A) => mutation.mutate(argument), busy: mutation.isPending, problem: mutation.error instanceof ApiProblem ? mutation.error : null };
}

/** The heading of a section, and its list or what stands in its place. */
export function Section<T>({ title, query, action, children }: { title: string; query?: UseQueryResult<T[]>; action?: ReactNode; children: (items: T[]) => ReactNode }): ReactElement {
  const w = useWords();
  const items = query?.data;
  return (
    <div className="stack">
      <header className="spread wrap">
        <h2>{title}</h2>
        {action}
      </header>
      {query?.error && !items ? <Trouble failure={query.error} retry={() => void query.refetch()} /> : query && !items ? <Loading /> : query && items?.length === 0 ? <Blank title={w.settings.none} /> : children(items ?? [])}
    </div>
  );
}

/** A table whose columns may be wider than the screen. */
export function Table({ label, columns, children }: { label: string; columns: string[]; children: ReactNode }): ReactElement {
  return (
    <div className="panel scroll-x" role="region" aria-label={label} tabIndex={0}>
      <table className="table">
        <thead>
          <tr>
            {columns.map((column, index) => (
              <th key={index} scope="col">
                {column || <span className="hidden-visually">{label}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

/** A form that sends with Enter and shows when it is busy. */
export function Form({ onSend, busy, send, onCancel, children }: { onSend: () => void; busy: boolean; send: string; onCancel?: () => void; children: ReactNode }): ReactElement {
  const t = useTexts();
  return (
    <form
      className="panel stack settings-form"
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        onSend();
      }}
    >
      {children}
      <div className="row">
        <Button kind="primary" type="submit" isDisabled={busy}>
          {send}
        </Button>
        {onCancel && <Button onPress={onCancel}>{t.act.cancel}</Button>}
      </div>
    </form>
  );
}

/** A button that opens a form in its place. */
export function useOpener(): { isOpen: boolean; open: () => void; close: () => void } {
  const [isOpen, setOpen] = useState(false);
  return { isOpen, open: () => setOpen(true), close: () => setOpen(false) };
}

/** "a, b" as a list. */
export function words(text: string): string[] {
  return text.split(",").map((word) => word.trim()).filter(Boolean);
}

/** A whole number, or null where the field is empty. */
export function whole(text: string): number | null {
  return text.trim() === "" ? null : Number(text);
}
