// The whole life of a ticket: a customer asks, an agent answers, a manager looks after it, the customer closes and rates.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openDesk, windowOf } from "../support.mjs";

test("a ticket from its question to its rating", async () => {
  const desk = await openDesk();
  const carl = await windowOf(desk, "carl@example.test");
  await carl.getByRole("link", { name: "New request" }).click();
  await carl.getByRole("textbox", { name: "In a few words" }).fill("The printer burns");
  await carl.getByRole("textbox", { name: "What happened?" }).fill("It **smokes** since noon.");
  await carl.locator("input[type=file]").setInputFiles({ name: "smoke.txt", mimeType: "text/plain", buffer: Buffer.from("It smokes.") });
  await carl.getByText("10 bytes").waitFor();
  await carl.getByRole("button", { name: "Send request" }).click();
  await carl.getByRole("heading", { name: "The printer burns" }).waitFor();
  await carl.getByText("smokes", { exact: true }).waitFor();
  const number = /DEMO-\d{4}-\d{4}/.exec(carl.url())[0];

  const ada = await windowOf(desk, "ada@demo.test", { path: "/queue?status=open&view=all" });
  await ada.getByRole("row", { name: /The printer burns/ }).click();
  await ada.getByRole("heading", { name: "The printer burns" }).waitFor();
  await ada.getByRole("button", { name: "Take it" }).click();
  await ada.getByText("took it").waitFor();
  await ada.getByRole("button", { name: "Download smoke.txt" }).waitFor();

  // A note differs by the word, and the customer never receives it.
  await ada.getByRole("radio", { name: "Internal note" }).check({ force: true });
  await ada.getByRole("textbox", { name: "Note for staff" }).fill("Is this the old model? @ben");
  await ada.getByRole("button", { name: "Add note" }).click();
  await ada.getByRole("listitem").filter({ hasText: "Is this the old model?" }).getByText("Internal note").waitFor();

  await ada.getByRole("radio", { name: "Reply" }).check({ force: true });
  await ada.getByRole("textbox", { name: "Reply to the customer" }).fill("Please unplug it, then tell us its model.");
  await ada.getByRole("button", { name: "Send and set status" }).click();
  await ada.getByRole("menuitem", { name: /Waiting for you/ }).click();
  await ada.getByRole("listitem").filter({ hasText: "Please unplug it" }).waitFor();

  // The reply may wait its seconds to be taken back; then the customer has it.
  await carl.getByText("Please unplug it").waitFor();
  assert.equal(await carl.getByText("Is this the old model?").count(), 0);
  await carl.getByRole("textbox", { name: "Your answer" }).fill("It is out now. Model 7.");
  await carl.getByRole("button", { name: "Send", exact: true }).click();

  await ada.getByText("It is out now. Model 7.").waitFor();
  await ada.getByRole("complementary").getByRole("button", { name: /Status/ }).click();
  await ada.getByRole("option", { name: "Resolved" }).click();
  await ada.getByText("moved it from In progress to Resolved").waitFor();

  // The manager finds it by its number, raises it, and sees the desk's figures.
  const mia = await windowOf(desk, "mia@demo.test");
  await mia.getByRole("searchbox").fill(number);
  await mia.keyboard.press("Enter");
  await mia.getByRole("heading", { name: "The printer burns" }).waitFor();
  await mia.getByRole("complementary").getByRole("button", { name: /Priority/ }).click();
  await mia.getByRole("option", { name: "High" }).click();
  await mia.getByText("changed priority from Medium to High").waitFor();
  await mia.getByRole("link", { name: "Dashboard" }).click();
  await mia.getByRole("heading", { name: "Open by status" }).waitFor();
  await mia.getByRole("heading", { name: "Promises per day" }).waitFor();

  await carl.getByRole("button", { name: "Yes, it is solved" }).click();
  await carl.getByText("This request is closed.").waitFor();
  await carl.getByRole("radio", { name: "5 stars of 5" }).check({ force: true });
  await carl.getByRole("textbox", { name: "What should we know?" }).fill("Quick!");
  await carl.getByRole("button", { name: "Send rating" }).click();
  await carl.getByText("Thank you for telling us.").waitFor();
  await ada.getByText("Rated 5 of 5").first().waitFor();

  const ticket = await desk.as("ada@demo.test", "GET", `/tickets/${number}`);
  assert.deepEqual([ticket.status, ticket.priority, ticket.rating.score], ["closed", "high", 5]);
  for (const page of [carl, ada, mia]) assert.deepEqual(page.complaints, []);
});
