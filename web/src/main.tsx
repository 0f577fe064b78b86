import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./design/tokens.css";
import "./design/base.css";
import "./design/components.css";
import { startTheme } from "./design/theme.ts";
import { language } from "./i18n/language.ts";

startTheme();
document.documentElement.lang = language();
const root = createRoot(document.getElementById("app") as HTMLElement);

if (location.pathname === "/design") {
  // The design system's page shows no data, so it needs nobody.
  void import("./design/page/DesignPage.tsx").then(({ DesignPage }) => root.render(<DesignPage />));
} else {
  void import("./app/start.tsx").then(({ start }) => start((page) => root.render(<StrictMode>{page}</StrictMode>)));
}
