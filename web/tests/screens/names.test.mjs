// Who people are: names in place of ids, in every place; and people found by what they are called.
import assert from "node:assert/strict";
import { test } from "node:test";
import { go, openDesk, windowOf } from "../support.mjs";

const desk = await openDesk();
const needs = (path, name, run) => test(name, async (t) => ((await desk.has(path)) ? run() : t.skip(`this desk has no ${path} yet`)));

needs("/v1/people", "customers are called by their names, and looked up many at once", async () => {
  const page = await windowOf(desk, "ada@demo.test");
  const asked = [];
  page.on("request", (request) => request.url().includes("/v1/people?") && asked.push(request.url()));
  await go(page, desk, "/queue?status=open&view=all");
  const row = page.getByRole("row", { name: /The export stops/ });
  await row.getByText("Carl").waitFor();
  assert.equal(asked.length, 1, asked.join("\n"));
  await row.click();
  await page.getByText("opened the ticket").waitFor();
  const side = page.getByRole("complementary");
  await side.getByText(/^Carl/).first().waitFor();
  await side.getByRole("link", { name: "carl@example.test" }).waitFor();
  assert.equal(await page.getByText(/Customer [0-9a-f]{4}/).count(), 0);
  assert.deepEqual(page.complaints, []);
});

needs("/v1/people", "a requester, somebody in copy and a filter are found by name", async () => {
  const page = await windowOf(desk, "ada@demo.test", { path: "/queue" });
  await page.getByRole("button", { name: "New ticket" }).click();
  const dialog = page.getByRole("dialog", { name: "New ticket" });
  const who = dialog.getByRole("combobox", { name: "Requester" });
  await who.fill("dan");
  await dialog.getByRole("option", { name: /dana@example.test/ }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await dialog.getByRole("textbox", { name: "Subject" }).fill("By telephone");
  await dialog.getByRole("textbox", { name: "Message" }).fill("She called.");
  await dialog.getByRole("button", { name: "Open ticket" }).click();
  await page.getByRole("heading", { name: "By telephone" }).waitFor();
  await page.getByText("opened the ticket").waitFor();
  const side = page.getByRole("complementary");
  await side.getByRole("link", { name: "dana@example.test" }).waitFor();

  await side.getByRole("button", { name: "Copy in" }).click();
  await side.getByRole("combobox", { name: "Who gets the replies" }).fill("carl@example.test");
  await side.getByRole("option", { name: /carl@example.test/ }).click();
  await side.getByText("in copy").waitFor();
  await side.getByRole("button", { name: "Add a follower" }).click();
  await page.getByRole("menuitem", { name: "Ben Okoro" }).click();
  await side.getByRole("button", { name: "Ben Okoro stops following" }).waitFor();

  await go(page, desk, "/queue");
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await page.getByRole("combobox", { name: "Requester" }).fill("dana");
  await page.getByRole("option", { name: /dana@example.test/ }).click();
  await page.getByRole("button", { name: /Remove filter Requester: Dana/ }).waitFor();
  await page.getByRole("row", { name: /By telephone/ }).waitFor();
  assert.equal(await page.getByRole("row", { name: /The export stops/ }).count(), 0);
  assert.deepEqual(page.complaints, []);
});

needs("/v1/audit", "who changed which setting is shown to admins", async () => {
  await desk.as("mia@demo.test", "POST", "/teams", { name: "Refunds", strategy: "manual" });
  const page = await windowOf(desk, "admin@demo.test", { path: "/settings/audit" });
  const row = page.getByRole("row").filter({ hasText: "Refunds" });
  await row.getByText("Team made").waitFor();
  await row.getByText("Mia").waitFor();
  assert.deepEqual(page.complaints, []);
});
