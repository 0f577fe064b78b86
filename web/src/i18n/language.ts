import { use, useSyncExternalStore } from "react";

export type Language = "en" | "de";

const KEPT = "lambdesk.language";
const listeners = new Set<() => void>();
let current: Language = chosen();

function chosen(): Language {
  const kept = localStorage.getItem(KEPT);
  if (kept === "en" || kept === "de") return kept;
  return navigator.languages.find((tag) => /^(en|de)\b/.test(tag))?.startsWith("de") ? "de" : "en";
}

/** The language of the page, in this browser. */
export function language(): Language {
  return current;
}

export function setLanguage(next: Language): void {
  localStorage.setItem(KEPT, next);
  current = next;
  document.documentElement.lang = next;
  listeners.forEach((listener) => listener());
}

export function useLanguage(): Language {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}

/** Widens the texts of one language to what every language must have: the same names, and functions of the same arguments. */
export type Texts<T> = { [K in keyof T]: T[K] extends string ? string : T[K] extends string[] ? string[] : T[K] extends (...args: infer A) => string ? (...args: A) => string : Texts<T[K]> };

/** A hook for the texts of one part of the page. English comes with the code; German is fetched when it is asked for. */
export function catalogue<T extends object>(en: T, de: () => Promise<Texts<T>>): () => Texts<T> {
  let german: Promise<Texts<T>> | undefined;
  return function useTexts() {
    const language = useLanguage();
    if (language === "en") return en as Texts<T>;
    german ??= de();
    return use(german);
  };
}

/** The right form of a number's noun: `plural("en", 1, { one: "ticket", other: "tickets" })`. */
export function plural(language: Language, count: number, forms: { one: string; other: string }): string {
  const form = new Intl.PluralRules(language).select(count) === "one" ? forms.one : forms.other;
  return `${new Intl.NumberFormat(language).format(count)} ${form}`;
}
