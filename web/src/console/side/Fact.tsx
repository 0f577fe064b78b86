import type { ReactElement, ReactNode } from "react";

/** Something that is known, with its name before it. */
export function Fact({ label, children }: { label: string; children: ReactNode }): ReactElement {
  return (
    <div className="fact">
      <span className="label">{label}</span>
      <span dir="auto">{children}</span>
    </div>
  );
}
