import { useState, type FormEvent, type ReactElement } from "react";
import { api } from "../api/client.ts";
import { answer, ApiProblem } from "../api/problem.ts";
import type { Ticket } from "../api/types.ts";
import { Field } from "../design/Field.tsx";
import { Icon } from "../design/Icon.tsx";
import { say } from "../design/toast.tsx";
import { useTexts } from "../i18n/index.ts";
import { useWords } from "./words/index.ts";

/** One to five, and a word if they like; it can be changed. */
export function Rate({ request, done }: { request: Ticket; done: () => void }): ReactElement {
  const w = useWords();
  const t = useTexts();
  const [score, setScore] = useState(request.rating?.score ?? 0);
  const [comment, setComment] = useState(request.rating?.comment ?? "");
  const send = async (event: FormEvent) => {
    event.preventDefault();
    try {
      await answer(api.PUT("/v1/tickets/{ticket}/rating", { params: { path: { ticket: request.id } }, body: { score, ...(comment.trim() ? { comment: comment.trim() } : {}) } }));
      say(w.rated);
    } catch (failure) {
      say((failure instanceof ApiProblem && failure.problem.detail) || t.state.failed);
    }
    done();
  };
  return (
    <form className="rate" onSubmit={(event) => void send(event)}>
      <fieldset>
        <legend>{w.rate}</legend>
        <div className="stars">
          {[1, 2, 3, 4, 5].map((value) => (
            <label key={value} className="star" data-on={value <= score || undefined}>
              <input type="radio" name="score" value={value} checked={score === value} onChange={() => setScore(value)} className="hidden-visually" aria-label={w.score(value)} />
              <Icon name="star" size={26} />
            </label>
          ))}
        </div>
      </fieldset>
      {score > 0 && (
        <>
          <Field label={w.comment} rows={2} value={comment} onChange={setComment} />
          <div>
            <button type="submit" className="button">
              {request.rating ? w.changeRating : w.sendRating}
            </button>
          </div>
        </>
      )}
    </form>
  );
}
