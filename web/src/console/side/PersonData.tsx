import { useEffect, useState, type ReactElement } from "react";
import { api } from "../../api/client.ts";
import { answer, ApiProblem } from "../../api/problem.ts";
import { queries } from "../../app/queries.ts";
import { Button } from "../../design/Button.tsx";
import { Dialog } from "../../design/Dialog.tsx";
import { Field } from "../../design/Field.tsx";
import { say } from "../../design/toast.tsx";
import { useTexts } from "../../i18n/index.ts";
import { forgetPeople } from "../data/people.ts";
import { JobProgress } from "../jobs/JobProgress.tsx";
import { saveFileOf, useJob } from "../jobs/jobs.ts";
import { useWords } from "../words/index.ts";
import "../jobs/jobs.css";

interface Props {
  what: "export" | "erase";
  person: string;
  name: string;
  onClose: () => void;
}

/** A customer's data: written down for them, or erased. Neither begins by one wrong press. */
export function PersonData({ what, person, name, onClose }: Props): ReactElement {
  const w = useWords();
  const t = useTexts();
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const [id, setId] = useState<string | null>(null);
  const job = useJob(id).data;
  const path = { person };
  const erases = what === "erase";

  const start = async () => {
    try {
      const begun = await answer(erases ? api.POST("/v1/people/{person}/erase", { params: { path } }) : api.POST("/v1/people/{person}/export", { params: { path } }));
      setId(begun.id);
    } catch (failure) {
      setWrong(failure instanceof ApiProblem && !failure.isOffline ? (failure.problem.detail ?? t.state.failed) : t.state.offline);
    }
  };
  const state = job?.state;
  useEffect(() => {
    if (state !== "done" || !id) return;
    if (erases) {
      // Nothing that was read of this person may stay on the screen.
      for (const key of [["tickets"], ["ticket"], ["requester"], ["linked"]]) void queries.resetQueries({ queryKey: key });
      forgetPeople();
      say(w.personData.erased);
      onClose();
    } else {
      saveFileOf(id).then(
        () => {
          say(w.exporting.done);
          onClose();
        },
        () => setWrong(w.bulk.exportFailed),
      );
    }
    // Once, when it is over.
  }, [state, id, erases]);

  return (
    <Dialog
      alert={erases}
      title={erases ? w.personData.eraseTitle(name) : w.personData.export}
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{id ? t.act.close : t.act.cancel}</Button>
          {!id && (
            <Button kind={erases ? "danger" : "primary"} isDisabled={erases && typed.trim().toUpperCase() !== w.personData.word} onPress={() => void start()}>
              {erases ? w.personData.start : w.exporting.start}
            </Button>
          )}
        </>
      }
    >
      {job ? (
        <>
          <JobProgress job={job} mayStop={!erases} />
          <p className="quiet small">{w.job.background}</p>
        </>
      ) : erases ? (
        <>
          <p>{w.personData.eraseHint}</p>
          <ul className="erase-list">
            {w.personData.erases.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
          <p className="quiet">{w.personData.stays}</p>
          <Field label={w.personData.confirm(w.personData.word)} value={typed} onChange={setTyped} autoComplete="off" />
        </>
      ) : (
        <p>{w.personData.exportHint}</p>
      )}
      {wrong && (
        <p className="wrong" role="alert">
          {wrong}
        </p>
      )}
    </Dialog>
  );
}
