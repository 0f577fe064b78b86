import type { Plugin } from "vite";

/** Files are fetched from and sent to the store of files, which locally listens on a port of its own. */
const POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob: https: http://127.0.0.1:*",
  "connect-src 'self' http://127.0.0.1:*",
  "frame-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

/** Previews the build under the policy that it is served with, so that what it would refuse is seen here first. */
export function contentSecurityPolicy(): Plugin {
  return {
    name: "content-security-policy",
    configurePreviewServer(server) {
      server.middlewares.use((_request, response, next) => {
        response.setHeader("content-security-policy", POLICY);
        response.setHeader("x-content-type-options", "nosniff");
        response.setHeader("referrer-policy", "no-referrer");
        next();
      });
    },
  };
}
