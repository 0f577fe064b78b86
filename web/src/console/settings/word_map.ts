/** "word = ours" a line; `wrong` is the first line that is something else. */
export function readMap<T extends string>(text: string, ours: readonly T[]): { words: Record<string, T>; wrong: string | null } {
  const words: Record<string, T> = {};
  for (const line of text.split("\n").map((one) => one.trim())) {
    if (!line) continue;
    const at = line.lastIndexOf("=");
    const theirs = line.slice(0, at).trim();
    const known = ours.find(
      (one) =>
        one ===
        line
          .slice(at + 1)
          .trim()
          .toLowerCase(),
    );
    if (at < 1 || !theirs || !known) return { words, wrong: line };
    words[theirs] = known;
  }
  return { words, wrong: null };
}
