import { createRootRoute, createRoute, createRouter, redirect, RouterProvider } from "@tanstack/react-router";
import type { ReactElement } from "react";
import type { Me } from "../api/types.ts";
import { parseSearch, stringifySearch } from "../app/search.ts";
import { Blank, Trouble } from "../design/states.tsx";
import { useTexts } from "../i18n/index.ts";
import { Frame } from "./Frame.tsx";
import { NewRequest } from "./NewRequest.tsx";
import { Request } from "./Request.tsx";
import { Requests } from "./Requests.tsx";

export const SHOWN = ["open", "done"] as const;

const root = createRootRoute({ component: Frame, notFoundComponent: NotFound });
const home = createRoute({ getParentRoute: () => root, path: "/", beforeLoad: () => { throw redirect({ to: "/requests" as never }); } });
const requests = createRoute({ getParentRoute: () => root, path: "requests", component: Requests, validateSearch: (search: Record<string, unknown>): { show?: (typeof SHOWN)[number] } => { const show = SHOWN.find((one) => one === search.show); return show ? { show } : {}; } });
const fresh = createRoute({ getParentRoute: () => root, path: "requests/new", component: NewRequest });
const request = createRoute({ getParentRoute: () => root, path: "requests/$ticket", component: Request });

const router = createRouter({ routeTree: root.addChildren([home, requests, fresh, request]), parseSearch, stringifySearch, defaultErrorComponent: ({ error, reset }) => <Trouble failure={error} retry={reset} />, scrollRestoration: true });

/** The part of customers. It knows nothing of the console, and asks for nothing that is for staff. */
export default function Portal({ me: _me }: { me: Me }): ReactElement {
  return <RouterProvider router={router as never} />;
}

function NotFound(): ReactElement {
  const t = useTexts();
  return (
    <Blank title={t.state.missing} action={<a href="/">{t.state.home}</a>}>
      {t.state.missingHint}
    </Blank>
  );
}
