import { lazy } from "react";

/*
 * Lists that open are React Aria's, and heavy. Their buttons are light and there from the start; the code of the lists comes when the page has
 * nothing else to do, or when a pointer or the focus comes near.
 */
const options = () => import("./Options.tsx");
const menu = () => import("./MenuOptions.tsx");
const dialog = () => import("./DialogFrame.tsx");

export const Options = lazy(() => options().then((module) => ({ default: module.Options })));
export const MenuOptions = lazy(() => menu().then((module) => ({ default: module.MenuOptions })));

export const DialogFrame = lazy(() => dialog().then((module) => ({ default: module.DialogFrame })));

/** Fetches what opens, so that it opens at once. */
export function warm(): void {
  void Promise.all([options(), menu(), dialog()]).catch(() => undefined);
}

/** Some seconds after the start, when what the page shows is there. */
export function warmSoon(): void {
  const idle = "requestIdleCallback" in window ? (run: () => void) => requestIdleCallback(run, { timeout: 10_000 }) : (run: () => void) => setTimeout(run, 1_000);
  setTimeout(() => idle(warm), 2_000);
}
