import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./modules.mjs";

const { asking, link, newline, prefix, replace, wrap } = await load("console/composer/edit.ts");

/** A text with its selection between bars: `a|b|c`, or the cursor at one bar. */
function at(marked) {
  const [before, inside, after] = marked.split("|");
  return after === undefined ? { text: before + inside, from: before.length, to: before.length } : { text: before + inside + after, from: before.length, to: before.length + inside.length };
}
function show({ text, from, to }) {
  return from === to ? `${text.slice(0, from)}|${text.slice(from)}` : `${text.slice(0, from)}|${text.slice(from, to)}|${text.slice(to)}`;
}

test("marks are put on and taken off", () => {
  assert.equal(show(wrap(at("a |b| c"), "**")), "a **|b|** c");
  assert.equal(show(wrap(at("a **|b|** c"), "**")), "a |b| c");
  assert.equal(show(prefix(at("a\n|b\nc|"), "- ")), "a\n|- b\n- c|");
  assert.equal(show(prefix(at("|- b\n- c|"), "- ")), "|b\nc|");
  assert.equal(show(link(at("see |here|"), "text")), "see [here](|https://|)");
});

test("a list goes on, and ends where it is empty", () => {
  assert.equal(show(newline(at("- a|"))), "- a\n- |");
  assert.equal(show(newline(at("9. a|"))), "9. a\n10. |");
  assert.equal(show(newline(at("- a\n- |"))), "- a\n|");
  assert.equal(newline(at("plain|")), null);
});

test("what asks for suggestions", () => {
  assert.deepEqual(asking(at("/ref|")), { sign: "/", word: "ref", start: 0 });
  assert.deepEqual(asking(at("Hello @ad|")), { sign: "@", word: "ad", start: 6 });
  for (const text of ["a/b|", "mail a@b|", "https://x/|", "@ad now|"]) assert.equal(asking(at(text)), null, text);
  assert.equal(show(replace(at("Hello @ad|"), 6, 9, "@ada ")), "Hello @ada |");
});
