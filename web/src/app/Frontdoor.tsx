import type { ReactElement } from "react";
import { signIn } from "../auth/session.ts";
import { Button } from "../design/Button.tsx";
import { useTexts } from "../i18n/index.ts";
import { LanguageSwitch } from "./Preferences.tsx";
import "./app.css";

/** Whoever is not signed in sees this, and nothing of any desk. */
export function Frontdoor({ why }: { why: string | null }): ReactElement {
  const t = useTexts();
  const sentence = why === "unreachable" ? t.signIn.unreachable : why ? t.signIn.failed : null;
  return (
    <main className="frontdoor">
      <div className="frontdoor-card">
        <Wordmark />
        <h1>{t.signIn.title}</h1>
        {sentence && <p role="alert">{sentence}</p>}
        <Button kind="primary" autoFocus onPress={() => (why === "unreachable" ? location.reload() : void signIn())}>
          {why === "unreachable" ? t.state.retry : t.signIn.button}
        </Button>
      </div>
      <LanguageSwitch />
    </main>
  );
}

export function Wordmark(): ReactElement {
  return (
    <span className="wordmark">
      <svg width="22" height="22" viewBox="0 0 32 32" aria-hidden focusable="false">
        <path d="M7 4h4.600l12 24H19l-5.3-10.600L9.3 28H4.700l6.6-14.600z" fill="currentColor" />
      </svg>
      Lambdesk
    </span>
  );
}
