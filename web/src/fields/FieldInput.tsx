import { useState, type ReactElement } from "react";
import type { FieldDefinition } from "../api/types.ts";
import { Checkbox, Field } from "../design/Field.tsx";
import { Select } from "../design/Select.tsx";
import type { FieldValue } from "./definitions.ts";

const NONE = "*";
const TYPES = { text: "text", url: "url", number: "text", date: "date" } as const;

/** One of the desk's own fields. Text is handed on when the field is left, everything else at once. */
export function FieldInput({ field, value, onChange, wrong, isDisabled = false }: { field: FieldDefinition; value: FieldValue; onChange: (value: FieldValue) => void; wrong?: string | undefined; isDisabled?: boolean }): ReactElement {
  const [draft, setDraft] = useState<string | null>(null);
  const required = field.required !== "never";
  const label = required ? `${field.label} *` : field.label;
  switch (field.kind) {
    case "choice":
      return <Select label={label} isDisabled={isDisabled} value={typeof value === "string" ? value : NONE} choices={[{ id: NONE, text: "–" }, ...(field.choices ?? []).map((choice) => ({ id: choice, text: choice }))]} onChange={(id) => onChange(id === NONE ? null : id)} />;
    case "checkbox":
      return (
        <Checkbox isSelected={value === true} isDisabled={isDisabled} onChange={onChange}>
          {label}
        </Checkbox>
      );
    case "many": {
      const chosen = Array.isArray(value) ? value : [];
      return (
        <fieldset>
          <legend className="label">{label}</legend>
          {(field.choices ?? []).map((choice) => (
            <Checkbox key={choice} isSelected={chosen.includes(choice)} isDisabled={isDisabled} onChange={(on) => onChange(on ? [...chosen, choice] : chosen.filter((one) => one !== choice))}>
              {choice}
            </Checkbox>
          ))}
        </fieldset>
      );
    }
    default: {
      const shown = draft ?? (value === null || value === undefined ? "" : String(value));
      const commit = () => {
        if (draft === null) return;
        setDraft(null);
        const text = draft.trim();
        const next = text === "" ? null : field.kind === "number" && Number.isFinite(Number(text.replace(",", "."))) ? Number(text.replace(",", ".")) : text;
        if (next !== (value ?? null)) onChange(next);
      };
      return <Field label={label} type={TYPES[field.kind]} {...(field.kind === "number" ? { inputMode: "decimal" as const } : {})} isDisabled={isDisabled} value={shown} onChange={setDraft} onBlur={commit} wrong={wrong} />;
    }
  }
}
