// When things are not as they should be: no network, an ended sign-in, refusals, very long threads, other scripts and very long words.
import assert from "node:assert/strict";
import { test } from "node:test";
import { go, openDesk, windowOf } from "../support.mjs";

const desk = await openDesk();
const shown = (page) => page.getByText("opened the ticket").waitFor();

test("without a network the page says so, keeps what was written, and catches up", async () => {
  const page = await windowOf(desk, "ada@demo.test", { path: "/queue/DEMO-2026-0001" });
  await shown(page);
  await page.context().setOffline(true);
  await page.getByText("No connection. What you see may be old; it will catch up by itself.").first().waitFor();
  const box = page.getByRole("textbox", { name: "Reply to the customer" });
  await box.fill("Written in a tunnel.");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByRole("status").filter({ hasText: "No connection" }).first().waitFor();
  assert.equal(await box.inputValue(), "Written in a tunnel.");
  await desk.as("ben@demo.test", "POST", "/tickets/DEMO-2026-0001/messages", { kind: "note", body: "Meanwhile I called them." });
  await page.context().setOffline(false);
  await page.getByText("Meanwhile I called them.").waitFor();
  await page.locator(".shell .banner").waitFor({ state: "detached" });
  assert.equal(await box.inputValue(), "Written in a tunnel.");
  await box.fill("");
});

test("an ended token is renewed without a word", async () => {
  const page = await windowOf(desk, "ben@demo.test", { path: "/queue/DEMO-2026-0002" });
  await shown(page);
  let renewals = 0;
  page.on("request", (request) => (renewals += Number(request.url().endsWith("/oidc/token"))));
  await desk.advance("PT2H");
  await page.getByRole("textbox", { name: "Reply to the customer" }).fill("Still here");
  await page.keyboard.press("Escape");
  await page.keyboard.press("p");
  await page.getByRole("option", { name: "Low" }).click();
  await page.getByText(/changed priority from \w+ to Low/).waitFor();
  assert.ok(renewals >= 1);
  assert.equal(new URL(page.url()).pathname, "/queue/DEMO-2026-0002");
  assert.equal(await page.getByRole("textbox", { name: "Reply to the customer" }).inputValue(), "Still here");
  assert.deepEqual(page.complaints, []);
});

test("where it cannot be renewed, signing in leads back to the same place with the same words", async () => {
  const page = await windowOf(desk, "ada@demo.test", { path: "/queue/DEMO-2026-0003?status=open" });
  await shown(page);
  await page.getByRole("radio", { name: "Internal note" }).check({ force: true });
  // The session ends at the issuer: in another window of the same browser.
  const other = await page.context().newPage();
  await other.goto(desk.url);
  await other.getByRole("button", { name: /^Account/ }).click();
  await other.getByRole("menuitem", { name: "Sign out" }).click();
  await other.getByRole("button", { name: "Sign in" }).waitFor();
  await other.close();
  await page.getByRole("textbox", { name: "Note for staff" }).fill("Half a thou");
  await desk.advance("PT2H");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "ada@demo.test" }).first().click();
  await shown(page);
  assert.equal(new URL(page.url()).pathname + new URL(page.url()).search, "/queue/DEMO-2026-0003?status=open");
  assert.equal(await page.getByRole("textbox", { name: "Note for staff" }).inputValue(), "Half a thou");
  assert.equal(await page.evaluate(() => sessionStorage.getItem("lambdesk.kept")), null);
  await page.getByRole("textbox", { name: "Note for staff" }).fill("");
});

test("what another wrote is not given to who signs in next", async () => {
  const page = await windowOf(desk, "dana@example.test", { path: "/requests/new" });
  await page.getByRole("textbox", { name: "What happened?" }).fill("Dana's own words");
  const other = await page.context().newPage();
  await other.goto(desk.url);
  await other.getByRole("button", { name: /^Account/ }).click();
  await other.getByRole("menuitem", { name: "Sign out" }).click();
  await other.getByRole("button", { name: "Sign in" }).waitFor();
  await desk.advance("PT2H");
  await page.getByRole("textbox", { name: "In a few words" }).fill("A request");
  await page.getByRole("button", { name: "Send request" }).click();
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "carl@example.test" }).first().click();
  await page.getByRole("textbox", { name: "What happened?" }).waitFor();
  assert.equal(await page.getByRole("textbox", { name: "What happened?" }).inputValue(), "");
});

