import { useCallback, useMemo, useRef, useState } from "react";
import { say } from "../design/toast.tsx";
import { useTexts } from "../i18n/index.ts";
import { ApiProblem } from "../api/problem.ts";
import { LARGEST_FILE, upload } from "./upload.ts";

export interface Upload {
  key: number;
  name: string;
  size: number;
  /** Null while it is on its way. */
  id: string | null;
}

/** The files of a message that is being written. */
export function useUploads(ticket: string | null) {
  const t = useTexts();
  const [uploads, setUploads] = useState<Upload[]>([]);
  const last = useRef(0);

  const add = useCallback(
    (files: Iterable<File>) => {
      for (const file of files) {
        if (file.size > LARGEST_FILE) {
          say(t.file.tooLarge(file.name));
          continue;
        }
        const key = ++last.current;
        setUploads((all) => [...all, { key, name: file.name, size: file.size, id: null }]);
        upload(file, ticket).then(
          (id) => setUploads((all) => all.map((one) => (one.key === key ? { ...one, id } : one))),
          (failure: unknown) => {
            setUploads((all) => all.filter((one) => one.key !== key));
            const why = failure instanceof ApiProblem ? (failure.problem.errors?.[0]?.message ?? failure.problem.detail ?? "") : "";
            say(`${t.file.failed(file.name)} ${why}`.trim());
          },
        );
      }
    },
    [t, ticket],
  );
  /** Files that the desk has already, such as those of a canned response. */
  const take = useCallback((files: { id: string; name: string; size: number }[]) => setUploads((all) => [...all, ...files.map(({ id, name, size }) => ({ key: ++last.current, name, size, id }))]), []);
  const remove = useCallback((key: number) => setUploads((all) => all.filter((one) => one.key !== key)), []);
  const clear = useCallback(() => setUploads([]), []);
  const restore = useCallback((kept: Upload[]) => setUploads(kept), []);

  return useMemo(
    () => ({ uploads, add, take, remove, clear, restore, ids: uploads.flatMap((one) => (one.id ? [one.id] : [])), isBusy: uploads.some((one) => one.id === null) }),
    [uploads, add, take, remove, clear, restore],
  );
}
