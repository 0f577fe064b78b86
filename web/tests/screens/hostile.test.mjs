// Every string of a ticket is hostile. Here each place that takes one holds payloads of the sanitisers' own suites, and every screen is visited.
import assert from "node:assert/strict";
import net from "node:net";
import { test } from "node:test";
import { go, openDesk, windowOf } from "../support.mjs";

/** What the payloads try to do: leave a mark on the window. */
const RUN = "window.__ran=1";
const PAYLOADS = [
  `<script>${RUN}</script>`,
  `<img src=x onerror=${RUN}>`,
  `<svg/onload=${RUN}>`,
  `"><img src=x onerror="${RUN}">`,
  `'-${RUN}-'`,
  `<a href="javascript:${RUN}">press</a>`,
  `[press](javascript:${RUN})`,
  `[press](java\tscript:${RUN})`,
  `![x](x" onerror="${RUN})`,
  `<iframe srcdoc="<script>parent.${RUN}</script>"></iframe>`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=${RUN}&gt;">`,
  `<form><button formaction="javascript:${RUN}">press</button></form>`,
  `<style>@import 'javascript:${RUN}';</style>`,
  `<details open ontoggle=${RUN}>`,
  `<template><script>${RUN}</script></template>`,
  `<noscript><p title="</noscript><img src=x onerror=${RUN}>">`,
  `{{constructor.constructor('${RUN}')()}}`,
  `\${${RUN}}`,
  `</textarea><script>${RUN}</script>`,
  `javascript:${RUN}//`,
  `\u202Egnp.exe <b onmouseover=${RUN}>\u0000`,
  `<base href="https://evil.test/"><meta http-equiv="refresh" content="0;url=javascript:${RUN}">`,
];

/** Sends one mail to the desk, as any stranger can. */
function mail(port, { name, subject, html }) {
  const lines = ["HELO test", "MAIL FROM:<eve@evil.test>", "RCPT TO:<help@demo.test>", "DATA"];
  const encoded = (text) => `=?utf-8?B?${Buffer.from(text).toString("base64")}?=`;
  const data = [`From: ${encoded(name)} <eve@evil.test>`, "To: help@demo.test", `Subject: ${encoded(subject)}`, `Message-ID: <${Math.random()}@evil.test>`, "MIME-Version: 1.0", "Content-Type: text/html; charset=utf-8", "Content-Transfer-Encoding: base64", "", ...Buffer.from(html).toString("base64").match(/.{1,76}/g), ".", ""].join("\r\n");
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, "127.0.0.1");
    socket.on("error", reject);
    let sent = 0;
    socket.on("data", (chunk) => {
      const code = String(chunk).slice(0, 3);
      if (code === "250" && sent > lines.length) return void socket.end("QUIT\r\n", resolve);
      if (!["220", "250", "354"].includes(code)) return reject(new Error(String(chunk)));
      socket.write(sent < lines.length ? `${lines[sent]}\r\n` : data);
      sent += 1;
    });
  });
}

