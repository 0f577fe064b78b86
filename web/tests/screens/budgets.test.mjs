// What opening a ticket and scrolling a long list may cost. Time on a busy machine is never too short by chance, so the best of some runs counts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openDesk, windowOf } from "../support.mjs";

const RUNS = 5;

test("from the queue to a ticket in under 100 ms of scripting, on a processor slowed down four times", async () => {
  const desk = await openDesk();
  const page = await windowOf(desk, "ada@demo.test", { path: "/queue" });
  const client = await page.context().newCDPSession(page);
  // Time of the thread, not of the clock: what else the machine does meanwhile is not counted.
  await client.send("Performance.enable", { timeDomain: "threadTicks" });
  const scripting = async () => (await client.send("Performance.getMetrics")).metrics.find((metric) => metric.name === "ScriptDuration").value * 1000;
  const open = async () => {
    await page.getByRole("row", { name: /The export stops/ }).waitFor();
    await page.waitForTimeout(300);
    // Plain selectors: to find things by role is script too, and not the page's.
    const { x, y, width, height } = await page.getByRole("row", { name: /The export stops/ }).boundingBox();
    const before = await scripting();
    await page.mouse.click(x + width / 2, y + height / 2);
    await page.waitForSelector('.timeline [data-kind="note"]', { state: "attached" });
    const spent = (await scripting()) - before;
    await page.keyboard.press("Escape");
    return spent;
  };
  // The first time fetches the code.
  await open();
  await client.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  const spent = [];
  for (let run = 0; run < RUNS; run += 1) spent.push(await open());
  console.log(`scripting: ${spent.map((one) => one.toFixed(0)).join(", ")} ms`);
  // A machine that builds something else beside is slower: LAMBDESK_SCRIPT_MS allows it more.
  assert.ok(Math.min(...spent) < Number(process.env.LAMBDESK_SCRIPT_MS ?? 100), `${Math.min(...spent)} ms`);
});

test("a list of 10,000 scrolls without a frame over 50 ms", async () => {
  const desk = await openDesk();
  const page = await windowOf(desk, "ada@demo.test", { path: "/dashboard" });
  // One real ticket, ten thousand times: what is measured is the drawing, and no desk need be filled for minutes.
  const { items } = await desk.as("ada@demo.test", "GET", "/tickets?limit=1");
  const many = Array.from({ length: 10_000 }, (_, index) => ({ ...items[0], id: `00000000-0000-7000-8000-${String(index).padStart(12, "0")}`, number: `DEMO-2026-${String(index).padStart(5, "0")}`, subject: `${items[0].subject} ${index}` }));
  await page.route("**/v1/tickets?**", (route) => (route.request().url().includes("updated_since") ? route.continue() : route.fulfill({ json: { items: many, next_cursor: null } })));
  await page.getByRole("link", { name: /^All open/ }).click();
  await page.getByRole("row", { name: /DEMO-2026-00000/ }).waitFor();
  assert.ok((await page.getByRole("row").count()) < 80, "only rows in sight are drawn");

  const longest = [];
  for (let run = 0; run < RUNS; run += 1) {
    longest.push(
      await page.evaluate(
        () =>
          new Promise((resolve) => {
            const box = document.querySelector(".list-box");
            let worst = 0;
            const observer = new PerformanceObserver((list) => list.getEntries().forEach((entry) => (worst = Math.max(worst, entry.duration))));
            observer.observe({ entryTypes: ["longtask"] });
            box.scrollTop = 0;
            let frames = 0;
            const step = () => {
              box.scrollTop += frames % 20 === 19 ? 20_000 : 120;
              frames += 1;
              if (frames < 120) requestAnimationFrame(step);
              else setTimeout(() => (observer.disconnect(), resolve(worst)), 100);
            };
            requestAnimationFrame(step);
          }),
      ),
    );
  }
  console.log(`longest task over 50 ms: ${longest.map((one) => one.toFixed(0)).join(", ")} ms (0 is none)`);
  assert.equal(Math.min(...longest), 0);
  await page.evaluate(() => document.querySelector(".list-box").scrollTo(0, 1e9));
  await page.getByRole("row", { name: /DEMO-2026-09999/ }).waitFor();
});
