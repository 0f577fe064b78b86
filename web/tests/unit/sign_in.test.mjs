import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { load } from "./modules.mjs";

const { base64url, challengeOf, newVerifier } = await load("auth/pkce.ts");

test("the challenge of RFC 7636, appendix B", async () => {
  assert.equal(await challengeOf("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
});

test("verifiers differ and are as long as they must be", async () => {
  const verifiers = new Set(Array.from({ length: 100 }, newVerifier));
  assert.equal(verifiers.size, 100);
  for (const verifier of verifiers) assert.match(verifier, /^[\w-]{43}$/);
  const [one] = verifiers;
  assert.equal(await challengeOf(one), createHash("sha256").update(one).digest("base64url"));
  assert.equal(base64url(new Uint8Array([251, 255, 254])), "-__-");
});
