import { useId, useState, type ReactElement, type ReactNode } from "react";
import { Button as AriaButton } from "react-aria-components/Button";
import { Label } from "react-aria-components/Label";
import { ListBox, ListBoxItem } from "react-aria-components/ListBox";
import { Popover } from "react-aria-components/Popover";
import { Select as AriaSelect, SelectValue } from "react-aria-components/Select";
import { Icon } from "./Icon.tsx";

export interface Choice {
  id: string;
  /** What is read and typed ahead. */
  text: string;
  show?: ReactNode;
}

interface Props {
  label: string;
  choices: Choice[];
  value: string | null;
  onChange: (id: string) => void;
  placeholder?: string;
  isDisabled?: boolean;
  /** Without a frame, for a column of facts. */
  quiet?: boolean;
  hideLabel?: boolean;
  isOpen?: boolean;
  onOpenChange?: (open: boolean) => void;
}

/**
 * One of several, in a column of facts. Most are never opened, and a list box costs much to set up, so until then this is a button that looks and
 * reads the same.
 */
export function FactSelect(props: Props): ReactElement {
  const [used, setUsed] = useState(false);
  const [open, setOpen] = useState(false);
  const labelId = useId();
  const valueId = useId();
  const chosen = props.choices.find((choice) => choice.id === props.value);
  const isOpen = props.isOpen ?? open;
  const onOpenChange = props.onOpenChange ?? setOpen;
  if (used || isOpen) return <Select {...props} quiet isOpen={isOpen} onOpenChange={onOpenChange} />;
  const show = () => {
    setUsed(true);
    onOpenChange(true);
  };
  return (
    <div className="select quiet-select">
      <span className="label" id={labelId}>
        {props.label}
      </span>
      <button
        type="button"
        className="button"
        disabled={props.isDisabled}
        aria-haspopup="listbox"
        aria-expanded={false}
        aria-labelledby={`${valueId} ${labelId}`}
        onClick={show}
        onKeyDown={(event) => (event.key === "ArrowDown" || event.key === "ArrowUp") && (event.preventDefault(), show())}
      >
        <span className="clip" id={valueId}>
          {chosen?.show ?? <bdi>{chosen?.text ?? props.placeholder ?? "–"}</bdi>}
        </span>
        <Icon name="down" size={14} />
      </button>
    </div>
  );
}

/** One of several. */
export function Select({ label, choices, value, onChange, placeholder, isDisabled, quiet, hideLabel, isOpen, onOpenChange }: Props): ReactElement {
  return (
    <AriaSelect
      className={quiet ? "select quiet-select" : "select"}
      value={value}
      onChange={(key) => key !== null && onChange(String(key))}
      isDisabled={isDisabled ?? false}
      placeholder={placeholder ?? "–"}
      {...(isOpen === undefined ? {} : { isOpen })}
      {...(onOpenChange ? { onOpenChange } : {})}
    >
      <Label className={hideLabel ? "hidden-visually" : "label"}>{label}</Label>
      <AriaButton className="button">
        <SelectValue className="clip" />
        <Icon name="down" size={14} />
      </AriaButton>
      <Popover className="popover" offset={4}>
        <ListBox className="options" items={choices}>
          {(choice) => (
            <ListBoxItem className="option" id={choice.id} textValue={choice.text}>
              {choice.show ?? <bdi className="clip">{choice.text}</bdi>}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}
