import { challengeOf, newVerifier } from "./pkce.ts";

/** What `/config.json` says of this installation. */
export interface Config {
  issuer: string;
  client_id: string;
  /** Where the API is; empty for the same origin. */
  api: string;
}

/** What is used of the issuer's metadata (OpenID Connect Discovery 1.0). */
interface Metadata {
  issuer: string;
  authorization_endpoint: string;
  token_endpoint: string;
  end_session_endpoint?: string;
}

/** What the issuer's token endpoint answers (RFC 6749, section 5.1). */
export interface Tokens {
  access_token: string;
  refresh_token?: string;
  id_token?: string;
  expires_in?: number;
}

/** What must outlive the way to the issuer and back; no credential is in it. */
interface Journey {
  state: string;
  verifier: string;
  returnTo: string;
}

const JOURNEY = "lambdesk.journey";
let issuer: Promise<{ config: Config; metadata: Metadata }> | undefined;

/** This installation and its issuer; asked once, and again after a failure. */
export function installation(): Promise<{ config: Config; metadata: Metadata }> {
  issuer ??= discover().catch((failure: unknown) => {
    issuer = undefined;
    throw failure;
  });
  return issuer;
}

async function discover() {
  const config = await getJson<Config>("/config.json");
  const metadata = await getJson<Metadata>(`${config.issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
  if (metadata.issuer !== config.issuer) throw new Error("The issuer calls itself by another name.");
  return { config, metadata };
}

async function getJson<T>(address: string): Promise<T> {
  const response = await fetch(address, { credentials: "omit", headers: { accept: "application/json" } });
  if (!response.ok) throw new Error(`${address} answered ${response.status}.`);
  return (await response.json()) as T;
}

/** Where the issuer leads back to. */
function redirectUri(): string {
  return `${location.origin}/signed-in`;
}

/** Leaves for the issuer. `silent` asks it to answer without showing a page; `returnTo` is where the person was. */
export async function leaveForIssuer(silent: boolean, returnTo: string): Promise<never> {
  const { config, metadata } = await installation();
  const journey: Journey = { state: newVerifier(), verifier: newVerifier(), returnTo };
  sessionStorage.setItem(JOURNEY, JSON.stringify(journey));
  const address = new URL(metadata.authorization_endpoint);
  address.search = new URLSearchParams({
    response_type: "code",
    client_id: config.client_id,
    redirect_uri: redirectUri(),
    scope: "openid profile email",
    state: journey.state,
    code_challenge: await challengeOf(journey.verifier),
    code_challenge_method: "S256",
    ...(silent ? { prompt: "none" } : {}),
  }).toString();
  location.replace(address);
  return new Promise<never>(() => undefined);
}

/** Reads the issuer's answer from the address, or null where there is none. Its `state` must be ours. */
export async function answerOfIssuer(): Promise<{ tokens?: Tokens; error?: string; returnTo: string } | null> {
  if (location.pathname !== "/signed-in") return null;
  const answer = new URLSearchParams(location.search);
  const journey = JSON.parse(sessionStorage.getItem(JOURNEY) ?? "null") as Journey | null;
  sessionStorage.removeItem(JOURNEY);
  if (!journey || answer.get("state") !== journey.state) return { error: "state_mismatch", returnTo: "/" };
  const code = answer.get("code");
  if (!code) return { error: answer.get("error") ?? "no_code", returnTo: journey.returnTo };
  const tokens = await askForTokens({ grant_type: "authorization_code", code, redirect_uri: redirectUri(), code_verifier: journey.verifier });
  return { tokens, returnTo: journey.returnTo };
}

/** The issuer heard the question, and said no. */
export class Refused extends Error {}

/** Asks the token endpoint; throws where it refuses. */
export async function askForTokens(grant: Record<string, string>): Promise<Tokens> {
  const { config, metadata } = await installation();
  const response = await fetch(metadata.token_endpoint, {
    method: "POST",
    credentials: "omit",
    headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
    body: new URLSearchParams({ ...grant, client_id: config.client_id }),
  });
  // A failing issuer has refused nothing.
  if (response.status >= 400 && response.status < 500) throw new Refused();
  if (!response.ok) throw new Error(`The issuer answered ${response.status}.`);
  return (await response.json()) as Tokens;
}

/** Ends the session at the issuer too, and comes back to the first page. */
export async function leaveForGood(idToken: string | undefined): Promise<void> {
  const { config, metadata } = await installation();
  if (!metadata.end_session_endpoint) return location.replace("/");
  const address = new URL(metadata.end_session_endpoint);
  address.searchParams.set("client_id", config.client_id);
  address.searchParams.set("post_logout_redirect_uri", `${location.origin}/`);
  // Amazon Cognito's own names for the same.
  address.searchParams.set("logout_uri", `${location.origin}/`);
  if (idToken) address.searchParams.set("id_token_hint", idToken);
  location.replace(address);
}
