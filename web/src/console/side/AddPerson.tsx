import { useState, type ReactElement } from "react";
import { api } from "../../api/client.ts";
import { answer } from "../../api/problem.ts";
import type { Person, Ticket } from "../../api/types.ts";
import { Button } from "../../design/Button.tsx";
import { useTexts } from "../../i18n/index.ts";
import type { Acts } from "../data/ticket.ts";
import { PersonField } from "../people/PersonField.tsx";
import { useWords } from "../words/index.ts";

/** Somebody is sent what is said publicly from now on; what was said before they are not shown. */
export function AddPerson({ ticket, acts, onClose }: { ticket: Ticket; acts: Acts; onClose: () => void }): ReactElement {
  const w = useWords();
  const t = useTexts();
  const [text, setText] = useState("");
  const add = async (person: Person) => {
    setText(person.name ?? "");
    const path = { ticket: ticket.id, person: person.id };
    if (await acts.act((ifMatch) => answer(api.PUT("/v1/tickets/{ticket}/participants/{person}", { params: { path, header: { "If-Match": ifMatch } }, body: { standing: "copied" } })))) onClose();
  };
  return (
    <div className="stack">
      <PersonField label={w.ticket.copyWhom} hint={w.ticket.copyHint} kind="customer" value={text} onChange={setText} onChoose={(person) => void add(person)} autoFocus />
      <div className="row">
        <Button small onPress={onClose}>
          {t.act.cancel}
        </Button>
      </div>
    </div>
  );
}
