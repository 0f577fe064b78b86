// What agents have beside replies: views, canned responses, macros, fields, merging, links, and many tickets at once.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { go, openDesk, windowOf } from "../support.mjs";

const desk = await openDesk();
/** A test of what this desk's API has; the others are left out, and say so. */
const needs = (path, name, run) => test(name, async (t) => ((await desk.has(path)) ? run() : t.skip(`this desk has no ${path} yet`)));

needs("/v1/views", "a filter is kept as a view, with its count", async () => {
  const page = await windowOf(desk, "ada@demo.test", { path: "/queue?status=new&priority=urgent" });
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await page.getByRole("textbox", { name: "Name of the view" }).fill("New and urgent");
  await page.getByRole("button", { name: "Save as view" }).click();
  await page.keyboard.press("Escape");
  await page.getByRole("link", { name: "New and urgent 1" }).waitFor();
  await page.getByRole("row", { name: /No sign-in code/ }).waitFor();
  assert.deepEqual(page.complaints, []);
});

needs("/v1/canned-responses", "a canned response brings its files along", async () => {
  const page = await windowOf(desk, "ada@demo.test", { path: "/settings/canned" });
  await page.getByRole("button", { name: "New canned response" }).click();
  await page.getByLabel("Shortcut").fill("/plan");
  await page.getByLabel("Title").fill("The plan");
  await page.getByLabel("Text", { exact: true }).fill("Here is the plan.");
  await page.locator("input[type=file]").setInputFiles({ name: "plan.txt", mimeType: "text/plain", buffer: Buffer.from("First, switch it off.") });
  await page.getByRole("listitem").filter({ hasText: "plan.txt" }).filter({ hasText: "21" }).waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("cell", { name: "/plan", exact: true }).waitFor();

  await go(page, desk, "/queue/DEMO-2026-0001");
  await page.getByText("opened the ticket").waitFor();
  await page.keyboard.press("r");
  await page.waitForFunction(() => document.activeElement?.tagName === "TEXTAREA");
  await page.keyboard.type("/plan");
  await page.getByRole("option", { name: /plan/ }).waitFor();
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector(".composer textarea")?.value === "Here is the plan.");
  await page.locator(".composer").getByRole("listitem").filter({ hasText: "plan.txt" }).waitFor();
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.locator(".timeline").getByRole("button", { name: /plan\.txt/ }).waitFor();
  assert.deepEqual(page.complaints, []);
});

needs("/v1/canned-responses", "a canned response is found by its shortcut and filled in", async () => {
  await desk.as("mia@demo.test", "POST", "/canned-responses", { shortcut: "/thanks", title: "Thank you", body: "Hello {{requester.first_name}},\n\nthank you.", scope: "shared" });
  const page = await windowOf(desk, "ada@demo.test", { path: "/queue/DEMO-2026-0001" });
  await page.getByText("opened the ticket").waitFor();
  await page.keyboard.press("r");
  await page.waitForFunction(() => document.activeElement?.tagName === "TEXTAREA");
  await page.keyboard.type("/tha");
  await page.getByRole("option", { name: /thanks/ }).waitFor();
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector(".composer textarea")?.value.startsWith("Hello Carl,"));
  await page.locator(".composer textarea").fill("");
  assert.deepEqual(page.complaints, []);
});

needs("/v1/macros", "a macro shows what it would do, and does it", async () => {
  await desk.as("mia@demo.test", "POST", "/macros", { name: "Close politely", scope: "shared", changes: { status: "resolved", tags_add: ["polite"] }, reply: "Hello {{requester.first_name}}, this is **done**." });
  const page = await windowOf(desk, "ada@demo.test", { path: "/queue/DEMO-2026-0001" });
  await page.getByText("opened the ticket").waitFor();
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Apply a macro" }).click();
  await page.getByRole("button", { name: /Which one/ }).click();
  await page.getByRole("option", { name: "Close politely" }).click();
  await page.getByRole("dialog").getByText("done", { exact: true }).waitFor();
  assert.notEqual((await desk.as("ada@demo.test", "GET", "/tickets/DEMO-2026-0001")).status, "resolved");
  await page.getByRole("button", { name: "Apply", exact: true }).click();
  await page.getByText(/moved it from .* to Resolved/).waitFor();
  assert.deepEqual((await desk.as("ada@demo.test", "GET", "/tickets/DEMO-2026-0001")).tags, ["polite"]);
  assert.deepEqual(page.complaints, []);
});

