import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./modules.mjs";

const { contrast, parse, tokens } = await load("portal/brand.ts");

const SURFACES = { light: ["#e8eae5", "#eef0eb", "#f2f3ef", "#ffffff"], dark: ["#0c0f0e", "#111513", "#181d1a", "#202622", "#222824"] };

test("whatever colour a brand has, its words and buttons can be read in both themes", () => {
  const steps = ["00", "33", "66", "99", "cc", "ff"];
  for (const red of steps) for (const green of steps) for (const blue of steps) {
    const colour = `#${red}${green}${blue}`;
    for (const theme of ["light", "dark"]) {
      const worn = tokens(parse(colour), theme);
      const pairs = [
        ["--on-accent", worn["--accent"]],
        ["--on-accent", worn["--accent-hover"]],
        ["--accent-ink", worn["--accent-soft"]],
        ...SURFACES[theme].flatMap((surface) => [["--accent-ink", parse(surface)], ["--accent", parse(surface)]]),
      ];
      for (const [name, behind] of pairs) {
        const seen = contrast(worn[name], behind);
        assert.ok(seen >= 4.5, `${colour}, ${theme}: ${name} on ${behind} is ${seen.toFixed(2)}`);
      }
    }
  }
});

test("what is no colour changes nothing", () => {
  for (const text of [undefined, null, "red", "#fff", "#12345g", "url(x)"]) assert.equal(parse(text), undefined);
  assert.ok(Math.abs(contrast([0, 0, 0], [255, 255, 255]) - 21) < 0.001);
});
