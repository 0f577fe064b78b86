import { keepAll } from "../app/keep.ts";
import { answerOfIssuer, askForTokens, leaveForGood, leaveForIssuer, Refused, type Tokens } from "./issuer.ts";

/** A token is renewed this long before it ends, because clocks differ and requests take time. */
const EARLY_MS = 60_000;
/** Set while the person wants to be signed out, so that a reload does not sign them in silently again. */
const SIGNED_OUT = "lambdesk.signed_out";

/** The tokens live here and nowhere else: no storage that a script of another page, or the next person at this machine, could read. */
let held: (Tokens & { ends: number }) | undefined;
let renewal: Promise<Renewal> | undefined;
let leaving: Promise<never> | undefined;

/** `unheard`: the issuer could not be asked, which says nothing about the session. */
export type Renewal = "renewed" | "refused" | "unheard";

/** How the page begins: signed in, on its way to the issuer (never answers), or signed out for a reason. */
export type Beginning = { state: "in"; returnTo: string } | { state: "out"; why: string | null };

/** Takes the issuer's answer if one stands in the address; else asks silently, unless the person signed out. */
export async function begin(): Promise<Beginning> {
  const answer = await answerOfIssuer();
  if (answer?.tokens) {
    hold(answer.tokens);
    sessionStorage.removeItem(SIGNED_OUT);
    return { state: "in", returnTo: answer.returnTo };
  }
  if (answer) {
    history.replaceState(null, "", answer.returnTo);
    return { state: "out", why: answer.error === "login_required" ? null : (answer.error ?? null) };
  }
  if (sessionStorage.getItem(SIGNED_OUT)) return { state: "out", why: null };
  return leaveForIssuer(true, here());
}

/** Shows the issuer's page. */
export function signIn(): Promise<never> {
  sessionStorage.removeItem(SIGNED_OUT);
  return leaveForIssuer(false, here());
}

/** Forgets the tokens, and ends the session at the issuer. */
export async function signOut(): Promise<void> {
  sessionStorage.setItem(SIGNED_OUT, "1");
  const idToken = held?.id_token;
  held = undefined;
  await leaveForGood(idToken);
}

/** A token that is still good, renewed where it is about to end. */
export async function accessToken(): Promise<string | undefined> {
  if (held && held.ends - Date.now() < EARLY_MS) await renew();
  return held?.access_token;
}

/** Renews the token; several callers share one renewal. */
export function renew(): Promise<Renewal> {
  renewal ??= tryRenewal().finally(() => {
    renewal = undefined;
  });
  return renewal;
}

async function tryRenewal(): Promise<Renewal> {
  if (!held?.refresh_token) return "refused";
  const before = held.refresh_token;
  try {
    const tokens = await askForTokens({ grant_type: "refresh_token", refresh_token: before });
    // An issuer that does not rotate refresh tokens leaves it out.
    hold({ refresh_token: before, ...tokens });
    return "renewed";
  } catch (failure) {
    return failure instanceof Refused ? "refused" : "unheard";
  }
}

/** The session is over: asks the issuer silently for another, and comes back to where the person was, with what they were writing. */
export function startOver(): Promise<never> {
  // Many requests may find out at once; the page is left once.
  leaving ??= (() => {
    keepAll();
    held = undefined;
    return leaveForIssuer(true, here());
  })();
  return leaving;
}

function hold(tokens: Tokens): void {
  held = { ...tokens, ends: Date.now() + (tokens.expires_in ?? 300) * 1000 };
}

function here(): string {
  return location.pathname === "/signed-in" ? "/" : location.pathname + location.search;
}
