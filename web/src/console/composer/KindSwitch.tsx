import type { ReactElement } from "react";
import { Icon } from "../../design/Icon.tsx";
import { useWords } from "../words/index.ts";

type Kind = "reply" | "note";

/** Who will read it: the one question that must never be answered by mistake. */
export function KindSwitch({ kind, onChange }: { kind: Kind; onChange: (kind: Kind) => void }): ReactElement {
  const w = useWords();
  const choice = (id: Kind, text: string, icon: "reply" | "note") => (
    <label className="kind" data-kind={id}>
      <input type="radio" name="message-kind" className="hidden-visually" checked={kind === id} onChange={() => onChange(id)} />
      <span>
        <Icon name={icon} size={14} /> {text}
      </span>
    </label>
  );
  return (
    <fieldset className="kinds">
      <legend className="hidden-visually">{w.composer.label}</legend>
      {choice("reply", w.ticket.reply, "reply")}
      {choice("note", w.ticket.internal, "note")}
      {kind === "note" && <span className="small kinds-hint">{w.ticket.internalHint}</span>}
    </fieldset>
  );
}
