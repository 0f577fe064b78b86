// The portal on a phone, in German and in the dark.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openDesk, windowOf } from "../support.mjs";

test("a customer asks, answers and closes on a phone", async () => {
  const desk = await openDesk();
  const page = await windowOf(desk, "dana@example.test", { viewport: { width: 390, height: 844 }, colorScheme: "dark", hasTouch: true, isMobile: true });
  const fits = async () => assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing reaches beyond the screen");
  await page.getByRole("heading", { name: "Hello Dana" }).waitFor();
  await fits();
  await page.getByRole("button", { name: /^Account/ }).click();
  await page.getByRole("menuitem", { name: "Deutsch" }).click();
  await page.getByRole("heading", { name: "Guten Tag Dana" }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), "de");
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");

  await page.getByRole("link", { name: "Neue Anfrage" }).click();
  await page.getByRole("button", { name: "Anfrage senden" }).click();
  // All that is wrong is said at once, and read with its field.
  await page.getByRole("textbox", { name: "In wenigen Worten" }).and(page.locator("[aria-invalid=true]")).waitFor();
  await fits();
  await page.getByRole("textbox", { name: "In wenigen Worten" }).fill("Rechnungsadresse".repeat(12));
  await page.getByRole("textbox", { name: "Was ist passiert?" }).fill("Die Adresse ist falsch. مرحبا 👋");
  await page.getByRole("button", { name: "Anfrage senden" }).click();
  await page.getByRole("textbox", { name: "Ihre Antwort" }).waitFor();
  await fits();
  await page.getByRole("textbox", { name: "Ihre Antwort" }).fill("Noch etwas: Es eilt.");
  await page.getByRole("button", { name: "Senden", exact: true }).click();
  await page.getByRole("listitem").filter({ hasText: "Es eilt." }).waitFor();
  await page.getByRole("button", { name: "Es ist gelöst, bitte schließen" }).click();
  await page.getByText("Diese Anfrage ist geschlossen.").waitFor();
  await page.getByRole("button", { name: "Es ist nicht gelöst" }).click();
  await page.getByText("Diese Anfrage ist geschlossen.").waitFor({ state: "detached" });
  assert.deepEqual(page.complaints, []);
});

test("the portal wears its brand's colour, in both themes", async () => {
  const desk = await openDesk();
  const page = await windowOf(desk, "customer@ozean.test");
  const token = (name) => page.evaluate((name) => document.documentElement.style.getPropertyValue(name), name);
  await page.waitForFunction(() => document.documentElement.style.getPropertyValue("--brand") === "rgb(11 95 165)");
  assert.equal(await token("--accent"), "rgb(11 95 165)");
  await page.getByRole("button", { name: /^Account/ }).click();
  await page.getByRole("menuitem", { name: "Dark" }).click();
  await page.waitForFunction(() => document.documentElement.style.getPropertyValue("--accent") !== "rgb(11 95 165)");
  assert.equal(await token("--brand"), "rgb(11 95 165)");
  assert.deepEqual(page.complaints, []);
});

test("a customer is led to the portal, and staff to the console", async () => {
  const desk = await openDesk();
  const page = await windowOf(desk, "carl@example.test");
  await page.goto(`${desk.url}/queue`);
  await page.getByRole("heading", { name: "There is nothing here." }).waitFor();
});
