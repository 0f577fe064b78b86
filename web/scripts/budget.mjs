// What a first load may weigh, checked after each build: all scripts that are fetched before the page shows, compressed. A ticket's own code comes
// when one is opened.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));

/** A chunk and everything that it imports at once. */
function closure(key, found = new Set()) {
  if (!found.has(key)) {
    found.add(key);
    for (const imported of manifest[key].imports ?? []) closure(imported, found);
  }
  return found;
}

function weigh(...entries) {
  const keys = new Set(entries.flatMap((entry) => [...closure(entry)]));
  const files = [...new Set([...keys].map((key) => manifest[key].file))].filter((file) => file.endsWith(".js"));
  return files.reduce((sum, file) => sum + gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length, 0);
}

const START = ["index.html", "src/app/start.tsx"];
const parts = [
  { name: "console", limit: 200, entries: [...START, "src/console/Console.tsx"] },
  { name: "console with a ticket", limit: 200, entries: [...START, "src/console/Console.tsx", "src/console/ticket/TicketPage.tsx"] },
  { name: "portal", limit: 200, entries: [...START, "src/portal/Portal.tsx"] },
];
let tooHeavy = false;
for (const { name, limit, entries } of parts) {
  const bytes = weigh(...entries);
  const over = bytes > limit * 1024;
  tooHeavy ||= over;
  console.log(`${name}: ${(bytes / 1024).toFixed(1)} KB of script, compressed${over ? `, which is over ${limit} KB` : ""}`);
}
const staff = [...closure("src/console/Console.tsx")];
const customers = [...closure("src/portal/Portal.tsx")];
const wrong = [...staff.filter((key) => key.startsWith("src/portal/")), ...customers.filter((key) => key.startsWith("src/console/"))];
if (wrong.length > 0) console.log(`loaded by those who must not: ${wrong.join(", ")}`);
process.exit(tooHeavy || wrong.length > 0 ? 1 : 0);
