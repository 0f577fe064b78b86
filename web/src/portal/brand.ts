/*
 * A brand's colour, made fit to be read: whatever colour a desk chose, words and signs in it reach 4.5:1 on what they stand on (WCAG 2.2, 1.4.3),
 * in both themes.
 */
type Rgb = readonly [number, number, number];

const INK: Rgb = [0x11, 0x15, 0x13];
const WHITE: Rgb = [255, 255, 255];
/** What is behind words: the darkest surface of the light theme, the lightest of the dark one. */
const BEHIND = { light: [0xe8, 0xea, 0xe5] as Rgb, dark: [0x22, 0x28, 0x24] as Rgb };
const ENOUGH = 4.5;
const STEP = 0.04;

/** The colour of `#rrggbb`; nothing where it is none. */
export function parse(text: unknown): Rgb | undefined {
  if (typeof text !== "string" || !/^#[0-9a-f]{6}$/i.test(text)) return undefined;
  const part = (at: number) => Number.parseInt(text.slice(at, at + 2), 16);
  return [part(1), part(3), part(5)];
}

/** Relative luminance, by WCAG's definition. */
function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** How well one is seen on the other, from 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function mix(one: Rgb, other: Rgb, share: number): Rgb {
  return one.map((part, at) => Math.round(part + ((other[at] ?? 0) - part) * share)) as unknown as Rgb;
}

/** The colour, as much lighter or darker as it takes to be read on all of these. */
function readable(colour: Rgb, towards: Rgb, behind: readonly Rgb[]): Rgb {
  let found = colour;
  for (let share = STEP; share <= 1 && behind.some((one) => contrast(found, one) < ENOUGH); share += STEP) found = mix(colour, towards, share);
  return found;
}

const css = ([red, green, blue]: Rgb) => `rgb(${red} ${green} ${blue})`;

/** What of the design's tokens a brand's colour changes. */
export function tokens(colour: Rgb, theme: "light" | "dark"): Record<string, Rgb> {
  const [behind, towards] = [BEHIND[theme], theme === "light" ? INK : WHITE];
  const soft = mix(colour, behind, theme === "light" ? 0.86 : 0.8);
  const accent = readable(colour, towards, [behind]);
  const on = contrast(accent, WHITE) >= contrast(accent, INK) ? WHITE : INK;
  return {
    "--brand": colour,
    "--accent": accent,
    "--accent-hover": mix(accent, on === WHITE ? INK : WHITE, 0.15),
    "--on-accent": on,
    "--accent-soft": soft,
    "--accent-ink": readable(colour, towards, [behind, soft]),
    "--focus": accent,
  };
}

/** Shows the page in this colour, in whichever theme it is; answers how to end that. */
export function wear(text: unknown, root: HTMLElement): () => void {
  const colour = parse(text);
  if (!colour) return () => undefined;
  const show = () => {
    const worn = tokens(colour, root.dataset.theme === "dark" ? "dark" : "light");
    for (const [name, value] of Object.entries(worn)) root.style.setProperty(name, css(value));
  };
  const watch = new MutationObserver(show);
  watch.observe(root, { attributeFilter: ["data-theme"] });
  show();
  return () => {
    watch.disconnect();
    for (const name of Object.keys(tokens(colour, "light"))) root.style.removeProperty(name);
  };
}
