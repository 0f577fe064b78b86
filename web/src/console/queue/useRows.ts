import { useLayoutEffect, useState, type RefObject } from "react";

/** Rows that are drawn beyond what is in sight, so that a quick scroll shows no gap. */
const BEYOND = 4;

/**
 * Which rows of a long list are in sight. All rows have one height, so nothing is measured: the range follows from the scroll position, and the
 * list is drawn anew only when the range changes, not with each pixel.
 */
export function useRows(box: RefObject<HTMLElement | null>, count: number, height: number): { from: number; to: number } {
  const [range, setRange] = useState({ from: 0, to: 40 });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = () => {
      const from = Math.max(0, Math.floor(element.scrollTop / height) - BEYOND);
      const to = Math.ceil((element.scrollTop + element.clientHeight) / height) + BEYOND;
      // Steps of four rows: fewer drawings, each a little larger.
      const next = { from: from - (from % 4), to: to + (4 - (to % 4)) };
      setRange((before) => (before.from === next.from && before.to === next.to ? before : next));
    };
    // The observer calls once at the start, when the layout is done: to look here would force it to be done early.
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, [box, height]);
  return { from: Math.min(range.from, count), to: Math.min(range.to, count) };
}
