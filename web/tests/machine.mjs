// What the tests of the screens need of a machine. `npm test` runs this first, so that what is missing is said once and in a sentence.
import { existsSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));
/** Where Debian, Fedora and macOS put it. */
const USUAL = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];

export const CHROMIUM = process.env.CHROMIUM ?? USUAL.find((path) => existsSync(path)) ?? USUAL[0];
export const BINARY = process.env.LAMBDESK_BIN ?? fileURLToPath(new URL("../../target/debug/lambdesk", import.meta.url));

function missing() {
  const lines = [];
  if (!existsSync(CHROMIUM)) lines.push(`There is no Chromium at ${CHROMIUM}. Install it (apt-get install chromium), or say where it is: CHROMIUM=/path npm test`);
  if (!existsSync(BINARY)) lines.push(`There is no local process at ${BINARY}. Build it (cargo build -p lambdesk-local), or say where it is: LAMBDESK_BIN=/path npm test`);
  if (!existsSync(`${root}dist/index.html`)) lines.push("The pages are not built: npm run build");
  return lines;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const lines = missing();
  if (lines.length > 0) {
    console.error(["The screens cannot be tested here.", ...lines].join("\n"));
    process.exit(1);
  }
}
