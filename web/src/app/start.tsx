import { QueryClientProvider } from "@tanstack/react-query";
import { Suspense, type ReactNode } from "react";
import { api } from "../api/client.ts";
import { answer } from "../api/problem.ts";
import { begin } from "../auth/session.ts";
import { Boundary, Loading } from "../design/states.tsx";
import { warmSoon } from "../design/late.ts";
import { TipHost } from "../design/TipHost.tsx";
import { Toasts } from "../design/toast.tsx";
import { Frontdoor } from "./Frontdoor.tsx";
import { openKept } from "./keep.ts";
import { queries } from "./queries.ts";
import { I18nProvider } from "react-aria-components/I18nProvider";
import { useLanguage } from "../i18n/language.ts";

/** Signs in, asks who it is, and fetches the part of the page that is theirs: nobody loads the other's code. */
export async function start(render: (page: ReactNode) => void): Promise<void> {
  const show = (page: ReactNode) => render(<Around>{page}</Around>);
  let beginning;
  try {
    beginning = await begin();
  } catch (failure) {
    console.error(failure);
    return show(<Frontdoor why="unreachable" />);
  }
  if (beginning.state === "out") return show(<Frontdoor why={beginning.why} />);
  history.replaceState(null, "", beginning.returnTo);
  try {
    const me = await queries.fetchQuery({ queryKey: ["me"], queryFn: () => answer(api.GET("/v1/me")), staleTime: Infinity });
    openKept(me.person);
    const part = me.role === "customer" ? await import("../portal/Portal.tsx") : await import("../console/Console.tsx");
    show(<part.default me={me} />);
    warmSoon();
  } catch (failure) {
    console.error(failure);
    show(<Frontdoor why="unreachable" />);
  }
}

function Around({ children }: { children: ReactNode }) {
  // Dates and the words that React Aria itself says follow the page's language, not the browser's.
  const language = useLanguage();
  return (
    <I18nProvider locale={language === "de" ? "de-DE" : "en-GB"}>
      <QueryClientProvider client={queries}>
        <Boundary>
          <Suspense fallback={<Loading />}>{children}</Suspense>
        </Boundary>
        <Suspense>
          <Toasts />
          <TipHost />
        </Suspense>
      </QueryClientProvider>
    </I18nProvider>
  );
}
