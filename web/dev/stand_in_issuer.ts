import { createHash, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Connect, Plugin } from "vite";
import { page } from "./people.ts";

/**
 * Stands in for the development issuer where the local process has none: authorization code with PKCE, silent sign-in by cookie, refresh
 * tokens. Its access tokens are the process's own. It is part of the dev and preview servers, never of the build.
 */
export function standInIssuer(desk: string): Plugin {
  const handle = issuer(desk);
  return {
    name: "stand-in-issuer",
    configureServer: (server) => void server.middlewares.use(handle),
    configurePreviewServer: (server) => void server.middlewares.use(handle),
  };
}

interface Grant {
  person: string;
  challenge?: string;
  redirect?: string;
}

function issuer(desk: string): Connect.NextHandleFunction {
  const grants = new Map<string, Grant>();
  const give = (grant: Grant) => {
    const handle = randomUUID();
    grants.set(handle, grant);
    return handle;
  };
  const tokens = async (response: ServerResponse, person: string) => {
    const [tenant, email] = person.split("|");
    const answer = await fetch(`${desk}/local/token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ tenant, email }),
    });
    if (!answer.ok) return json(response, 400, { error: "invalid_grant" });
    const { access_token } = (await answer.json()) as { access_token: string };
    json(response, 200, { access_token, token_type: "Bearer", expires_in: 3600, refresh_token: give({ person }) });
  };

  const authorize = (request: IncomingMessage, response: ServerResponse, url: URL) => {
    const asked = url.searchParams;
    const redirect = new URL(asked.get("redirect_uri") ?? "/", url);
    if (redirect.origin !== url.origin) return json(response, 400, { error: "invalid_request" });
    const chosen = asked.get("person");
    const person = chosen ?? cookie(request, "stand_in");
    if (!person && asked.get("prompt") !== "none") return html(response, page(url));
    if (!chosen && asked.get("prompt") !== "none") return html(response, page(url));
    redirect.searchParams.set("state", asked.get("state") ?? "");
    if (person) {
      redirect.searchParams.set("code", give({ person, challenge: asked.get("code_challenge") ?? "", redirect: asked.get("redirect_uri") ?? "" }));
      response.setHeader("set-cookie", `stand_in=${encodeURIComponent(person)}; Path=/local/oidc; HttpOnly; SameSite=Lax`);
    } else {
      redirect.searchParams.set("error", "login_required");
    }
    response.writeHead(302, { location: redirect.href }).end();
  };

  const exchange = async (request: IncomingMessage, response: ServerResponse) => {
    const form = new URLSearchParams(await text(request));
    const handle = form.get("code") ?? form.get("refresh_token") ?? "";
    const grant = grants.get(handle);
    grants.delete(handle);
    const proof = createHash("sha256").update(form.get("code_verifier") ?? "").digest("base64url");
    const good = grant && (form.get("grant_type") === "refresh_token" || (grant.challenge === proof && grant.redirect === form.get("redirect_uri")));
    if (!good) return json(response, 400, { error: "invalid_grant" });
    await tokens(response, grant.person);
  };

  return (request, response, next) => {
    const url = new URL(request.url ?? "/", `http://${request.headers.host}`);
    const base = `${url.origin}/local/oidc`;
    if (url.pathname !== "/config.json" && !url.pathname.startsWith("/local/oidc/")) return next();
    void fetch(`${desk}/config.json`).then((own) => {
      if (own.ok) return next();
      if (url.pathname === "/config.json") return json(response, 200, { issuer: base, client_id: "lambdesk-console", api: "" });
      switch (url.pathname.slice("/local/oidc/".length)) {
        case ".well-known/openid-configuration":
          return json(response, 200, {
            issuer: base,
            authorization_endpoint: `${base}/authorize`,
            token_endpoint: `${base}/token`,
            end_session_endpoint: `${base}/logout`,
          });
        case "authorize":
          return authorize(request, response, url);
        case "token":
          return exchange(request, response);
        case "logout": {
          response.setHeader("set-cookie", "stand_in=; Path=/local/oidc; Max-Age=0");
          return response.writeHead(302, { location: url.searchParams.get("post_logout_redirect_uri") ?? "/" }).end();
        }
        default:
          return next();
      }
    }, next);
  };
}

function cookie(request: IncomingMessage, name: string): string | undefined {
  const found = request.headers.cookie?.split("; ").find((pair) => pair.startsWith(`${name}=`));
  const value = found && decodeURIComponent(found.slice(name.length + 1));
  return value || undefined;
}

async function text(request: IncomingMessage): Promise<string> {
  let whole = "";
  for await (const chunk of request) whole += String(chunk);
  return whole;
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" }).end(JSON.stringify(body));
}

function html(response: ServerResponse, body: string): void {
  response.writeHead(200, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" }).end(body);
}
