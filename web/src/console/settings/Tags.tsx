import { useQuery } from "@tanstack/react-query";
import { useEffect, useState, type ReactElement } from "react";
import { api } from "../../api/client.ts";
import { answer, ApiProblem } from "../../api/problem.ts";
import type { components } from "../../api/schema.d.ts";
import { queries } from "../../app/queries.ts";
import { Button } from "../../design/Button.tsx";
import { Dialog } from "../../design/Dialog.tsx";
import { Field } from "../../design/Field.tsx";
import { say } from "../../design/toast.tsx";
import { number } from "../../i18n/format.ts";
import { useTexts } from "../../i18n/index.ts";
import { may } from "../data/reads.ts";
import { JobProgress } from "../jobs/JobProgress.tsx";
import { isOver, useJob } from "../jobs/jobs.ts";
import { useWords } from "../words/index.ts";
import { Section, Table } from "./parts.tsx";

type TagInUse = components["schemas"]["TagInUse"];

/** All tags: a desk has some hundreds, and what two tags merge into must be known. */
async function readTags(): Promise<TagInUse[]> {
  const all: TagInUse[] = [];
  let cursor: string | null | undefined;
  do {
    const page: { items: TagInUse[]; next_cursor?: string | null } = await answer(api.GET("/v1/tags", { params: { query: { limit: 100, ...(cursor ? { cursor } : {}) } } }));
    all.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor && all.length < 5_000);
  return all;
}

/** The tags that are in use, on how many tickets, and their renaming. */
export function Tags(): ReactElement {
  const w = useWords();
  const query = useQuery({ queryKey: ["settings", "tags"], queryFn: readTags, staleTime: 0 });
  const [wanted, setWanted] = useState("");
  const [renaming, setRenaming] = useState<TagInUse | null>(null);
  const renames = may("tickets.bulk");
  return (
    <>
      <Section title={w.tag.title} query={query}>
        {(tags) => (
          <>
            {tags.length > 12 && <Field label={w.tag.search} type="search" value={wanted} onChange={setWanted} />}
            <Table label={w.tag.title} columns={[w.tag.tag, w.tag.tickets, ...(renames ? [""] : [])]}>
              {tags
                .filter(({ tag }) => tag.includes(wanted.trim().toLowerCase()))
                .map((row) => (
                  <tr key={row.tag}>
                    <td>
                      <span className="chip">
                        <bdi className="clip">{row.tag}</bdi>
                      </span>
                    </td>
                    <td>{number(row.tickets)}</td>
                    {renames && (
                      <td>
                        <Button small onPress={() => setRenaming(row)} aria-label={w.tag.renameOf(row.tag)}>
                          {w.tag.rename}
                        </Button>
                      </td>
                    )}
                  </tr>
                ))}
            </Table>
          </>
        )}
      </Section>
      {renaming && <RenameTag tag={renaming} all={query.data ?? []} onClose={() => setRenaming(null)} />}
    </>
  );
}

function RenameTag({ tag, all, onClose }: { tag: TagInUse; all: TagInUse[]; onClose: () => void }): ReactElement {
  const w = useWords();
  const t = useTexts();
  const [to, setTo] = useState(tag.tag);
  const [wrong, setWrong] = useState<string | undefined>();
  const [id, setId] = useState<string | null>(null);
  const job = useJob(id).data;
  const name = to.trim().toLowerCase();
  const merges = name !== tag.tag && all.some((other) => other.tag === name);
  const start = async () => {
    try {
      setId((await answer(api.POST("/v1/tags/{tag}/rename", { params: { path: { tag: tag.tag } }, body: { to: name } }))).id);
    } catch (failure) {
      setWrong(failure instanceof ApiProblem ? (failure.field("to") ?? failure.problem.detail ?? t.state.failed) : t.state.failed);
    }
  };
  const state = job?.state;
  const changed = job?.counts.changed ?? 0;
  useEffect(() => {
    if (!state || !isOver({ state })) return;
    for (const key of [["settings", "tags"], ["tickets"], ["ticket"]]) void queries.invalidateQueries({ queryKey: key });
    if (state !== "done") return;
    say(w.tag.done(changed));
    onClose();
    // Once, when it is over.
  }, [state]);
  return (
    <Dialog
      title={w.tag.renameOf(tag.tag)}
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{id ? t.act.close : t.act.cancel}</Button>
          {!id && (
            <Button kind="primary" isDisabled={!name || name === tag.tag} onPress={() => void start()}>
              {merges ? w.tag.merge : w.tag.rename}
            </Button>
          )}
        </>
      }
    >
      {job ? (
        <>
          <JobProgress job={job} />
          <p className="quiet small">{w.job.background}</p>
        </>
      ) : (
        <>
          <Field label={w.tag.name} value={to} onChange={setTo} wrong={wrong} autoFocus />
          {name !== tag.tag && name && <p role="status">{merges ? w.tag.merges(tag.tag, name, tag.tickets) : w.tag.becomes(tag.tag, name, tag.tickets)}</p>}
        </>
      )}
    </Dialog>
  );
}
