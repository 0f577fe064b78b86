// Every screen, in the light and in the dark: axe finds nothing, and the console of the browser stays silent.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { go, openDesk, windowOf } from "../support.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What axe finds wrong, in one line each. It is put in by the test, past the page's policy. */
async function violations(page) {
  await page.evaluate(axe);
  const { violations: found } = await page.evaluate((tags) => window.axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] }), TAGS);
  return found.map((one) => `${one.id}: ${one.nodes.map((node) => `${node.target.join(" ")} ${node.any[0]?.message ?? node.failureSummary ?? ""}`).slice(0, 3).join(" | ")}`);
}

const heading = (name) => (page) => page.getByRole("heading", { name }).first().waitFor();
const CONSOLE = [
  ["/queue?status=open&view=all", (page) => page.getByRole("row", { name: /No sign-in code/ }).waitFor()],
  ["/queue/DEMO-2026-0001?status=open&view=all", (page) => page.getByText("opened the ticket").waitFor()],
  ["/queue?status=closed", heading("Nothing here")],
  ["/queue?deleted=true", heading("The bin is empty")],
  ["/queue/DEMO-2026-9999", heading("There is nothing here.")],
  ["/dashboard", heading("Breaks next")],
  ...["you", "people", "teams", "desk", "canned", "ticket-templates", "macros", "fields", "tags", "policies", "calendars", "routing", "templates", "addresses", "mails", "jobs", "import", "keys", "audit"].map((section) => [`/settings/${section}`, (page) => page.locator(".settings-body > :not(nav) h2").first().waitFor()]),
];
const PORTAL = [
  ["/requests", (page) => page.getByRole("link", { name: /The export stops/ }).waitFor()],
  ["/requests/new", heading("How can we help?")],
  ["/requests/DEMO-2026-0001", (page) => page.getByText("Which browser do you use?").waitFor()],
];

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing, ${colorScheme}`, async () => {
    const desk = await openDesk();
    await desk.as("mia@demo.test", "POST", "/teams", { name: "Refunds", strategy: "least_busy" });
    await desk.as("mia@demo.test", "POST", "/calendars", { id: "office", name: "Office", time_zone: "Europe/Berlin", hours: { monday: [{ from: "09:00", to: "17:00" }] } });
    const wrong = [];
    const look = async (page, where) => wrong.push(...(await violations(page)).map((line) => `${where}: ${line}`), ...page.complaints.splice(0).map((line) => `${where}: ${line}`));

    const door = await windowOf(desk, null, { colorScheme });
    await door.goto(desk.url);
    await door.getByRole("button", { name: "Sign in" }).waitFor();
    await look(door, "the front door");
    await door.goto(`${desk.url}/design`);
    await door.getByRole("heading", { name: "Design system" }).waitFor();
    await look(door, "/design");

    const admin = await windowOf(desk, "admin@demo.test", { colorScheme });
    for (const [path, ready] of CONSOLE) {
      await go(admin, desk, path);
      await ready(admin);
      await look(admin, path);
    }
    await go(admin, desk, "/queue/DEMO-2026-0001");
    await admin.getByText("opened the ticket").waitFor();
    for (const [keys, role] of [["Control+k", "dialog"], ["?", "dialog"], ["c", "dialog"], ["m", "dialog"], ["s", "listbox"]]) {
      await admin.keyboard.press(keys);
      await admin.getByRole(role).first().waitFor();
      await look(admin, `after ${keys}`);
      await admin.keyboard.press("Escape");
      await admin.getByRole(role).first().waitFor({ state: "detached" });
    }
    // What opens by a press: the dialogs and lists of a ticket and of the queue.
    const presses = [
      ["More", "menu"],
      ["Split off messages", "dialog"],
      ["Copy in", "combobox"],
      [/^Data of/, "menu"],
      ["Erase this person", "alertdialog"],
    ];
    for (const [name, role] of presses) {
      const target = admin.getByRole("button", { name, exact: true }).or(admin.getByRole("menuitem", { name })).first();
      if (!(await target.isVisible())) await admin.getByRole("button", { name: name === "Split off messages" ? "More" : /^Data of/, exact: true }).click();
      await target.click();
      await admin.getByRole(role).first().waitFor();
      await look(admin, `after ${name}`);
      await admin.keyboard.press("Escape");
      if (role !== "combobox") await admin.getByRole(role).first().waitFor({ state: "detached" });
    }
    await go(admin, desk, "/queue?status=open&view=all");
    for (const name of ["Filter", "Export"]) {
      await admin.getByRole("button", { name, exact: true }).click();
      await admin.getByRole("dialog").waitFor();
      await look(admin, `after ${name}`);
      await admin.keyboard.press("Escape");
      await admin.getByRole("dialog").waitFor({ state: "detached" });
    }
    const carl = await windowOf(desk, "carl@example.test", { colorScheme, viewport: { width: 390, height: 844 } });
    for (const [path, ready] of PORTAL) {
      await go(carl, desk, path);
      await ready(carl);
      await look(carl, path);
    }
    assert.deepEqual(wrong, []);
  });
}
