import type { ReactElement, ReactNode, Ref } from "react";
import { Button as AriaButton, type ButtonProps } from "react-aria-components/Button";
import { Tooltip, TooltipTrigger } from "react-aria-components/Tooltip";

interface Props extends Omit<ButtonProps, "className" | "children"> {
  kind?: "primary" | "danger" | "plain";
  small?: boolean;
  children: ReactNode;
  ref?: Ref<HTMLButtonElement>;
}

export function Button({ kind, small, children, ...rest }: Props): ReactElement {
  return (
    <AriaButton {...rest} className={["button", kind, small && "small"].filter(Boolean).join(" ")}>
      {children}
    </AriaButton>
  );
}

interface IconProps extends Omit<Props, "children"> {
  /** Read aloud, and shown as a tooltip. */
  label: string;
  keys?: string;
  children: ReactNode;
}

/** A button that is only a picture. Its name is always there for those who do not see it. */
export function IconButton({ label, keys, kind = "plain", small, children, ...rest }: IconProps): ReactElement {
  return (
    <TooltipTrigger delay={500}>
      <AriaButton {...rest} aria-label={label} className={["button icon", kind, small && "small"].filter(Boolean).join(" ")}>
        {children}
      </AriaButton>
      <Tooltip className="tooltip" offset={6}>
        {label}
        {keys && <kbd>{keys}</kbd>}
      </Tooltip>
    </TooltipTrigger>
  );
}
