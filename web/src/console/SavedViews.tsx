import { Link, useMatch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { number } from "../i18n/format.ts";
import { useViewCounts, useViews, isOwn } from "./data/views.ts";
import { useWords } from "./words/index.ts";

/** The views that the desk keeps: one's own, one's teams', and those for everybody, with how much is in each. */
export function SavedViews(): ReactElement | null {
  const w = useWords();
  const views = (useViews().data ?? []).filter((view) => !isOwn(view));
  const counts = useViewCounts();
  const here = useMatch({ from: "/queue", shouldThrow: false, select: (match) => match.search.view });
  if (views.length === 0) return null;
  return (
    <>
      <h2 className="sidebar-title">{w.nav.saved}</h2>
      <ul>
        {views.map((view) => {
          const count = counts.get(view.id);
          return (
            <li key={view.id}>
              <Link to="/queue" search={{ view: view.id }} className="place" aria-current={here === view.id ? "page" : undefined} activeProps={{}}>
                <bdi className="clip grow">{view.name}</bdi>
                {count !== undefined && <span className="count">{count === null ? "…" : number(count)}</span>}
              </Link>
            </li>
          );
        })}
      </ul>
    </>
  );
}
