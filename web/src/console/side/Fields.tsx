import { lazy, Suspense, type ReactElement } from "react";
import type { Ticket } from "../../api/types.ts";
import { fieldsFor, type FieldValue } from "../../fields/definitions.ts";
import { useDesk } from "../data/desk.tsx";
import type { Acts } from "../data/ticket.ts";
import { useWords } from "../words/index.ts";
import { Fact } from "./Fact.tsx";

const FieldInput = lazy(() => import("../../fields/FieldInput.tsx").then((module) => ({ default: module.FieldInput })));

/** The desk's own fields of a ticket; what it holds beyond them, from before they were defined, is shown as it is. */
export function Fields({ ticket, acts, isDisabled }: { ticket: Ticket; acts: Acts; isDisabled: boolean }): ReactElement | null {
  const w = useWords();
  const defined = fieldsFor(useDesk().meta, ticket.category);
  const values = ticket.fields as Record<string, FieldValue>;
  const others = Object.entries(values).filter(([name]) => !defined.some((field) => field.id === name));
  if (defined.length === 0 && others.length === 0) return null;
  return (
    <section>
      <h2>{w.ticket.fields}</h2>
      <Suspense>
        {defined.map((field) => (
          <FieldInput key={field.id} field={field} value={values[field.id] ?? null} isDisabled={isDisabled} onChange={(value) => void acts.change({ fields: { [field.id]: value } } as never, { fields: { ...values, [field.id]: value } as never })} />
        ))}
      </Suspense>
      {others.map(([name, value]) => (
        <Fact key={name} label={name}>
          {Array.isArray(value) ? value.join(", ") : String(value)}
        </Fact>
      ))}
    </section>
  );
}
