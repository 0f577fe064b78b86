import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./modules.mjs";

const { blocks } = await load("text/blocks.ts");
const { inlines, safeHref } = await load("text/inline.ts");

test("Markdown as people write it", () => {
  assert.deepEqual(blocks("Hello **you**"), [{ type: "paragraph", children: [{ type: "text", text: "Hello " }, { type: "strong", children: [{ type: "text", text: "you" }] }] }]);
  assert.deepEqual(blocks("1. a\n2. b").map(({ type, ordered, items }) => [type, ordered, items.length]), [["list", true, 2]]);
  assert.deepEqual(blocks("- a\n  - b\n- c")[0].items.map((item) => item.length), [2, 1]);
  assert.equal(blocks("> said\n> before")[0].type, "quote");
  assert.deepEqual(blocks("```\n<b>\n```"), [{ type: "code", text: "<b>" }]);
  assert.deepEqual(inlines("a\nb").map((inline) => inline.type), ["text", "break", "text"]);
});

test("what is no mark stays text", () => {
  for (const text of ["snake_case_name", "2 * 3 * 4", "a@b.test", "<b>bold</b>", "5 < 6", "[x]", "**", "~~", "`"]) {
    assert.ok(inlines(text).every((inline) => inline.type === "text"), `${text}: ${JSON.stringify(inlines(text))}`);
  }
  assert.deepEqual(inlines("\\*not\\*"), [{ type: "text", text: "*not*" }]);
  assert.deepEqual(inlines("Ask @ada.berg, please")[1], { type: "mention", name: "ada.berg" });
});

test("only web and mail addresses are links", () => {
  for (const href of ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", " javascript:alert(1)", "data:text/html,x", "vbscript:x", "//evil.test", "/relative", "file:///etc/passwd", "\u0001javascript:x", "https:evil"]) {
    assert.equal(safeHref(href), null, href);
  }
  assert.equal(safeHref("https://a.test/x"), "https://a.test/x");
  assert.equal(safeHref("mailto:a@b.test"), "mailto:a@b.test");
  assert.ok(inlines("[x](javascript:alert(1))").every((inline) => inline.type === "text"));
  assert.ok(inlines("![x](https://a.test/pixel.gif)").every((inline) => inline.type === "link"), "a picture from elsewhere is a link: showing it would tell its owner");
});

test("no text stalls the reader", () => {
  for (const text of ["*".repeat(60_000), "**a ".repeat(16_000), "[".repeat(60_000), "`".repeat(60_000), "> ".repeat(20_000), "- ".repeat(20_000), "_a*".repeat(20_000), "@".repeat(60_000), "~~x".repeat(20_000)]) {
    const begun = performance.now();
    blocks(text);
    assert.ok(performance.now() - begun < 2_000, `${text.slice(0, 8)}… took ${Math.round(performance.now() - begun)} ms`);
  }
});