needs("/v1/ticket-fields", "the desk's own fields are filled in by staff and by customers", async () => {
  for (const field of [
    { id: "order", label: "Order number", kind: "text", visible_to: "customer", editable_by_customer: true },
    { id: "plan", label: "Plan", kind: "choice", choices: ["Free", "Pro"] },
    { id: "vip", label: "VIP", kind: "checkbox" },
  ])
    await desk.as("admin@demo.test", "POST", "/ticket-fields", field);
  // Settings are remembered for half a minute.
  await desk.advance("PT1M");
  const page = await windowOf(desk, "ada@demo.test", { path: "/queue/DEMO-2026-0003" });
  await page.getByText("opened the ticket").waitFor();
  await page.getByRole("textbox", { name: "Order number" }).fill("4711");
  await page.keyboard.press("Tab");
  await page.getByText("changed fields.order").waitFor();
  await page.getByRole("checkbox", { name: "VIP" }).check({ force: true });
  await page.getByText("changed fields.vip").waitFor();
  assert.deepEqual((await desk.as("ada@demo.test", "GET", "/tickets/DEMO-2026-0003")).fields, { order: "4711", vip: true });

  const carl = await windowOf(desk, "carl@example.test", { path: "/requests/new" });
  await carl.getByRole("textbox", { name: "In a few words" }).fill("With a number");
  await carl.getByRole("textbox", { name: "What happened?" }).fill("See the field.");
  await carl.getByRole("textbox", { name: "Order number" }).fill("99");
  assert.equal(await carl.getByText("VIP").count(), 0);
  await carl.getByRole("button", { name: "Send request" }).click();
  await carl.getByRole("heading", { name: "With a number" }).waitFor();
  const { items } = await desk.as("carl@example.test", "GET", "/tickets?limit=1");
  assert.deepEqual(items[0].fields, { order: "99" });
  for (const one of [page, carl]) assert.deepEqual(one.complaints, []);
});

needs("/v1/tickets/{ticket}/merge", "a ticket is merged into one that looks the same, and the merge is undone", async () => {
  const { number } = await desk.as("carl@example.test", "POST", "/tickets", { subject: "No sign-in code again", body: "Still none." });
  const page = await windowOf(desk, "ada@demo.test", { path: `/queue/${number}` });
  await page.getByText("opened the ticket").waitFor();
  await page.keyboard.press("m");
  await page.getByRole("button", { name: "Stays: DEMO-2026-0003" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Merge", exact: true }).click();
  await page.waitForURL(/DEMO-2026-0003/);
  await page.getByText("Still none.").waitFor();
  await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
  await page.getByText("The merge is undone.").waitFor();
  assert.equal((await desk.as("ada@demo.test", "GET", `/tickets/${number}`)).merged_into ?? null, null);

  await page.getByRole("button", { name: "Link a ticket" }).click();
  await page.getByRole("textbox", { name: "Number of the other ticket" }).fill(number);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: `Remove the link to ${number}` }).waitFor();
  assert.deepEqual(page.complaints, []);
});

needs("/v1/bulk", "many tickets are changed at once by a job", async () => {
  const page = await windowOf(desk, "mia@demo.test", { path: "/queue" });
  await page.getByRole("checkbox", { name: "Select DEMO-2026-0002" }).check();
  await page.getByRole("checkbox", { name: "Select DEMO-2026-0004" }).check();
  const bar = page.getByRole("toolbar", { name: "Change the selected tickets" });
  await bar.getByText("2 tickets selected").waitFor();
  await bar.getByRole("button", { name: /Priority/ }).click();
  await page.getByRole("option", { name: "Low" }).click();
  await page.getByText("2 tickets changed.").waitFor();
  for (const number of ["DEMO-2026-0002", "DEMO-2026-0004"]) assert.equal((await desk.as("mia@demo.test", "GET", `/tickets/${number}`)).priority, "low");
  assert.deepEqual(page.complaints, []);
});

needs("/v1/exports", "what a filter shows is exported to a file, with the columns that are wanted", async () => {
  const page = await windowOf(desk, "mia@demo.test", { path: "/queue?status=new" });
  await page.getByRole("button", { name: "Export" }).click();
  const dialog = page.getByRole("dialog", { name: "Export these tickets" });
  await dialog.getByText("version", { exact: true }).click();
  const download = page.waitForEvent("download");
  await dialog.getByRole("button", { name: "Export" }).click();
  const file = await download;
  assert.match(file.suggestedFilename(), /\.csv$/);
  await dialog.waitFor({ state: "detached" });
  const [head] = readFileSync(await file.path(), "utf8").split("\r\n");
  assert.ok(head.includes("subject") && !head.includes("version"), head);
  assert.deepEqual(page.complaints, []);
});
