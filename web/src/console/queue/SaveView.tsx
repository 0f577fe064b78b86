import { useNavigate } from "@tanstack/react-router";
import { useState, type ReactElement } from "react";
import { api } from "../../api/client.ts";
import { answer, ApiProblem } from "../../api/problem.ts";
import { queries } from "../../app/queries.ts";
import { Button } from "../../design/Button.tsx";
import { Checkbox, Field } from "../../design/Field.tsx";
import { say } from "../../design/toast.tsx";
import { useTexts } from "../../i18n/index.ts";
import { may } from "../data/reads.ts";
import { testsOf } from "../data/views.ts";
import { useWords } from "../words/index.ts";
import type { Filter } from "./filters.ts";

/** Keeps a filter under a name: for oneself, or for everybody where one may. */
export function SaveView({ filter }: { filter: Filter }): ReactElement | null {
  const w = useWords();
  const t = useTexts();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const tests = testsOf(filter);
  if (tests.length === 0 || filter.deleted) return null;
  const save = async () => {
    try {
      const body = { name: name.trim(), filter: tests, sort: filter.sort ?? "updated_at", order: filter.order ?? "desc", scope: shared ? { type: "shared" as const } : { type: "personal" as const } };
      const view = await answer(api.POST("/v1/views", { body }));
      await queries.invalidateQueries({ queryKey: ["views"] });
      void queries.invalidateQueries({ queryKey: ["view counts"] });
      say(w.view.saved);
      setName("");
      void navigate({ to: ".", search: { view: view.id } as never });
    } catch (failure) {
      say((failure instanceof ApiProblem && (failure.problem.errors?.[0]?.message ?? failure.problem.detail)) || t.state.failed);
    }
  };
  return (
    <>
      <hr className="divider" />
      <Field label={w.view.name} value={name} onChange={setName} />
      {may("tickets.assign") && (
        <Checkbox isSelected={shared} onChange={setShared}>
          {w.view.shared}
        </Checkbox>
      )}
      <Button isDisabled={!name.trim()} onPress={() => void save()}>
        {w.view.save}
      </Button>
    </>
  );
}
