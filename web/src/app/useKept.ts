import { useEffect, useState } from "react";
import { keep, takeKept } from "./keep.ts";

/** A text that is not lost where the sign-in ends while it is written. */
export function useKept(name: string): [string, (text: string) => void] {
  const [text, setText] = useState(() => takeKept<string>(name) ?? "");
  useEffect(() => keep(name, () => (text.trim() ? text : undefined)), [name, text]);
  return [text, setText];
}
