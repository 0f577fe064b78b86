// From the sign-in to a closed ticket without a mouse.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openDesk, windowOf } from "../support.mjs";

test("an agent signs in, answers and closes by keyboard alone", async () => {
  const desk = await openDesk();
  const page = await windowOf(desk, null);
  const focused = () => page.evaluate(() => (document.activeElement?.tagName === "BUTTON" ? document.activeElement.textContent : ""));
  await page.goto(desk.url);
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "ada@demo.test" }).waitFor();
  for (let presses = 0; presses < 60 && !(await focused()).includes("ada@demo.test"); presses += 1) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/queue/);
  await page.getByRole("row", { name: /No sign-in code/ }).waitFor();

  // "?" lists the keys; Escape closes it.
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).getByText("Write a note").or(page.getByRole("dialog", { name: "Keys" }).getByText("Next ticket")).first().waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });

  // The palette opens a ticket by number.
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Commands" }).waitFor();
  await page.keyboard.type("DEMO-2026-0003");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "No sign-in code" }).waitFor();
  await page.getByText("opened the ticket").waitFor();

  await page.keyboard.press("i");
  await page.getByText("took it").waitFor();
  await page.keyboard.press("r");
  const box = page.getByRole("textbox", { name: "Reply to the customer" });
  await page.waitForFunction(() => document.activeElement?.tagName === "TEXTAREA");
  await page.keyboard.type("We sent you a new code.");
  assert.equal(await box.inputValue(), "We sent you a new code.");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("listitem").filter({ hasText: "We sent you a new code." }).waitFor();

  // Escape leaves the field, so that keys are keys again; s and p open what they name.
  await page.waitForFunction(() => document.activeElement?.tagName !== "TEXTAREA");
  await page.keyboard.press("p");
  await page.getByRole("listbox").waitFor();
  await page.keyboard.type("Low");
  await page.keyboard.press("Enter");
  await page.getByText("changed priority from Urgent to Low").waitFor();
  await page.keyboard.press("s");
  await page.getByRole("listbox").waitFor();
  await page.keyboard.type("Closed");
  await page.keyboard.press("Enter");
  await page.getByText(/moved it from \w+ ?\w* to Closed/).waitFor();

  // Back to the list; j moves, Enter opens.
  await page.keyboard.press("Escape");
  await page.waitForURL((url) => url.pathname === "/queue");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/queue\/DEMO/);
  await page.keyboard.press("g");
  await page.keyboard.press("d");
  await page.getByRole("heading", { name: "Dashboard" }).waitFor();
  assert.deepEqual(page.complaints, []);
});
