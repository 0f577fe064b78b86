import { memo, useState, type ReactElement } from "react";
import type { Ticket } from "../../api/types.ts";
import { IconButton } from "../../design/Button.tsx";
import { Icon } from "../../design/Icon.tsx";
import { useTexts } from "../../i18n/index.ts";
import type { Acts } from "../data/ticket.ts";
import { useWords } from "../words/index.ts";

/** The subject; it becomes a field when it is to be changed. */
export const Subject = memo(function Subject({ ticket, acts }: { ticket: Ticket; acts: Acts }): ReactElement {
  const w = useWords();
  const t = useTexts();
  const [draft, setDraft] = useState<string | null>(null);
  if (draft === null) {
    return (
      <div className="row ticket-subject">
        <h1 dir="auto">{ticket.subject}</h1>
        <IconButton small label={w.ticket.editSubject} onPress={() => setDraft(ticket.subject)}>
          <Icon name="edit" size={14} />
        </IconButton>
      </div>
    );
  }
  return (
    <form
      className="row ticket-subject"
      onSubmit={(event) => {
        event.preventDefault();
        if (draft.trim() && draft !== ticket.subject) void acts.change({ subject: draft.trim() });
        setDraft(null);
      }}
    >
      <input className="input" dir="auto" aria-label={w.ticket.subject} value={draft} autoFocus maxLength={300} onChange={(event) => setDraft(event.target.value)} onKeyDown={(event) => event.key === "Escape" && (event.stopPropagation(), setDraft(null))} />
      <button type="submit" className="button primary">
        {t.act.save}
      </button>
    </form>
  );
});
