import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type ReactElement } from "react";
import { api, tag } from "../../api/client.ts";
import { answer, ApiProblem } from "../../api/problem.ts";
import type { Ticket } from "../../api/types.ts";
import { queries } from "../../app/queries.ts";
import { Button } from "../../design/Button.tsx";
import { Dialog } from "../../design/Dialog.tsx";
import { Field } from "../../design/Field.tsx";
import { StatusMark } from "../../design/marks.tsx";
import { say } from "../../design/toast.tsx";
import { useTexts } from "../../i18n/index.ts";
import { useLabels } from "../data/desk.tsx";
import type { Acts } from "../data/ticket.ts";
import { useWords } from "../words/index.ts";

/** Merges this ticket into another: by its number, or one of those that look like the same. */
export function MergeDialog({ ticket, onClose }: { ticket: Ticket; acts: Acts; onClose: () => void }): ReactElement {
  const w = useWords();
  const t = useTexts();
  const labels = useLabels();
  const navigate = useNavigate();
  const [into, setInto] = useState("");
  const [wrong, setWrong] = useState<string | undefined>();
  const path = { ticket: ticket.id };
  const { data } = useQuery({ queryKey: ["duplicates", ticket.id], queryFn: async () => (await answer(api.GET("/v1/tickets/{ticket}/duplicates", { params: { path } }))).items, retry: false });

  const refresh = () => Promise.all([queries.invalidateQueries({ queryKey: ["ticket"] }), queries.invalidateQueries({ queryKey: ["tickets"] })]);
  const undo = async () => {
    try {
      await answer(api.DELETE("/v1/tickets/{ticket}/merge", { params: { path } }));
      say(w.merge.undone);
    } catch (failure) {
      say((failure instanceof ApiProblem && failure.problem.detail) || t.state.failed);
    }
    await refresh();
  };
  const merge = async () => {
    const target = into.trim().toUpperCase();
    try {
      await answer(api.POST("/v1/tickets/{ticket}/merge", { params: { path, header: { "If-Match": tag(ticket) } } as never, body: { into: target } }));
    } catch (failure) {
      const problem = failure instanceof ApiProblem ? failure : null;
      return setWrong(problem?.field("into") ?? problem?.problem.detail ?? t.state.failed);
    }
    onClose();
    say(w.merge.done(target), { text: t.act.undo, run: () => void undo() });
    await refresh();
    void navigate({ to: "/queue/$ticket", params: { ticket: target }, search: true as never });
  };

  return (
    <Dialog
      title={w.merge.title(ticket.number)}
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t.act.cancel}</Button>
          <Button kind="primary" isDisabled={!into.trim()} onPress={() => void merge()}>
            {w.merge.button}
          </Button>
        </>
      }
    >
      <p>{w.merge.hint}</p>
      <Field label={w.merge.into} value={into} onChange={setInto} wrong={wrong} autoFocus />
      {(data?.length ?? 0) > 0 && (
        <section>
          <h3>{w.merge.candidates}</h3>
          <ul>
            {data?.slice(0, 5).map(({ ticket: other }) => (
              <li key={other.id} className="spread merge-candidate">
                <span className="clip">
                  <span className="mono quiet">{other.number}</span> <bdi>{other.subject}</bdi>
                </span>
                <StatusMark status={other.status} label={labels.status(other.status)} />
                <Button small onPress={() => setInto(other.number)} aria-label={`${w.merge.stays}: ${other.number}`}>
                  {w.merge.stays}
                </Button>
              </li>
            ))}
          </ul>
        </section>
      )}
    </Dialog>
  );
}
