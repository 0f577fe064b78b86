// What is done to tickets as a whole: split, begun from a template, imported, retagged, put into the bin, erased.
import assert from "node:assert/strict";
import { test } from "node:test";
import { go, openDesk, windowOf } from "../support.mjs";

const desk = await openDesk();
const shown = (page) => page.getByText("opened the ticket").waitFor();

test("messages are split off into a ticket of their own", async () => {
  const { number } = await desk.as("carl@example.test", "POST", "/tickets", { subject: "Two things", body: "The printer burns." });
  await desk.as("carl@example.test", "POST", `/tickets/${number}/messages`, { kind: "reply", body: "And the telephone rings." });
  const page = await windowOf(desk, "ada@demo.test", { path: `/queue/${number}` });
  await shown(page);
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Split off messages" }).click();
  const dialog = page.getByRole("dialog", { name: `Split messages off ${number}` });
  // All of them cannot go.
  await dialog.getByRole("checkbox").first().waitFor({ state: "attached" });
  for (const message of await dialog.getByRole("checkbox").all()) await message.check({ force: true });
  await dialog.getByText("One message at least stays here.").waitFor();
  await dialog.getByRole("checkbox").first().uncheck({ force: true });
  await dialog.getByRole("textbox", { name: "Subject of the new ticket" }).fill("The telephone");
  await dialog.getByRole("button", { name: "Split off 1 message" }).click();
  await page.getByRole("heading", { name: "The telephone" }).waitFor();
  await page.getByRole("listitem").filter({ hasText: "And the telephone rings." }).waitFor();
  await page.getByRole("link", { name: new RegExp(number) }).waitFor();
  const left = await desk.as("ada@demo.test", "GET", `/tickets/${number}/messages`);
  assert.deepEqual(left.items.map((message) => message.body), ["The printer burns."]);
  assert.deepEqual(page.complaints, []);
});

test("a ticket begins with a template that a manager made", async () => {
  const mia = await windowOf(desk, "mia@demo.test", { path: "/settings/ticket-templates" });
  await mia.getByRole("button", { name: "New ticket template" }).click();
  await mia.getByRole("textbox", { name: "Name" }).fill("Returned goods");
  await mia.getByRole("textbox", { name: "Subject" }).fill("Goods came back");
  await mia.getByRole("textbox", { name: "Message" }).fill("Order number: ");
  await mia.getByRole("textbox", { name: "Tags" }).fill("returns");
  await mia.getByRole("button", { name: /Priority/ }).click();
  await mia.getByRole("option", { name: "High" }).click();
  await mia.getByRole("button", { name: /For$/ }).click();
  await mia.getByRole("option", { name: "Everybody" }).click();
  await mia.getByRole("button", { name: "Save" }).click();
  await mia.getByRole("cell", { name: "Returned goods", exact: true }).waitFor();

  const ada = await windowOf(desk, "ada@demo.test", { path: "/queue" });
  await ada.getByRole("button", { name: "New ticket" }).click();
  const dialog = ada.getByRole("dialog", { name: "New ticket" });
  await dialog.getByRole("button", { name: /Template$/ }).click();
  await ada.getByRole("option", { name: "Returned goods" }).click();
  assert.equal(await dialog.getByRole("textbox", { name: "Subject" }).inputValue(), "Goods came back");
  await dialog.getByText("It also sets Tags.").waitFor();
  await dialog.getByRole("combobox", { name: "Requester" }).fill("carl@example.test");
  await dialog.getByRole("textbox", { name: "Message" }).fill("Order number: 4711");
  await dialog.getByRole("button", { name: "Open ticket" }).click();
  await ada.getByRole("heading", { name: "Goods came back" }).waitFor();
  await shown(ada);
  const ticket = await desk.as("ada@demo.test", "GET", `/tickets/${/DEMO-[\d-]+/.exec(ada.url())[0]}`);
  assert.deepEqual([ticket.priority, ticket.tags], ["high", ["returns"]]);
  for (const page of [mia, ada]) assert.deepEqual(page.complaints, []);
});

test("a tag is renamed, and merged into one that is there; the jobs say so", async () => {
  for (const [number, tags] of [["DEMO-2026-0001", ["printer"]], ["DEMO-2026-0002", ["printer", "paper"]]]) await desk.as("ada@demo.test", "PATCH", `/tickets/${number}`, { tags });
  const page = await windowOf(desk, "mia@demo.test", { path: "/settings/tags" });
  await page.getByRole("button", { name: "Rename printer" }).click();
  const dialog = page.getByRole("dialog", { name: "Rename printer" });
  await dialog.getByRole("textbox", { name: "New name" }).fill("printers");
  await dialog.getByText("printer becomes printers on 2 tickets, closed ones too.").waitFor();
  await dialog.getByRole("textbox", { name: "New name" }).fill("paper");
  await dialog.getByText(/paper is there already/).waitFor();
  await dialog.getByRole("button", { name: "Merge" }).click();
  await page.getByText("2 tickets retagged.").waitFor();
  for (const number of ["DEMO-2026-0001", "DEMO-2026-0002"]) assert.deepEqual((await desk.as("ada@demo.test", "GET", `/tickets/${number}`)).tags, ["paper"]);

  await go(page, desk, "/settings/jobs");
  const row = page.getByRole("row").filter({ hasText: "Tag printer becomes paper" });
  await row.getByText("2 done").waitFor();
  await row.getByRole("button", { name: "Results: Tag printer becomes paper" }).click();
  const results = page.getByRole("dialog", { name: "Tag printer becomes paper" });
  await results.getByRole("row").nth(2).waitFor();
  assert.equal(await results.getByRole("row").count(), 3);
  await results.getByText("Only what did not work").click();
  await results.getByText("Everything worked.").waitFor();
  assert.deepEqual(page.complaints, []);
});

