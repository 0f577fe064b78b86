// Makes the pictures of the README: the main screens of a desk with demo data, in both themes.
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { after, test } from "node:test";
import { go, openDesk, windowOf } from "../tests/support.mjs";

const out = fileURLToPath(new URL("../../docs/screenshots/", import.meta.url));

/** A desk on a usual day: more than the demo's four tickets, in every state. */
const DAY = [
  ["carl@example.test", "Invoice 2044 shows the wrong VAT number", "billing", "high", ["invoice", "vat"], "in_progress", "ada@demo.test"],
  ["dana@example.test", "Two-factor code arrives twice", "login", "medium", ["2fa"], "pending", "ada@demo.test"],
  ["carl@example.test", "Webhook retries after a 200", "technical", "urgent", ["webhook", "api"], null, null],
  ["dana@example.test", "How do I add a colleague?", "general", "low", [], "resolved", "ben@demo.test"],
  ["carl@example.test", "Import of 4,000 contacts stops at row 1,337", "technical", "high", ["import"], null, null],
  ["dana@example.test", "Purchase order instead of a card", "sales", "medium", ["contract"], "in_progress", "ben@demo.test"],
  ["carl@example.test", "تقرير شهري لا يفتح 📊", "technical", "medium", ["reports"], null, null],
  ["dana@example.test", "Please delete my old workspace", "general", "low", [], "closed", "ben@demo.test"],
  ["carl@example.test", "Mobile app signs out every morning", "login", "high", ["ios"], "in_progress", "ada@demo.test"],
  ["dana@example.test", "Education discount for 40 seats", "sales", "medium", ["contract", "education"], null, null],
];

/** Two weeks before, so that the charts have something to show: closed tickets, as another desk would hand them over. */
async function before(desk) {
  const rows = ["id,subject,status,category,requester_email,created_at,closed_at,message_body"];
  const day = 86_400_000;
  const midnight = Math.floor(Date.now() / day) * day;
  for (let ago = 13; ago > 0; ago -= 1) {
    const weekend = [0, 6].includes(new Date(midnight - ago * day).getUTCDay());
    for (let row = 0; row < (weekend ? 2 : 5 + ((ago * 7) % 6)); row += 1) {
      const created = midnight - ago * day + (8 + row) * 3_600_000;
      rows.push(`B-${ago}-${row},Earlier request ${ago}.${row},closed,${["technical", "billing", "general"][row % 3]},${row % 2 ? "carl" : "dana"}@example.test,${new Date(created).toISOString()},${new Date(created + 5_000_000).toISOString()},Earlier.`);
    }
  }
  await desk.import(rows.join("\n"));
}

async function fill(desk) {
  await before(desk);
  const staff = Object.fromEntries((await desk.as("mia@demo.test", "GET", "/agents")).items.map((agent) => [agent.email, agent.id]));
  for (const [who, subject, category, priority, tags, status, assignee] of DAY) {
    // A day is not over in a second: ages and promises differ as they do on a real desk.
    await desk.advance("PT43M");
    const { id } = await desk.as(who, "POST", "/tickets", { subject, body: `Hello,\n\n${subject.toLowerCase()}. It has been so since **this morning**; nothing was changed on our side.\n\nThank you!`, category, priority });
    await desk.as("mia@demo.test", "PATCH", `/tickets/${id}`, { tags, ...(assignee ? { assignee: staff[assignee] } : {}) });
    if (status) await desk.advance("PT9M");
    if (status) await desk.as(assignee, "POST", `/tickets/${id}/messages`, { kind: "reply", body: "Thank you for writing. We are looking into it, and come back to you today.", status });
  }
  if (await desk.has("/v1/views")) {
    for (const [name, filter] of [["Billing, open", [{ field: "status", is: ["open"] }, { field: "category", is: ["billing"] }]], ["Contracts", [{ field: "tag", is: ["contract"] }]]]) await desk.as("mia@demo.test", "POST", "/views", { name, filter, scope: { type: "shared" } });
  }
  await desk.as("mia@demo.test", "POST", "/tags/vat/rename", { to: "value-added-tax" });
  await desk.as("mia@demo.test", "POST", "/exports", { format: "csv", filter: { status: ["open"] } });
  if (await desk.has("/v1/canned-responses")) await desk.as("mia@demo.test", "POST", "/canned-responses", { shortcut: "/thanks", title: "Thank you, we are on it", body: "Hello {{requester.first_name}},\n\nthank you for writing. We are on it.", scope: "shared" });
}

test("screenshots", async () => {
  mkdirSync(out, { recursive: true });
  const desk = await openDesk();
  await fill(desk);
  const now = await desk.advance("PT7M");
  for (const colorScheme of ["light", "dark"]) {
    const shot = (page, name, options = {}) => page.waitForTimeout(700).then(() => page.screenshot({ path: `${out}${name}-${colorScheme}.png`, ...options }));
    const mia = await windowOf(desk, "mia@demo.test", { now, colorScheme, path: "/queue?status=open&view=all" });
    await mia.getByRole("row", { name: /Webhook retries/ }).waitFor();
    // A view that was just made is still being counted.
    await mia.getByRole("link", { name: "Billing, open 1" }).waitFor();
    await shot(mia, "queue");
    await go(mia, desk, "/queue/DEMO-2026-0001?status=open&view=all");
    await mia.getByText("opened the ticket").waitFor();
    await shot(mia, "ticket");
    await mia.keyboard.press("Control+k");
    await mia.getByRole("combobox", { name: "Commands" }).fill("t");
    await shot(mia, "commands");
    await go(mia, desk, "/dashboard");
    await mia.getByRole("heading", { name: "Breaks next" }).waitFor();
    await shot(mia, "dashboard");
    const admin = await windowOf(desk, "admin@demo.test", { now, colorScheme, path: "/settings/policies" });
    await admin.getByRole("cell", { name: "Standard", exact: true }).waitFor();
    await shot(admin, "settings");
    await go(admin, desk, "/settings/jobs");
    await admin.getByRole("cell", { name: "Tag vat becomes value-added-tax", exact: true }).waitFor();
    await shot(admin, "jobs");
    const carl = await windowOf(desk, "carl@example.test", { now, colorScheme, viewport: { width: 390, height: 844 } });
    await carl.getByRole("link", { name: /The export stops/ }).waitFor();
    await shot(carl, "portal-phone");
    await carl.getByRole("link", { name: /The export stops/ }).click();
    await carl.getByText("Which browser do you use?").waitFor();
    await shot(carl, "request-phone");
    await carl.goto(`${desk.url}/design`);
    await carl.setViewportSize({ width: 1100, height: 900 });
    await carl.getByRole("heading", { name: "Design system" }).waitFor();
    await shot(carl, "design", { fullPage: true });
  }
});

after(() => console.log(`pictures in ${out}`));
