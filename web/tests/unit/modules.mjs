// Loads the page's own modules: Node runs no TypeScript, Vite does.
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { createServer } from "vite";

const server = await createServer({ root: fileURLToPath(new URL("../..", import.meta.url)), configFile: false, logLevel: "error", server: { middlewareMode: true, ws: false, watch: null }, optimizeDeps: { noDiscovery: true }, appType: "custom" });
after(() => server.close());

export const load = (path) => server.ssrLoadModule(`/src/${path}`);
