import { useState, type ReactElement } from "react";
import { Icon } from "../../design/Icon.tsx";
import { useWords } from "../words/index.ts";

/** A ticket's tags; Enter or a comma adds what was typed. */
export function TagField({ tags, onChange, isDisabled }: { tags: string[]; onChange: (tags: string[]) => void; isDisabled: boolean }): ReactElement {
  const w = useWords();
  const [draft, setDraft] = useState("");
  const add = () => {
    const added = draft.split(/[,\s]+/).map((tag) => tag.trim().toLowerCase()).filter((tag) => tag && !tags.includes(tag));
    if (added.length > 0) onChange([...tags, ...added]);
    setDraft("");
  };
  return (
    <div className="tags">
      <span className="label" id="tags-label">
        {w.ticket.tags}
      </span>
      <ul aria-labelledby="tags-label">
        {tags.map((tag) => (
          <li key={tag} className="chip">
            <bdi className="clip">{tag}</bdi>
            {!isDisabled && (
              <button type="button" aria-label={w.ticket.removeTag(tag)} onClick={() => onChange(tags.filter((one) => one !== tag))}>
                <Icon name="close" size={11} />
              </button>
            )}
          </li>
        ))}
      </ul>
      {!isDisabled && (
        <input
          className="input"
          aria-label={w.ticket.addTag}
          placeholder={w.ticket.addTag}
          value={draft}
          onChange={(event) => setDraft(event.target.value)}
          onBlur={add}
          onKeyDown={(event) => {
            if (event.key === "Enter" || event.key === ",") {
              event.preventDefault();
              add();
            }
          }}
        />
      )}
    </div>
  );
}
