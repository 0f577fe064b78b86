import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect, RouterProvider } from "@tanstack/react-router";
import type { ReactElement } from "react";
import type { Me } from "../api/types.ts";
import { parseSearch, stringifySearch } from "../app/search.ts";
import { Blank, Loading, Trouble } from "../design/states.tsx";
import { useTexts } from "../i18n/index.ts";
import { readFilter } from "./queue/filters.ts";
import { QueuePage } from "./queue/QueuePage.tsx";
import { Shell } from "./Shell.tsx";

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });
const home = createRoute({ getParentRoute: () => root, path: "/", beforeLoad: () => { throw redirect({ to: "/queue", search: { status: ["open"], view: "all" } }); } });
export const queueRoute = createRoute({ getParentRoute: () => root, path: "queue", validateSearch: readFilter, component: QueuePage });
export const ticketRoute = createRoute({ getParentRoute: () => queueRoute, path: "$ticket", component: lazyRouteComponent(() => import("./ticket/TicketPage.tsx"), "TicketPage") });
const dashboard = createRoute({ getParentRoute: () => root, path: "dashboard", component: lazyRouteComponent(() => import("./dashboard/Dashboard.tsx"), "Dashboard") });
export const settingsRoute = createRoute({ getParentRoute: () => root, path: "settings/{-$section}", component: lazyRouteComponent(() => import("./settings/Settings.tsx"), "Settings") });

const router = createRouter({
  routeTree: root.addChildren([home, queueRoute.addChildren([ticketRoute]), dashboard, settingsRoute]),
  parseSearch,
  stringifySearch,
  defaultPreload: "intent",
  defaultPendingComponent: Loading,
  defaultErrorComponent: ({ error, reset }) => <Trouble failure={error} retry={reset} />,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

/** The part of staff. */
export default function Console({ me: _me }: { me: Me }): ReactElement {
  return <RouterProvider router={router} />;
}

function NotFound(): ReactElement {
  const t = useTexts();
  return (
    <main className="page" id="content" tabIndex={-1}>
      <Blank title={t.state.missing} action={<a href="/">{t.state.home}</a>}>
        {t.state.missingHint}
      </Blank>
    </main>
  );
}
