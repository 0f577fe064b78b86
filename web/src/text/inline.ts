/** Text within a line, as Markdown has it. There is no raw HTML: `<b>` is the four characters that it is. */
export type Inline =
  | { type: "text"; text: string }
  | { type: "strong" | "em" | "del"; children: Inline[] }
  | { type: "code"; text: string }
  | { type: "link"; href: string; children: Inline[] }
  | { type: "mention"; name: string }
  | { type: "break" };

/** Addresses that a link may lead to. Everything else, `javascript:` above all, stays text. */
export function safeHref(raw: string): string | null {
  // Browsers drop tabs and line breaks inside an address before they read its scheme.
  const href = raw.trim().replace(/[\u0000-\u0020\u007f-\u009f\u200b-\u200f\u2028-\u202f\ufeff]/g, "");
  return /^(https?:\/\/[^/]|mailto:[^@]+@)/i.test(href) ? href : null;
}

/** Repetitions are bounded, so that a text made of marks alone is read in linear time. */
const RULES: { at: RegExp; make: (match: RegExpExecArray, depth: number) => Inline | null }[] = [
  { at: /\\([\\`*_{}[\]()#+\-.!~>|@<])/y, make: (m) => ({ type: "text", text: m[1] ?? "" }) },
  { at: /(`{1,6})([^`]|[^`][\s\S]{0,2000}?[^`])\1(?!`)/y, make: (m) => ({ type: "code", text: (m[2] ?? "").trim() }) },
  {
    at: /!?\[([^\]\n]{0,500})\]\(\s*<?([^\s()<>]{1,2000})>?(?:\s+"[^"\n]*")?\s*\)/y,
    make: (m, depth) => {
      const href = safeHref(m[2] ?? "");
      return href ? { type: "link", href, children: inlines(m[1] || href, depth + 1) } : null;
    },
  },
  { at: /<?(https?:\/\/[^\s<>"'`]{1,2000}[^\s<>"'`.,;:!?)\]*_~])>?/iy, make: (m) => ({ type: "link", href: m[1] ?? "", children: [{ type: "text", text: m[1] ?? "" }] }) },
  { at: /(\*\*|__)(?=\S)((?:(?!\1)[\s\S]){0,2000}?\S)\1(?![\w])/y, make: (m, depth) => ({ type: "strong", children: inlines(m[2] ?? "", depth + 1) }) },
  { at: /~~(?=\S)((?:(?!~~)[\s\S]){0,2000}?\S)~~/y, make: (m, depth) => ({ type: "del", children: inlines(m[1] ?? "", depth + 1) }) },
  { at: /([*_])(?=\S)((?:(?!\1)[\s\S]){0,2000}?\S)\1(?![\w])/y, make: (m, depth) => ({ type: "em", children: inlines(m[2] ?? "", depth + 1) }) },
  { at: /@[\p{L}][\p{L}\p{N}._-]{0,60}[\p{L}\p{N}]/uy, make: (m) => ({ type: "mention", name: m[0].slice(1) }) },
  { at: /(?: {2,}|\\)?\n/y, make: () => ({ type: "break" }) },
];

/** Marks that can begin something other than text; between them it is skipped in one step. */
const SPECIAL = /[\\`![*_~@<\n]|https?:\/\//giu;

/** Reads one piece of text. Nesting ends after eight levels, so that no text can exhaust the stack. */
export function inlines(text: string, depth = 0): Inline[] {
  if (depth > 8) return [{ type: "text", text }];
  const out: Inline[] = [];
  const plain = (piece: string) => {
    const last = out.at(-1);
    if (last?.type === "text") last.text += piece;
    else if (piece) out.push({ type: "text", text: piece });
  };
  let position = 0;
  while (position < text.length) {
    SPECIAL.lastIndex = position;
    const next = SPECIAL.exec(text)?.index ?? text.length;
    if (next > position) {
      plain(text.slice(position, next));
      position = next;
      continue;
    }
    const found = match(text, position, depth);
    if (found && found.inline.type !== "text") out.push(found.inline);
    else plain(found?.inline.type === "text" ? found.inline.text : text.charAt(position));
    position += found?.length ?? 1;
  }
  return out;
}

function match(text: string, position: number, depth: number): { inline: Inline; length: number } | null {
  const before = text.charAt(position - 1);
  for (const rule of RULES) {
    rule.at.lastIndex = position;
    const found = rule.at.exec(text);
    if (!found) continue;
    // `snake_case`, and the @ of an address, are no marks.
    if (/^[_@]/.test(found[0]) && /[\p{L}\p{N}]/u.test(before)) continue;
    const inline = rule.make(found, depth);
    if (inline) return { inline, length: found[0].length };
  }
  return null;
}
