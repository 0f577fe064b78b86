import { useNavigate } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { api } from "../../api/client.ts";
import { answer, ApiProblem } from "../../api/problem.ts";
import type { View } from "../../api/types.ts";
import { queries } from "../../app/queries.ts";
import { Icon } from "../../design/Icon.tsx";
import { say } from "../../design/toast.tsx";
import { useTexts } from "../../i18n/index.ts";
import { may, me } from "../data/reads.ts";
import { useViews } from "../data/views.ts";
import { useWords } from "../words/index.ts";
import { isSavedView, type Filter } from "./filters.ts";

/** The saved view that is looked at, and its deletion for those who may. */
export function ViewChip({ filter }: { filter: Filter }): ReactElement | null {
  const w = useWords();
  const t = useTexts();
  const navigate = useNavigate();
  const view = useViews().data?.find((one) => one.id === filter.view);
  if (!view || !isSavedView(filter)) return null;
  const remove = async (gone: View) => {
    try {
      await answer(api.DELETE("/v1/views/{view}", { params: { path: { view: gone.id } } }));
    } catch (failure) {
      return say((failure instanceof ApiProblem && failure.problem.detail) || t.state.failed);
    }
    await queries.invalidateQueries({ queryKey: ["views"] });
    void navigate({ to: ".", search: { view: "all", status: ["open"] } as never });
  };
  return (
    <span className="chip accent">
      <bdi className="clip">{view.name}</bdi>
      {(view.owner === me().person || may("tickets.assign")) && (
        <button type="button" aria-label={w.view.remove(view.name)} title={w.view.remove(view.name)} onClick={() => void remove(view)}>
          <Icon name="trash" size={11} />
        </button>
      )}
    </span>
  );
}
