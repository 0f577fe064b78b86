import { useEffect, useRef, type ButtonHTMLAttributes, type ReactElement, type ReactNode, type Ref } from "react";
import { hideTip, showTip } from "./tip.ts";

export interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "className" | "disabled" | "onClick"> {
  kind?: "primary" | "danger" | "plain";
  small?: boolean;
  isDisabled?: boolean;
  onPress?: (() => void) | undefined;
  children: ReactNode;
  ref?: Ref<HTMLButtonElement>;
}

/** The browser's own button: there are dozens on a screen, and it costs nothing to set up. */
export function Button({ kind, small, isDisabled, onPress, type = "button", children, ...rest }: ButtonProps): ReactElement {
  return (
    <button {...rest} type={type} disabled={isDisabled} onClick={onPress && (() => onPress())} className={["button", kind, small && "small"].filter(Boolean).join(" ")}>
      {children}
    </button>
  );
}

interface IconProps extends Omit<ButtonProps, "children"> {
  /** Read aloud, and shown as a tooltip. */
  label: string;
  keys?: string;
  children: ReactNode;
}

/** A button that is only a picture. Its name is always there for those who do not see it. */
export function IconButton({ label, keys, kind = "plain", small, isDisabled, onPress, children, ...rest }: IconProps): ReactElement {
  const button = useRef<HTMLButtonElement>(null);
  // A button that goes takes its tip with it.
  useEffect(() => () => hideTip(button.current), []);
  const show = (delay: number) => button.current && showTip(button.current, { label, keys }, delay);
  return (
    <button
      {...rest}
      ref={button}
      type="button"
      disabled={isDisabled}
      aria-label={label}
      className={["button icon", kind, small && "small"].filter(Boolean).join(" ")}
      onClick={() => {
        hideTip(button.current);
        onPress?.();
      }}
      onPointerEnter={(event) => event.pointerType !== "touch" && show(500)}
      onPointerLeave={() => hideTip(button.current, 120)}
      onFocus={() => button.current?.matches(":focus-visible") && show(0)}
      onBlur={() => hideTip(button.current)}
    >
      {children}
    </button>
  );
}