test("no string of a ticket runs, on any screen", async () => {
  const desk = await openDesk();
  const numbers = [];
  for (const payload of PAYLOADS) {
    const subject = payload.replace(/[\u0000-\u001f]/g, " ").slice(0, 150);
    const attachment = await desk.as("carl@example.test", "POST", "/attachments", { name: `${payload.replace(/[\u0000-\u001f/\\]/g, " ").slice(0, 80)}.txt`, size: 2 }).catch(() => null);
    if (attachment) await fetch(attachment.upload.url, { method: "PUT", headers: attachment.upload.headers, body: "hi" });
    const { number } = await desk.as("carl@example.test", "POST", "/tickets", { subject, body: payload.replaceAll("\u0000", ""), body_format: "markdown", ...(attachment ? { attachments: [attachment.id] } : {}) });
    await desk.as("carl@example.test", "POST", `/tickets/${number}/messages`, { kind: "reply", body: `<p>Mail</p>${payload.replaceAll("\u0000", "")}`, body_format: "html" });
    await desk.as("ada@demo.test", "POST", `/tickets/${number}/messages`, { kind: "note", body: payload.replaceAll("\u0000", ""), body_format: "markdown" });
    numbers.push(number);
  }
  await mail(desk.smtp, { name: PAYLOADS[1], subject: PAYLOADS[0], html: `<p>Mailed</p>${PAYLOADS.join("\n")}<img src="https://evil.test/pixel.gif">` });

  const ada = await windowOf(desk, "admin@demo.test", { path: "/queue" });
  const asked = [];
  ada.on("request", (request) => asked.push(request.url()));
  const calm = async (page, where) => {
    const ran = await Promise.all(page.frames().map((frame) => frame.evaluate(() => window.__ran).catch(() => undefined)));
    assert.ok(ran.every((mark) => mark === undefined), `a script ran at ${where}`);
    assert.deepEqual(page.complaints, [], where);
  };
  await ada.getByRole("row", { name: /window\.__ran/ }).first().waitFor();
  await calm(ada, "the queue");
  for (const number of numbers) {
    await ada.keyboard.press("Control+k");
    await ada.getByRole("combobox").fill(number);
    await ada.keyboard.press("Enter");
    await ada.waitForURL(new RegExp(`${number}`));
    await ada.getByText("opened the ticket").waitFor();
    await calm(ada, number);
  }
  await go(ada, desk, "/queue");
  const mailed = ada.getByRole("row", { name: /<script>window/ }).first();
  await mailed.click();
  await ada.getByText("opened the ticket").waitFor();

  // The mail itself: framed, without a script, and without asking anybody for its picture.
  const items = await desk.as("admin@demo.test", "GET", "/inbound-mails");
  const found = items.items.find((one) => one.ticket);
  assert.ok(found, "the mail became a ticket");
  await go(ada, desk, `/queue/${found.ticket}`);
  const frame = ada.frameLocator("iframe").first();
  await frame.getByText("Mailed").waitFor();
  assert.ok(!(await ada.locator("iframe").first().getAttribute("sandbox")).includes("allow-scripts"));
  await calm(ada, "the mail");
  assert.ok(!asked.some((url) => url.includes("evil.test")), "nobody was told that the mail was read");

  for (const payload of PAYLOADS.slice(0, 4)) await desk.as("admin@demo.test", "POST", "/ticket-templates", { name: payload.slice(0, 80), scope: "shared", ticket: { subject: payload.slice(0, 80), body: payload } });
  const hostile = `id,subject,requester_email,created_at,message_body\n"${PAYLOADS[3].replaceAll('"', '""')}","${PAYLOADS[1].replaceAll('"', '""')}",${PAYLOADS[0]}@x,2024-05-01,"${PAYLOADS[2]}"`;
  await desk.import(hostile);
  await go(ada, desk, "/settings/jobs");
  await ada.getByRole("button", { name: /^Results: Import/ }).click();
  await ada.getByRole("dialog").getByRole("row").nth(1).waitFor();
  await calm(ada, "the report of an import");
  await go(ada, desk, `/queue/${numbers[0]}`);
  await ada.getByText("opened the ticket").waitFor();
  await ada.getByRole("button", { name: "More", exact: true }).click();
  await ada.getByRole("menuitem", { name: "Split off messages" }).click();
  await ada.getByRole("dialog").getByRole("checkbox").first().waitFor({ state: "attached" });
  await calm(ada, "messages to be split off");
  await ada.keyboard.press("Escape");
  await ada.getByRole("button", { name: "New ticket" }).click();
  await ada.getByRole("dialog").getByRole("button", { name: /Template$/ }).click();
  await ada.getByRole("option").nth(3).waitFor();
  await calm(ada, "templates of tickets");

  for (const path of ["/dashboard", "/settings/ticket-templates", "/settings/tags", "/settings/audit", "/settings/mails", "/settings/addresses", "/settings/people", "/settings/templates"]) {
    await go(ada, desk, path);
    await ada.getByRole("heading", { level: 1 }).waitFor();
    await ada.waitForTimeout(300);
    await calm(ada, path);
  }
  const carl = await windowOf(desk, "carl@example.test");
  for (const number of numbers) {
    await go(carl, desk, `/requests/${number}`);
    await carl.getByRole("heading", { level: 1 }).waitFor();
    await calm(carl, `portal ${number}`);
  }
});

test("a customer's page never receives what is for staff", async () => {
  const desk = await openDesk();
  const secret = "internal-canary-7731";
  await desk.as("ada@demo.test", "POST", "/tickets/DEMO-2026-0001/messages", { kind: "note", body: secret });
  await desk.as("ada@demo.test", "PATCH", "/tickets/DEMO-2026-0001", { tags: ["tag-canary-7731"] });
  const carl = await windowOf(desk, null);
  const paths = new Set();
  const bodies = [];
  const files = [];
  carl.on("response", (response) => {
    const url = new URL(response.url());
    if (url.pathname.startsWith("/v1/")) {
      paths.add(url.pathname.replace(/DEMO-[\d-]+|[0-9a-f-]{36}/g, "*"));
      // Who they are themselves is theirs to know.
      if (url.pathname !== "/v1/me") bodies.push(response.text().catch(() => ""));
    } else if (url.pathname.startsWith("/assets/")) files.push(url.pathname);
  });
  await carl.goto(desk.url);
  await carl.getByRole("button", { name: "Sign in" }).click();
  await carl.getByRole("button", { name: "carl@example.test" }).first().click();
  await carl.getByRole("link", { name: /The export stops/ }).click();
  await carl.getByText("Which browser do you use?").waitFor();
  await carl.getByRole("textbox", { name: "Your answer" }).fill("Still so.");
  await carl.getByRole("button", { name: "Send", exact: true }).click();
  await carl.getByRole("listitem").filter({ hasText: "Still so." }).waitFor();
  await carl.getByRole("link", { name: "New request" }).click();
  await carl.getByRole("textbox", { name: "In a few words" }).waitFor();

  const received = (await Promise.all(bodies)).join("\n");
  for (const word of [secret, "tag-canary-7731", '"sla"', '"tags"', '"participants"', '"audiences"', '"created_by"', '"mentions"', '"kind":"note"', "ada@demo.test", "Ada Berg"]) assert.ok(!received.includes(word), `${word} came to a customer`);
  assert.deepEqual([...paths].sort(), ["/v1/me", "/v1/meta", "/v1/tickets", "/v1/tickets/*", "/v1/tickets/*/messages"]);
  const staff = files.filter((file) => /Console|TicketPage|Dashboard|Settings|Palette/.test(file));
  assert.deepEqual(staff, [], "nothing of the console is loaded");
});
