import { useEffect, useSyncExternalStore, type ReactElement } from "react";
import { currentTip, keepTip, leaveTip, subscribe } from "./tip.ts";

/** The one tooltip of the page. It repeats a name that its button has anyway, so it is no one's description. */
export function TipHost(): ReactElement | null {
  const tip = useSyncExternalStore(subscribe, currentTip);
  useEffect(() => {
    if (!tip) return;
    const escape = (event: KeyboardEvent) => event.key === "Escape" && leaveTip();
    addEventListener("keydown", escape);
    return () => removeEventListener("keydown", escape);
  }, [tip]);
  if (!tip) return null;
  const { box } = tip;
  const below = box.top < 60;
  const middle = Math.min(Math.max(box.left + box.width / 2, 70), window.innerWidth - 70);
  return (
    <div className="tooltip" aria-hidden data-below={below || undefined} style={{ left: middle, top: below ? box.bottom + 6 : box.top - 6 }} onPointerEnter={keepTip} onPointerLeave={leaveTip}>
      {tip.label}
      {tip.keys && <kbd>{tip.keys}</kbd>}
    </div>
  );
}
