/** A text and what is selected in it. */
export interface Edit {
  text: string;
  from: number;
  to: number;
}

/** Puts marks around the selection, or takes them off. */
export function wrap({ text, from, to }: Edit, mark: string): Edit {
  const inside = text.slice(from, to);
  if (text.slice(from - mark.length, from) === mark && text.slice(to, to + mark.length) === mark) {
    return { text: text.slice(0, from - mark.length) + inside + text.slice(to + mark.length), from: from - mark.length, to: to - mark.length };
  }
  return { text: text.slice(0, from) + mark + inside + mark + text.slice(to), from: from + mark.length, to: to + mark.length };
}

/** Puts a prefix before each line of the selection, or takes it off where every line has it. */
export function prefix({ text, from, to }: Edit, mark: string): Edit {
  const start = text.lastIndexOf("\n", from - 1) + 1;
  const end = text.indexOf("\n", to) < 0 ? text.length : text.indexOf("\n", to);
  const lines = text.slice(start, end).split("\n");
  const marked = lines.every((line) => line.startsWith(mark));
  const next = lines.map((line) => (marked ? line.slice(mark.length) : mark + line)).join("\n");
  return { text: text.slice(0, start) + next + text.slice(end), from: start, to: start + next.length };
}

/** Makes the selection a link, and selects the place of its address. */
export function link({ text, from, to }: Edit, placeholder: string): Edit {
  const name = text.slice(from, to) || placeholder;
  const before = text.slice(0, from) + `[${name}](`;
  return { text: `${before}https://)${text.slice(to)}`, from: before.length, to: before.length + 8 };
}

/** Goes on with a list or quote on the next line; ends it where its line is empty. Null where Enter is just Enter. */
export function newline({ text, from, to }: Edit): Edit | null {
  if (from !== to) return null;
  const start = text.lastIndexOf("\n", from - 1) + 1;
  const line = text.slice(start, from);
  const marker = /^(\s*)([-*+]|(\d{1,6})([.)])|>)\s/.exec(line);
  if (!marker) return null;
  if (line.length === marker[0].length) return { text: text.slice(0, start) + text.slice(from), from: start, to: start };
  const next = marker[3] ? `${marker[1]}${Number(marker[3]) + 1}${marker[4]} ` : marker[0];
  return { text: `${text.slice(0, from)}\n${next}${text.slice(to)}`, from: from + 1 + next.length, to: from + 1 + next.length };
}

/** What is being typed before the cursor that asks for suggestions: `/word` at a line's start, or `@name`. */
export function asking({ text, from, to }: Edit): { sign: "/" | "@"; word: string; start: number } | null {
  if (from !== to) return null;
  const found = /(?:^|\n)(\/)([\p{L}\p{N}_-]{0,40})$|(?:^|[\s(])(@)([\p{L}\p{N}._-]{0,40})$/u.exec(text.slice(Math.max(0, from - 60), from));
  if (!found) return null;
  const sign = (found[1] ?? found[3]) as "/" | "@";
  const word = found[2] ?? found[4] ?? "";
  return { sign, word, start: from - word.length - 1 };
}

export function replace({ text }: Edit, start: number, end: number, by: string): Edit {
  const at = start + by.length;
  return { text: text.slice(0, start) + by + text.slice(end), from: at, to: at };
}
