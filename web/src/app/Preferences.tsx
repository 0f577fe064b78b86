import type { ReactElement } from "react";
import { Select } from "../design/Select.tsx";
import { setTheme, useTheme, type Theme } from "../design/theme.ts";
import { useTexts } from "../i18n/index.ts";
import { setLanguage, useLanguage, type Language } from "../i18n/language.ts";

export function LanguageSwitch(): ReactElement {
  const t = useTexts();
  const language = useLanguage();
  const choices = (["en", "de"] as const).map((id) => ({ id, text: t.language[id] }));
  return <Select label={t.language.label} choices={choices} value={language} onChange={(id) => setLanguage(id as Language)} />;
}

export function ThemeSwitch(): ReactElement {
  const t = useTexts();
  const theme = useTheme();
  const choices = (["system", "light", "dark"] as const).map((id) => ({ id, text: t.theme[id] }));
  return <Select label={t.theme.label} choices={choices} value={theme} onChange={(id) => setTheme(id as Theme)} />;
}
