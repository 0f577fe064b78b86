// Two agents on one ticket: neither overwrites the other without knowing it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openDesk, windowOf } from "../support.mjs";

test("a change to a ticket that changed is shown what changed, and can be made anew", async () => {
  const desk = await openDesk();
  const ada = await windowOf(desk, "ada@demo.test", { path: "/queue/DEMO-2026-0003" });
  await ada.getByRole("heading", { name: "No sign-in code" }).waitFor();
  // Ada's page does not hear of Ben's change before she makes hers.
  await ada.getByText("opened the ticket").waitFor();
  await ada.route("**/v1/tickets/DEMO-2026-0003?**", (route) => (ada.deaf ? route.abort() : route.continue()));
  ada.deaf = true;
  const before = await desk.as("ben@demo.test", "GET", "/tickets/DEMO-2026-0003");
  await desk.as("ben@demo.test", "PATCH", `/tickets/${before.id}`, { priority: "low" }, { "if-match": `"${before.version}"` });
  await desk.as("ben@demo.test", "POST", `/tickets/${before.id}/messages`, { kind: "note", body: "I called them." });

  await ada.getByRole("complementary").getByRole("button", { name: /Status/ }).click();
  await ada.getByRole("option", { name: "In progress" }).click();
  ada.deaf = false;
  const dialog = ada.getByRole("alertdialog", { name: "This ticket changed meanwhile" });
  await dialog.getByText("changed priority from Urgent to Low").waitFor();
  await dialog.getByText("wrote a note").waitFor();
  assert.equal((await desk.as("ben@demo.test", "GET", "/tickets/DEMO-2026-0003")).status, "new");
  await dialog.getByRole("button", { name: "Apply my change anyway" }).click();
  await ada.getByText("moved it from New to In progress").waitFor();
  const after = await desk.as("ben@demo.test", "GET", "/tickets/DEMO-2026-0003");
  assert.deepEqual([after.status, after.priority], ["in_progress", "low"]);
  assert.deepEqual(ada.complaints, []);
});

test("who else is there is shown, and a reply can be taken back", async (t) => {
  const desk = await openDesk();
  if (!(await desk.has("/v1/tickets/{ticket}/presence"))) return t.skip("this desk has no presence yet");
  const ada = await windowOf(desk, "ada@demo.test", { path: "/queue/DEMO-2026-0001" });
  const ben = await windowOf(desk, "ben@demo.test", { path: "/queue/DEMO-2026-0001" });
  await ada.getByText("Ben Okoro is looking at this too").waitFor();
  await ben.getByRole("textbox", { name: "Reply to the customer" }).fill("Let me see");
  await ada.getByText("Ben Okoro is writing").waitFor();

  await ben.getByRole("textbox", { name: "Reply to the customer" }).fill("This should not go out.");
  await ben.getByRole("button", { name: "Send", exact: true }).click();
  await ben.getByRole("status").getByRole("button", { name: "Undo" }).click();
  await ben.getByText("Taken back.").waitFor();
  assert.equal(await ben.getByRole("textbox", { name: "Reply to the customer" }).inputValue(), "This should not go out.");
  const messages = await desk.as("carl@example.test", "GET", "/tickets/DEMO-2026-0001/messages");
  assert.ok(!messages.items.some((message) => message.body.includes("should not go out")));
  for (const page of [ada, ben]) assert.deepEqual(page.complaints, []);
});