test("a file of another desk is tried, then imported, and its report names what was refused", async () => {
  const csv = ["id,subject,status,requester_email,created_at,message_body", "A-1,Printer burns,closed,eve@example.test,2024-05-01,It burns.", "A-2,No paper,waiting,eve@example.test,2024-05-02,None.", "A-3,,new,eve@example.test,2024-05-03,Nothing."].join("\n");
  const page = await windowOf(desk, "admin@demo.test", { path: "/settings/import" });
  await page.locator("input[type=file]").setInputFiles({ name: "old-desk.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
  await page.getByRole("textbox", { name: "Its words for statuses" }).fill("waiting is pending");
  await page.getByText(/“waiting is pending” is not/).waitFor();
  await page.getByRole("textbox", { name: "Its words for statuses" }).fill("waiting = pending");
  await page.getByRole("button", { name: "Check the file" }).click();
  await page.getByText("2 would be made. Nothing was changed.").waitFor();
  const report = page.getByRole("region", { name: "Results" });
  await report.getByRole("row").filter({ hasText: "A-3" }).getByText("refused").waitFor();
  await page.getByRole("button", { name: "Import it now" }).click();
  await page.getByText("2 made.").waitFor();
  await report.getByRole("row").filter({ hasText: "A-1" }).getByRole("link").click();
  await page.getByRole("heading", { name: "Printer burns" }).waitFor();
  assert.deepEqual(page.complaints, []);
});

test("what is in the bin is brought back, or erased for good", async () => {
  const numbers = [];
  for (const subject of ["To be erased", "To be brought back", "Many to be brought back"]) {
    const ticket = await desk.as("carl@example.test", "POST", "/tickets", { subject, body: "Words." });
    await desk.as("mia@demo.test", "DELETE", `/tickets/${ticket.id}`);
    numbers.push(ticket.number);
  }
  const page = await windowOf(desk, "admin@demo.test", { path: "/queue" });
  await page.getByRole("link", { name: "Bin" }).click();
  await page.getByRole("row", { name: /To be erased/ }).click();
  await page.getByText("This ticket is in the bin.").waitFor();
  assert.equal(await page.getByRole("textbox", { name: "Reply to the customer" }).count(), 0);
  await page.getByRole("button", { name: "Erase for good" }).click();
  await page.getByRole("alertdialog", { name: `Erase ${numbers[0]} for good?` }).getByRole("button", { name: "Erase for good" }).click();
  await page.getByText(`${numbers[0]} is erased.`).waitFor();
  await assert.rejects(desk.as("admin@demo.test", "GET", `/tickets/${numbers[0]}`), /404/);

  await page.getByRole("row", { name: /To be brought back/ }).click();
  await page.getByRole("button", { name: "Restore" }).click();
  await page.getByText(`${numbers[1]} is back.`).waitFor();
  assert.equal((await desk.as("admin@demo.test", "GET", `/tickets/${numbers[1]}`)).deleted_at ?? null, null);
  await page.getByRole("checkbox", { name: `Select ${numbers[2]}` }).check();
  await page.getByRole("toolbar", { name: "Change the selected tickets" }).getByRole("button", { name: "Restore" }).click();
  await page.getByText("1 ticket is back.").waitFor();
  assert.deepEqual(page.complaints, []);
});

test("a person's data is written down, and erased after a word is typed", async () => {
  const { number } = await desk.as("dana@example.test", "POST", "/tickets", { subject: "Dana's secret", body: "It is purple." });
  const page = await windowOf(desk, "admin@demo.test", { path: `/queue/${number}` });
  await shown(page);
  const side = page.getByRole("complementary");
  await side.getByRole("button", { name: /^Data of/ }).click();
  await page.getByRole("menuitem", { name: "Export their data" }).click();
  const download = page.waitForEvent("download");
  await page.getByRole("dialog", { name: "Export their data" }).getByRole("button", { name: "Export" }).click();
  await download;

  await side.getByRole("button", { name: /^Data of/ }).click();
  await page.getByRole("menuitem", { name: "Erase this person" }).click();
  const dialog = page.getByRole("alertdialog");
  assert.ok(await dialog.getByRole("button", { name: "Erase for good" }).isDisabled());
  await dialog.getByRole("textbox", { name: "Type ERASE to confirm" }).fill("erase");
  await dialog.getByRole("button", { name: "Erase for good" }).click();
  await page.getByText("The person is erased.").waitFor();
  const ticket = await desk.as("admin@demo.test", "GET", `/tickets/${number}?include=messages`);
  assert.ok(!JSON.stringify(ticket).includes("purple"), "the words are gone");
  await page.getByText("It is purple.").waitFor({ state: "detached" });
  assert.deepEqual(page.complaints, []);
});

test("an agent is shown neither the jobs, nor the import, nor the bin", async () => {
  const page = await windowOf(desk, "ada@demo.test", { path: "/settings/import" });
  await page.getByRole("heading", { name: "This is not for your role." }).waitFor();
  assert.equal(await page.getByRole("link", { name: "Jobs" }).count(), 0);
  assert.equal(await page.getByRole("link", { name: "Bin" }).count(), 0);
  assert.deepEqual(page.complaints, []);
});
