import { Suspense, type ReactElement, type ReactNode } from "react";
import { DialogFrame } from "./late.ts";

export interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  wide?: boolean;
  /** The buttons; without them there is one that closes. */
  footer?: ReactNode;
  /** A question that a click beside it must not answer. */
  alert?: boolean;
}

/** A dialog that is there as long as it is rendered. The focus goes into it, stays in it, and goes back. */
export function Dialog(props: DialogProps): ReactElement {
  return (
    <Suspense>
      <DialogFrame {...props} />
    </Suspense>
  );
}
