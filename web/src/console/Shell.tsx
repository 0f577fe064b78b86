import { Outlet, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useState, type ReactElement } from "react";
import { Boundary } from "../design/states.tsx";
import { setTheme } from "../design/theme.ts";
import { useTexts } from "../i18n/index.ts";
import { useOnline } from "../app/useOnline.ts";
import { DeskProvider } from "./data/desk.tsx";
import { useChanges } from "./data/tickets.ts";
import { useActions, useKeys } from "./keys/actions.ts";
import { Sidebar } from "./Sidebar.tsx";
import { useWords } from "./words/index.ts";
import "./console.css";

const Palette = lazy(() => import("./keys/Palette.tsx").then((module) => ({ default: module.Palette })));
const Help = lazy(() => import("./keys/Help.tsx").then((module) => ({ default: module.Help })));
const NewTicket = lazy(() => import("./ticket/NewTicket.tsx").then((module) => ({ default: module.NewTicket })));

/** What stands around every page of the console: places, keys, and a word where the network is gone. */
export function Shell(): ReactElement {
  const t = useTexts();
  const w = useWords();
  const navigate = useNavigate();
  const online = useOnline();
  const [open, setOpen] = useState<"palette" | "help" | "new" | null>(null);
  const [menu, setMenu] = useState(false);
  const { unreachable } = useChanges();
  useKeys(() => setOpen("palette"));
  const close = () => setOpen(null);

  const place = w.help.general;
  useActions([
    { id: "queue", text: w.key.queue, keys: "g q", section: place, run: () => void navigate({ to: "/queue", search: { view: "all", status: ["open"] } }) },
    { id: "mine", text: w.key.mine, keys: "g m", section: place, run: () => void navigate({ to: "/queue", search: { view: "mine", status: ["open"], assignee: "me" } }) },
    { id: "unassigned", text: w.key.unassigned, keys: "g u", section: place, run: () => void navigate({ to: "/queue", search: { view: "unassigned", status: ["open"], assignee: "none" } }) },
    { id: "dashboard", text: w.key.dashboard, keys: "g d", section: place, run: () => void navigate({ to: "/dashboard" }) },
    { id: "settings", text: w.key.settings, keys: "g s", section: place, run: () => void navigate({ to: "/settings/{-$section}", params: {} }) },
    { id: "new", text: w.key.fresh, keys: "c", section: place, run: () => setOpen("new") },
    { id: "help", text: w.key.help, keys: "?", section: place, run: () => setOpen("help") },
    { id: "theme", text: w.key.theme, section: place, run: () => setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark") },
  ]);

  return (
    <DeskProvider>
      <div className="shell" data-menu={menu || undefined}>
        <a className="skip" href="#content">
          {w.skip}
        </a>
        <Sidebar onNew={() => setOpen("new")} onCommands={() => setOpen("palette")} isOpen={menu} onToggle={setMenu} />
        <div className="shell-page">
          {(!online || unreachable) && (
            <p className="banner" role="status">
              {t.state.offline}
            </p>
          )}
          <Boundary resetKey={location.pathname}>
            <Outlet />
          </Boundary>
        </div>
        <Suspense>
          {open === "palette" && <Palette onClose={close} />}
          {open === "help" && <Help onClose={close} />}
          {open === "new" && <NewTicket onClose={close} />}
        </Suspense>
      </div>
    </DeskProvider>
  );
}
