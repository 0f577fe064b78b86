import { inlines, type Inline } from "./inline.ts";

/** A message's Markdown as a tree: what people write in a desk, not all of CommonMark. */
export type Block =
  | { type: "paragraph"; children: Inline[] }
  | { type: "heading"; level: number; children: Inline[] }
  | { type: "quote"; children: Block[] }
  | { type: "code"; text: string }
  | { type: "list"; ordered: boolean; start: number; items: Block[][] }
  | { type: "rule" };

const ITEM = /^(\s{0,3})([-*+]|\d{1,9}[.)])\s+(.*)$/;
const FENCE = /^\s{0,3}(```+|~~~+)/;

/** Reads Markdown. Never throws, whatever the text; nesting ends after six levels. */
export function blocks(source: string, depth = 0): Block[] {
  const lines = source.replace(/\r\n?/g, "\n").split("\n");
  const out: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? "";
    if (!line.trim()) {
      at += 1;
      continue;
    }
    const fence = FENCE.exec(line)?.[1];
    const heading = /^\s{0,3}(#{1,6})\s+(.*?)\s*#*$/.exec(line);
    if (fence) {
      const end = lines.findIndex((other, index) => index > at && other.trimStart().startsWith(fence));
      const stop = end < 0 ? lines.length : end;
      out.push({ type: "code", text: lines.slice(at + 1, stop).join("\n") });
      at = stop + 1;
    } else if (heading) {
      out.push({ type: "heading", level: heading[1]?.length ?? 1, children: inlines(heading[2] ?? "") });
      at += 1;
    } else if (/^\s{0,3}([-*_])(\s*\1){2,}\s*$/.test(line)) {
      out.push({ type: "rule" });
      at += 1;
    } else if (/^\s{0,3}>/.test(line) && depth < 6) {
      const stop = endOf(lines, at, (other) => /^\s{0,3}>/.test(other));
      out.push({ type: "quote", children: blocks(lines.slice(at, stop).map((other) => other.replace(/^\s{0,3}> ?/, "")).join("\n"), depth + 1) });
      at = stop;
    } else if (ITEM.test(line) && depth < 6) {
      const list = readList(lines, at, depth);
      out.push(list.block);
      at = list.end;
    } else {
      const stop = endOf(lines, at, (other, first) => first || isParagraph(other));
      out.push({ type: "paragraph", children: inlines(lines.slice(at, stop).map((other) => other.trimStart()).join("\n").trimEnd()) });
      at = stop;
    }
  }
  return out;
}

function endOf(lines: string[], from: number, belongs: (line: string, first: boolean) => boolean): number {
  let at = from;
  while (at < lines.length && belongs(lines[at] ?? "", at === from)) at += 1;
  return at;
}

function isParagraph(line: string): boolean {
  return Boolean(line.trim()) && !FENCE.test(line) && !/^\s{0,3}(#{1,6}\s|>)/.test(line) && !ITEM.test(line);
}

/** Items of one kind that follow each other; lines that are indented below an item belong to it. */
function readList(lines: string[], from: number, depth: number): { block: Block; end: number } {
  const marker = ITEM.exec(lines[from] ?? "")?.[2] ?? "-";
  const ordered = /\d/.test(marker);
  const items: Block[][] = [];
  let at = from;
  while (at < lines.length) {
    const item = ITEM.exec(lines[at] ?? "");
    if (!item || /\d/.test(item[2] ?? "") !== ordered) break;
    const inner = [item[3] ?? ""];
    at += 1;
    while (at < lines.length) {
      const line = lines[at] ?? "";
      const next = lines[at + 1] ?? "";
      const belongs = /^(\s{2,}|\t)\S/.test(line) || (!line.trim() && /^(\s{2,}|\t)\S/.test(next));
      if (!belongs) break;
      inner.push(line.replace(/^(\t|\s{2,4})/, ""));
      at += 1;
    }
    items.push(blocks(inner.join("\n"), depth + 1));
    if (!(lines[at] ?? "").trim() && ITEM.test(lines[at + 1] ?? "")) at += 1;
  }
  return { block: { type: "list", ordered, start: Number.parseInt(marker, 10) || 1, items }, end: at };
}
