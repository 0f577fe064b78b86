// What opening a ticket and scrolling a long list may cost. What counts is the time that the page's own thread works, not the clock's: what else the
// machine does meanwhile is nobody's budget. Caches that others fill still slow a thread down, so the best of some runs counts.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import { openDesk, windowOf } from "../support.mjs";

const RUNS = 5;
/** Real tickets in the long list. 10,000 take a debug build more than a minute to import, so that is for who wants to wait. */
const ROWS = Number(process.env.LAMBDESK_ROWS ?? 300);

/** Fills a desk the way a move from another desk does. */
async function fill(desk, rows) {
  const lines = ["id,subject,status,priority,requester_email,created_at,message_body"];
  const [statuses, priorities] = [["new", "in_progress", "pending", "closed"], ["low", "medium", "high", "urgent"]];
  for (let row = 1; row <= rows; row += 1) lines.push(`R-${row},Imported request ${String(row).padStart(5, "0")},${statuses[row % 4]},${priorities[row % 3]},customer${row % 40}@example.test,${new Date(Date.UTC(2024, 0, 1) + row * 3_600_000).toISOString()},It is request ${row}.`);
  assert.equal((await desk.import(lines.join("\n"))).counts.changed, rows);
}

/** Milliseconds that the page's thread has spent so far, by the protocol's own counters. */
async function clockOf(page) {
  const client = await page.context().newCDPSession(page);
  await client.send("Performance.enable", { timeDomain: "threadTicks" });
  const read = async (name) => (await client.send("Performance.getMetrics")).metrics.find((metric) => metric.name === name).value * 1000;
  return { client, read };
}

test("from the queue to a ticket in under 100 ms of scripting, on a processor slowed down four times", async () => {
  const desk = await openDesk();
  // A full screen of rows, as agents have it.
  await fill(desk, 60);
  const page = await windowOf(desk, "ada@demo.test", { path: "/queue?sort=created_at" });
  const { client, read } = await clockOf(page);
  const row = page.getByRole("row", { name: /The export stops/ });
  const open = async () => {
    await row.waitFor();
    await sleep(400);
    const { x, y, width, height } = await row.boundingBox();
    const before = await read("ScriptDuration");
    await page.mouse.click(x + width / 2, y + height / 2);
    await isThere(client, '.timeline [data-kind="note"]');
    const spent = (await read("ScriptDuration")) - before;
    // What the page puts off until after the first picture is told too.
    await sleep(1_500);
    later.push((await read("ScriptDuration")) - before);
    await page.keyboard.press("Escape");
    return spent;
  };
  const later = [];
  // The first time fetches the code.
  await open();
  await client.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  const spent = [];
  later.length = 0;
  for (let run = 0; run < RUNS; run += 1) spent.push(await open());
  const told = (all) => all.map((one) => one.toFixed(0)).join(", ");
  console.log(`scripting until the conversation is there: ${told(spent)} ms; a second and a half later: ${told(later)} ms`);
  assert.ok(Math.min(...spent) < 100, `${Math.min(...spent)} ms`);
});

/** Waits for an element by the protocol alone: to look for it from within the page would be script too, and not the page's. */
async function isThere(client, selector) {
  for (let tries = 0; tries < 600; tries += 1) {
    const { root } = await client.send("DOM.getDocument", { depth: 0 });
    if ((await client.send("DOM.querySelector", { nodeId: root.nodeId, selector })).nodeId) return;
    await sleep(40);
  }
  throw new Error(`${selector} never came`);
}

/** Scrolls step by step, and answers how long the thread worked for the dearest frame: script, layout, drawing and all. */
async function dearestFrame(page, read, by) {
  await page.evaluate(() => (document.querySelector(".list-box").scrollTop = 0));
  await sleep(200);
  // One frame: what was asked for before it, and its own drawing, which is over when the next task runs.
  const frame = async (pixels) => {
    const before = await read("TaskDuration");
    await page.evaluate(
      (more) =>
        new Promise((done) => {
          if (more) document.querySelector(".list-box").scrollTop += more;
          requestAnimationFrame(() => setTimeout(done));
        }),
      pixels,
    );
    return (await read("TaskDuration")) - before;
  };
  let worst = 0;
  // The list answers a scroll in the frame after it.
  for (let step = 0; step < 50; step += 1) worst = Math.max(worst, await frame(step % 12 === 11 ? by * 40 : by), await frame(0));
  return worst;
}

async function scrolls(page, what) {
  assert.ok((await page.getByRole("row").count()) < 80, "only rows in sight are drawn");
  const { read } = await clockOf(page);
  const worst = [];
  for (let run = 0; run < 3; run += 1) worst.push(await dearestFrame(page, read, 120));
  console.log(`${what}, dearest frame of a run: ${worst.map((one) => one.toFixed(0)).join(", ")} ms`);
  assert.ok(Math.min(...worst) < 50, `${Math.min(...worst)} ms`);
}

test("a list is paged to its end and scrolls without a frame over 50 ms", async () => {
  const desk = await openDesk();
  await fill(desk, ROWS);
  const page = await windowOf(desk, "ada@demo.test", { path: "/queue?sort=created_at" });
  const rows = page.getByRole("row", { name: /Imported request/ });
  await page.getByRole("row", { name: /The export stops/ }).waitFor();
  // The end of what is loaded is scrolled to until the first ticket of all is there.
  const deadline = Date.now() + 90_000;
  const oldest = page.getByRole("row", { name: /Imported request 00001/ });
  while ((await oldest.count()) === 0 && Date.now() < deadline) {
    await page.evaluate(() => document.querySelector(".list-box").scrollTo(0, 1e9));
    await sleep(120);
  }
  await oldest.waitFor();
  assert.ok((await rows.count()) > 0);
  assert.equal(Number(await page.getByRole("grid").getAttribute("aria-rowcount")), ROWS + 5, "all tickets, and the columns' names");
  await scrolls(page, `${ROWS} real tickets`);
  assert.deepEqual(page.complaints, []);
});

test("a list of 10,000 scrolls without a frame over 50 ms", async () => {
  const desk = await openDesk();
  const page = await windowOf(desk, "ada@demo.test", { path: "/dashboard" });
  // What is measured here is the drawing, so the rows are one real ticket over and over; the test above has real ones, and LAMBDESK_ROWS=10000 as many.
  const { items } = await desk.as("ada@demo.test", "GET", "/tickets?limit=1");
  const many = Array.from({ length: 10_000 }, (_, index) => ({ ...items[0], id: `00000000-0000-7000-8000-${String(index).padStart(12, "0")}`, number: `DEMO-2026-${String(index).padStart(5, "0")}`, subject: `${items[0].subject} ${index}` }));
  await page.route("**/v1/tickets?**", (route) => (route.request().url().includes("updated_since") ? route.continue() : route.fulfill({ json: { items: many, next_cursor: null } })));
  await page.getByRole("link", { name: /^All open/ }).click();
  await page.getByRole("row", { name: /DEMO-2026-00000/ }).waitFor();
  await scrolls(page, "10,000 rows");
  await page.evaluate(() => document.querySelector(".list-box").scrollTo(0, 1e9));
  await page.getByRole("row", { name: /DEMO-2026-09999/ }).waitFor();
});
