// A real local process, the built pages, and a browser. Every test file has its own desk.
import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { after } from "node:test";
import { chromium } from "playwright-core";
import { BINARY, CHROMIUM, root } from "./machine.mjs";

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** Starts a desk and its pages; both end with the test file. */
export async function openDesk() {
  const child = spawn(BINARY, ["--port", "0", "--ephemeral", "--smtp-port", "0", "--web", `${root}dist`], { env: { ...process.env, RUST_LOG: "error" } });
  after(() => void child.kill());
  const { api, smtp } = await ready(child);
  return new Desk(api, smtp);
}

function ready(child) {
  return new Promise((resolve, reject) => {
    let text = "";
    const read = (chunk) => {
      text += String(chunk);
      const found = /ready (http:\S+)[\s\S]*smtp 127\.0\.0\.1:(\d+)/.exec(text);
      if (found) resolve({ api: found[1], smtp: Number(found[2]) });
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("exit", (code) => reject(new Error(`The local process ended with ${code}: ${text.slice(-600)}`)));
  });
}

class Desk {
  constructor(api, smtp) {
    this.api = api;
    this.smtp = smtp;
    // The process serves the pages itself, under the policy that it serves them under everywhere.
    this.url = api;
  }

  /** Calls the API as somebody, to bring a desk into a state, or to look what it holds. */
  async as(email, method, path, body, headers = {}) {
    this.tokens ??= new Map();
    if (!this.tokens.has(email)) {
      const answer = await fetch(`${this.api}/local/token`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ tenant: "demo", email }) });
      this.tokens.set(email, (await answer.json()).access_token);
    }
    const answer = await fetch(`${this.api}/v1${path}`, { method, headers: { authorization: `Bearer ${this.tokens.get(email)}`, "content-type": "application/json", ...headers }, ...(body ? { body: JSON.stringify(body) } : {}) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : null;
  }

  /** Moves the desk's clock forward, and answers what it shows. Tokens may have ended by then. */
  async advance(duration) {
    const answer = await fetch(`${this.api}/local/clock`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ advance: duration }) });
    this.tokens?.clear();
    return (await answer.json()).now;
  }

  /** Imports tickets from CSV, which is the quickest way to have many; answers the job when it is done. */
  async import(csv) {
    const { id, upload } = await this.as("admin@demo.test", "POST", "/imports", { format: "csv", size: Buffer.byteLength(csv) });
    await fetch(upload.url, { method: "PUT", headers: upload.headers, body: csv });
    await this.as("admin@demo.test", "POST", `/imports/${id}/start`);
    for (;;) {
      const job = await this.as("admin@demo.test", "GET", `/jobs/${id}`);
      if (job.state === "done") return job;
      if (!["queued", "running"].includes(job.state)) throw new Error(`The import ended as ${job.state}: ${job.problem?.message}`);
      await sleep(200);
    }
  }

  /** Whether this desk's API has a path. */
  async has(path) {
    this.paths ??= (await (await fetch(`${this.api}/openapi.json`)).json()).paths;
    return path in this.paths;
  }
}

let browser;

/** A browser window of somebody, signed in. What its console complains of, and any dialog, is kept in `page.complaints`. */
export async function windowOf(desk, email, { path = "/", now, ...options } = {}) {
  browser ??= await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB", reducedMotion: "reduce", ...options });
  // A browser whose clock agrees with a desk that was moved forward.
  if (now) await context.clock.setSystemTime(new Date(now));
  const page = await context.newPage();
  page.complaints = [];
  page.on("pageerror", (error) => page.complaints.push(`error: ${error.message}`));
  page.on("console", (message) => {
    const text = message.text();
    // What the API refuses is logged by the browser too; tests look at what the page makes of it.
    if (message.type() === "error" && !/Failed to load resource/.test(text)) page.complaints.push(text);
  });
  page.on("dialog", (dialog) => {
    page.complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  // Long, because a machine may be busy; nothing waits longer than what it waits for takes.
  page.setDefaultTimeout(60_000);
  if (email) {
    await page.goto(desk.url);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("button", { name: email }).first().click();
    await page.waitForURL((url) => /^\/(queue|requests)/.test(url.pathname));
    if (path !== "/") await go(page, desk, path);
  }
  return page;
}

/** Opens an address; the session is found again silently. */
export async function go(page, desk, path) {
  await page.goto(desk.url + path);
  await page.waitForURL((url) => url.pathname === path.split("?")[0]);
}

after(() => browser?.close());
