import { useState, type ReactElement } from "react";
import { api } from "../../api/client.ts";
import { answer } from "../../api/problem.ts";
import type { LinkKind, Ticket } from "../../api/types.ts";
import { Button } from "../../design/Button.tsx";
import { Field } from "../../design/Field.tsx";
import { Select } from "../../design/Select.tsx";
import { useTexts } from "../../i18n/index.ts";
import type { Acts } from "../data/ticket.ts";
import { useWords } from "../words/index.ts";

const KINDS: LinkKind[] = ["related", "parent", "child", "duplicate_of", "duplicated_by"];

/** Links another ticket to this one. */
export function AddLink({ ticket, acts, onClose }: { ticket: Ticket; acts: Acts; onClose: () => void }): ReactElement {
  const w = useWords();
  const t = useTexts();
  const [kind, setKind] = useState<LinkKind>("related");
  const [other, setOther] = useState("");
  const add = async () => {
    const path = { ticket: ticket.id, other: other.trim().toUpperCase() };
    if (await acts.act((ifMatch) => answer(api.PUT("/v1/tickets/{ticket}/links/{other}", { params: { path, header: { "If-Match": ifMatch } } as never, body: { kind } })))) onClose();
  };
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (other.trim()) void add();
      }}
    >
      <Select label={w.ticket.linkKind} value={kind} choices={KINDS.map((id) => ({ id, text: w.ticket.link[id] }))} onChange={(id) => setKind(id as LinkKind)} />
      <Field label={w.ticket.linkNumber} value={other} onChange={setOther} autoFocus />
      <div className="row">
        <Button small kind="primary" type="submit">
          {t.act.add}
        </Button>
        <Button small onPress={onClose}>
          {t.act.cancel}
        </Button>
      </div>
    </form>
  );
}
