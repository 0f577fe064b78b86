// A real local process, the built pages, and a browser. Every test file has its own desk.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { after } from "node:test";
import { chromium } from "playwright-core";
import { preview } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));
const BINARY = process.env.LAMBDESK_BIN ?? fileURLToPath(new URL("../../target/debug/lambdesk", import.meta.url));
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** Starts a desk and its pages; both end with the test file. */
export async function openDesk() {
  if (!existsSync(`${root}dist/index.html`)) throw new Error("There is no build: run `npm run build` first.");
  const child = spawn(BINARY, ["--port", "0", "--ephemeral", "--smtp-port", "0", "--web", `${root}dist`], { env: { ...process.env, RUST_LOG: "error" } });
  let started;
  try {
    started = await ready(child);
  } catch {
    // A process that does not serve pages yet does not know the flag.
    const older = spawn(BINARY, ["--port", "0", "--ephemeral", "--smtp-port", "0"], { env: { ...process.env, RUST_LOG: "error" } });
    started = await ready(older);
    after(() => void older.kill());
  }
  after(() => void child.kill());
  const { api, smtp } = started;
  // The desk serves the pages itself; where it cannot yet, Vite does, under the same policy.
  const own = await fetch(`${api}/config.json`);
  let url = api;
  if (!own.ok || !(await fetch(api, { headers: { accept: "text/html" } })).ok) {
    process.env.LAMBDESK_URL = api;
    const server = await preview({ root, logLevel: "error", preview: { port: 0, strictPort: false } });
    url = server.resolvedUrls.local[0].replace(/\/$/, "").replace("localhost", "127.0.0.1");
    after(() => server.close());
  }
  return new Desk(api, url, smtp);
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
  constructor(api, url, smtp) {
    this.api = api;
    this.smtp = smtp;
    this.url = url;
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

  /** Whether this desk's API has a path. */
  async has(path) {
    this.paths ??= (await (await fetch(`${this.api}/openapi.json`)).json()).paths;
    return path in this.paths;
  }
}

let browser;

/** A browser window of somebody, signed in. What its console complains of, and any dialog, is kept in `page.complaints`. */
export async function windowOf(desk, email, { path = "/", ...options } = {}) {
  browser ??= await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB", reducedMotion: "reduce", ...options });
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
  page.setDefaultTimeout(30_000);
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
