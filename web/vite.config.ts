import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { contentSecurityPolicy } from "./dev/content_security_policy.ts";
import { standInIssuer } from "./dev/stand_in_issuer.ts";

// The local process that answers /v1 while the pages are developed.
const desk = process.env.LAMBDESK_URL ?? "http://127.0.0.1:3000";
const proxy = Object.fromEntries(["/v1", "/local", "/openapi.json", "/config.json"].map((path) => [path, desk]));

export default defineConfig({
  plugins: [react(), standInIssuer(desk), contentSecurityPolicy()],
  server: { proxy, host: "127.0.0.1" },
  preview: { proxy, host: "127.0.0.1" },
  build: {
    target: "es2022",
    manifest: true,
    // A data: address in a stylesheet would be one more source to allow in the Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
});