test("every refusal is a sentence, and what may pass can be tried again", async () => {
  const page = await windowOf(desk, "ada@demo.test", { path: "/dashboard" });
  await page.getByRole("heading", { name: "Breaks next" }).waitFor();
  let answer = null;
  // The network's part is played here; everything else is the desk's.
  await page.route("**/v1/tickets?**", (route) => (answer ? route.fulfill(answer) : route.continue()));
  const problem = (status, more = {}) => ({ status, contentType: "application/problem+json", body: JSON.stringify({ title: "x", status, code: "x", detail: "The desk is being mended.", request_id: "req-4711", ...more }) });
  for (const [status, title] of [[429, "Too many requests at once"], [500, "The desk could not do that"], [503, "The desk could not do that"], [400, "That did not work."]]) {
    answer = problem(status);
    await go(page, desk, "/queue?status=closed");
    await page.getByRole("alert").getByRole("heading", { name: title }).waitFor();
    if (status >= 500) await page.getByText("req-4711").waitFor();
    answer = null;
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("heading", { name: "Nothing here" }).waitFor();
  }
  await go(page, desk, "/queue/DEMO-2026-9999");
  await page.getByRole("heading", { name: "There is nothing here." }).waitFor();
  await go(page, desk, "/settings/keys");
  await page.getByRole("heading", { name: "This is not for your role." }).waitFor();
});

test("a thread of 200 messages opens at its end, and stays where it is read", async () => {
  const rows = Array.from({ length: 201 }, (_, part) => `S-1,${part ? "" : "A long story"},,${part ? "" : "carl@example.test"},${part ? "" : "2026-01-01"},${part % 3 ? "" : "ada@demo.test"},Part ${part}. ${"It goes on. ".repeat(part % 20)},${new Date(Date.UTC(2026, 0, 1) + part * 60_000).toISOString()}`);
  await desk.import(["id,subject,status,requester_email,created_at,message_author_email,message_body,message_created_at", ...rows].join("\n"));
  const found = (await desk.as("ada@demo.test", "GET", "/tickets?limit=100&sort=created_at")).items.find((ticket) => ticket.subject === "A long story");
  const { id, number } = found;
  const page = await windowOf(desk, "ada@demo.test", { path: `/queue/${number}` });
  const talk = page.getByRole("region", { name: "Conversation" });
  await talk.getByText(/^Part 200\./).waitFor();
  const atEnd = () => talk.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);
  assert.ok((await atEnd()) < 4, "the newest message is in sight");
  assert.ok((await talk.getByRole("listitem").count()) < 40, "only the newest are drawn");
  // To read further up: what is drawn above moves nothing, nor does what comes in below.
  await talk.evaluate((box) => (box.scrollTop = 0));
  const first = talk.getByRole("listitem").first();
  const text = await first.innerText();
  await talk.getByRole("button", { name: /earlier items/ }).click();
  await talk.getByText(/^Part 120\./).waitFor({ state: "attached" });
  const same = talk.getByRole("listitem").filter({ hasText: text.split("\n").find((line) => line.startsWith("Part"))?.slice(0, 9) ?? text }).last();
  const box = await talk.boundingBox();
  const y = (await same.boundingBox()).y;
  assert.ok(y > box.y - 40 && y < box.y + box.height, `what was read is still in sight: ${y}`);
  const before = await talk.evaluate((element) => element.scrollTop);
  await desk.as("carl@example.test", "POST", `/tickets/${id}/messages`, { kind: "reply", body: "And one more." });
  await talk.getByText("And one more.").waitFor({ state: "attached" });
  assert.equal(await talk.evaluate((element) => element.scrollTop), before);
  assert.deepEqual(page.complaints, []);
});

test("other scripts, emoji and words without an end stay in their places", async () => {
  const long = "Donaudampfschifffahrtsgesellschaft".repeat(5);
  const subjects = ["تقرير شهري لا يفتح 📊 abc", "👩‍👩‍👧‍👦🏳️‍🌈👍🏽 e\u0301 と日本語", long.slice(0, 150)];
  const numbers = [];
  for (const subject of subjects) numbers.push((await desk.as("carl@example.test", "POST", "/tickets", { subject, body: `${subject}\n\n${long}${long}` })).number);
  await desk.as("ada@demo.test", "PATCH", `/tickets/${numbers[2]}`, { tags: ["t".repeat(40)] });
  const page = await windowOf(desk, "ada@demo.test");
  const carl = await windowOf(desk, "carl@example.test", { viewport: { width: 390, height: 844 } });
  const fits = (where) => where.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
  for (const [index, number] of numbers.entries()) {
    await go(page, desk, `/queue/${number}`);
    await shown(page);
    assert.ok(await fits(page), `${number} fits`);
    const talk = page.getByRole("region", { name: "Conversation" });
    assert.ok(await talk.evaluate((box) => box.scrollWidth <= box.clientWidth), `the words of ${number} break`);
    const side = page.getByRole("complementary");
    assert.ok(await side.evaluate((box) => box.scrollWidth <= box.clientWidth), `the side of ${number} fits`);
    const direction = await page.getByRole("heading", { level: 1 }).evaluate((heading) => getComputedStyle(heading).direction);
    assert.equal(direction, index === 0 ? "rtl" : "ltr");
    await go(carl, desk, `/requests/${number}`);
    await carl.getByRole("heading", { level: 1 }).waitFor();
    assert.ok(await fits(carl), `${number} fits on a phone`);
  }
  for (const one of [page, carl]) assert.deepEqual(one.complaints, []);
});
