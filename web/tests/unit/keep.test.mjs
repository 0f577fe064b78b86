// What waits while somebody signs in again, and the words of another desk.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./modules.mjs";

const stored = new Map();
globalThis.sessionStorage = { getItem: (name) => stored.get(name) ?? null, setItem: (name, value) => stored.set(name, value), removeItem: (name) => stored.delete(name) };
const { keep, keepAll, openKept, takeKept } = await load("app/keep.ts");
const { readMap } = await load("console/settings/word_map.ts");

test("what was kept comes back once, to whoever wrote it", () => {
  openKept("ada");
  keep("draft", () => "Half a thou");
  const drop = keep("nothing", () => undefined);
  keepAll();
  drop();
  assert.equal(stored.size, 1);
  openKept("ada");
  assert.equal(stored.size, 0);
  assert.equal(takeKept("draft"), "Half a thou");
  assert.equal(takeKept("draft"), undefined);
  keepAll();
  openKept("ben");
  assert.equal(takeKept("draft"), undefined);
  openKept("ada");
  assert.equal(takeKept("draft"), undefined, "it is gone for good");
});

test("what is too old, or no longer readable, is not given back", () => {
  for (const text of [JSON.stringify({ person: "ada", at: Date.now() - 5 * 3_600_000, things: { draft: "old" } }), "{", "null"]) {
    stored.set("lambdesk.kept", text);
    openKept("ada");
    assert.equal(takeKept("draft"), undefined);
  }
});

test("words of another desk, one a line", () => {
  assert.deepEqual(readMap(" waiting for parts = pending\n\nA = b = Closed ", ["pending", "closed"]), { words: { "waiting for parts": "pending", "A = b": "closed" }, wrong: null });
  for (const line of ["waiting", "= pending", "waiting = sleeping"]) assert.equal(readMap(`x = pending\n${line}`, ["pending"]).wrong, line);
});
