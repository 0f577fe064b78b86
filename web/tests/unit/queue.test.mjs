import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./modules.mjs";

const { belongs, bringIn, readFilter, sameConditions } = await load("console/queue/filters.ts");
const { parseSearch, stringifySearch } = await load("app/search.ts");

const ticket = (id, changes = {}) => ({ id, number: id, status: "new", priority: "medium", assignee: null, requester: "r", category: null, brand: "b", version: 1, created_at: `2026-01-0${id}T00:00:00Z`, updated_at: `2026-01-0${id}T00:00:00Z`, ...changes });

test("a filter stands in the address and is read back", () => {
  const filter = { status: ["new", "pending"], priority: "high", assignee: "none", view: "x" };
  assert.deepEqual(readFilter(parseSearch(stringifySearch(filter))), filter);
  assert.deepEqual(readFilter({ status: ["nonsense"], priority: "huge", sort: "x", deleted: "yes" }), {});
  assert.equal(stringifySearch({ status: ["new", "pending"] }), "?status=new&status=pending");
  assert.ok(sameConditions({ status: ["new", "pending"], view: "a" }, { status: ["pending", "new"], sort: "priority" }));
});

test("who belongs to a filter", () => {
  assert.ok(belongs(ticket("1"), { status: ["open"] }, "me"));
  assert.ok(!belongs(ticket("1", { status: "closed" }), { status: ["open"] }, "me"));
  assert.ok(belongs(ticket("1", { assignee: "me" }), { assignee: "me" }, "me"));
  assert.ok(belongs(ticket("1"), { assignee: "none" }, "me"));
  assert.ok(!belongs(ticket("1", { deleted_at: "2026-01-01T00:00:00Z" }), {}, "me"));
});

test("changes are brought into the pages that are loaded", () => {
  const pages = [{ items: [ticket("5"), ticket("4")], next_cursor: "c" }, { items: [ticket("3")], next_cursor: null }];
  const ids = (after) => after.map((page) => page.items.map((one) => one.id).join(""));
  const filter = { status: ["open"] };
  assert.equal(bringIn(pages, [ticket("4")], filter, "me"), pages, "nothing new, nothing drawn anew");
  assert.deepEqual(ids(bringIn(pages, [ticket("6")], filter, "me")), ["654", "3"]);
  assert.deepEqual(ids(bringIn(pages, [ticket("4", { version: 2, status: "closed" })], filter, "me")), ["5", "3"]);
  assert.deepEqual(ids(bringIn(pages, [ticket("3", { version: 2, updated_at: "2026-01-09T00:00:00Z" })], filter, "me")), ["354", ""]);
  assert.deepEqual(ids(bringIn([{ items: [ticket("5")], next_cursor: "c" }], [ticket("1")], filter, "me")), ["5"], "what is beyond the loaded pages comes with its page");
});
