import type { ReactElement, ReactNode, Ref } from "react";
import { Checkbox as AriaCheckbox, type CheckboxProps } from "react-aria-components/Checkbox";
import { FieldError } from "react-aria-components/FieldError";
import { Input } from "react-aria-components/Input";
import { Label } from "react-aria-components/Label";
import { Text } from "react-aria-components/Text";
import { TextArea } from "react-aria-components/TextArea";
import { TextField, type TextFieldProps } from "react-aria-components/TextField";
import { Icon } from "./Icon.tsx";

interface Props extends Omit<TextFieldProps, "className" | "children"> {
  label: string;
  hint?: ReactNode;
  /** What is wrong, in the API's words. */
  wrong?: string | undefined;
  placeholder?: string | undefined;
  rows?: number;
  inputRef?: Ref<HTMLInputElement>;
  hideLabel?: boolean;
}

export function Field({ label, hint, wrong, placeholder, rows, inputRef, hideLabel, ...rest }: Props): ReactElement {
  return (
    <TextField {...rest} isInvalid={Boolean(wrong)} className="field">
      <Label className={hideLabel ? "hidden-visually" : "label"}>{label}</Label>
      {rows ? <TextArea className="textarea" rows={rows} {...(placeholder ? { placeholder } : {})} dir="auto" /> : <Input {...(inputRef ? { ref: inputRef } : {})} className="input" {...(placeholder ? { placeholder } : {})} dir="auto" />}
      {hint && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <FieldError className="wrong">{wrong}</FieldError>
    </TextField>
  );
}

export function Checkbox({ children, ...rest }: Omit<CheckboxProps, "children" | "className"> & { children?: ReactNode }): ReactElement {
  return (
    <AriaCheckbox {...rest} className="check">
      {({ isIndeterminate }) => (
        <>
          <span className="box" aria-hidden>
            <Icon name={isIndeterminate ? "minus" : "check"} size={12} />
          </span>
          {children}
        </>
      )}
    </AriaCheckbox>
  );
}
