import { Link, Outlet } from "@tanstack/react-router";
import { Suspense, useLayoutEffect, type ReactElement } from "react";
import { useOnline } from "../app/useOnline.ts";
import { signOut } from "../auth/session.ts";
import { Button } from "../design/Button.tsx";
import { Icon } from "../design/Icon.tsx";
import { Menu } from "../design/Menu.tsx";
import { Boundary, Loading } from "../design/states.tsx";
import { setTheme, useTheme } from "../design/theme.ts";
import { useTexts } from "../i18n/index.ts";
import { setLanguage, useLanguage } from "../i18n/language.ts";
import { wear } from "./brand.ts";
import { me, useMeta } from "./data.ts";
import { useWords } from "./words/index.ts";
import "./portal.css";

/** The brand's name and colour above every page of the portal. */
export function Frame(): ReactElement {
  const w = useWords();
  const t = useTexts();
  const meta = useMeta().data;
  const online = useOnline();
  const brand = meta?.brands.find((one) => one.id === meta.default_brand) ?? meta?.brands[0];
  const name = meta?.brands.length === 1 ? brand?.name : meta?.name;
  const colour = brand?.color;
  useLayoutEffect(() => wear(colour, document.documentElement), [colour]);
  return (
    <div className="portal">
      <a className="skip" href="#content">
        {w.skip}
      </a>
      <header className="portal-top">
        <div className="portal-width spread">
          <Link to={"/requests" as never} className="portal-name">
            <bdi className="clip">{name ?? ""}</bdi>
          </Link>
          <nav aria-label={w.nav} className="row">
            <Link to={"/requests/new" as never} className="button primary">
              <Icon name="plus" /> <span>{w.fresh}</span>
            </Link>
            <Account label={t.account.menu} />
          </nav>
        </div>
      </header>
      {!online && (
        <p className="banner" role="status">
          {t.state.offline}
        </p>
      )}
      <main className="portal-width portal-main" id="content" tabIndex={-1}>
        <Boundary resetKey={location.pathname}>
          <Suspense fallback={<Loading />}>
            <Outlet />
          </Suspense>
        </Boundary>
      </main>
      <footer className="portal-width portal-foot small quiet">{w.wait}</footer>
    </div>
  );
}

function Account({ label }: { label: string }): ReactElement {
  const t = useTexts();
  const theme = useTheme();
  const language = useLanguage();
  const other = language === "de" ? "en" : "de";
  const check = <Icon name="check" />;
  return (
    <Menu
      label={label}
      button={
        <Button kind="plain" aria-label={`${label}: ${me().name ?? me().email ?? ""}`}>
          <Icon name="person" size={18} />
        </Button>
      }
      entries={[
        { id: "language", text: t.language[other], run: () => setLanguage(other) },
        { id: "light", text: t.theme.light, icon: theme === "light" ? check : undefined, run: () => setTheme("light") },
        { id: "dark", text: t.theme.dark, icon: theme === "dark" ? check : undefined, run: () => setTheme("dark") },
        { id: "system", text: t.theme.system, icon: theme === "system" ? check : undefined, run: () => setTheme("system") },
        { id: "out", text: t.account.signOut, run: () => void signOut() },
      ]}
    />
  );
}
