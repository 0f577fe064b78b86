import type { ReactElement } from "react";

/** Strokes on a grid of 16. Drawn here, so that nothing is fetched and every line has the same weight. */
const PATHS = {
  check: "M3.5 8.5l3 3 6-7",
  minus: "M4 8h8",
  down: "M4.5 6.5L8 10l3.5-3.5",
  left: "M9.5 4L5.5 8l4 4",
  right: "M6.5 4l4 4-4 4",
  close: "M4 4l8 8M12 4l-8 8",
  plus: "M8 3.5v9M3.5 8h9",
  search: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.5 10.5L14 14",
  clip: "M12.5 7.5l-4.8 4.8a3 3 0 0 1-4.2-4.2l5.3-5.3a2 2 0 0 1 2.8 2.8L6.4 10.8a1 1 0 0 1-1.4-1.4l4.5-4.5",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  reply: "M6.5 4L2.5 8l4 4M3 8h6.5a4 4 0 0 1 4 4v.5",
  note: "M3 3h10v7l-3 3H3zM10 13v-3h3M5.5 6h5M5.5 8.5h3",
  person: "M8 8a2.75 2.75 0 1 0 0-5.5A2.75 2.75 0 0 0 8 8zM2.8 14c.5-2.8 2.6-4.2 5.2-4.2s4.7 1.4 5.2 4.2",
  team: "M6 7.500a2.250 2.250 0 1 0 0-4.5 2.250 2.250 0 0 0 0 4.500zM1.8 13.500c.4-2.6 2-3.8 4.2-3.800s3.8 1.2 4.2 3.800M10.5 3.200a2.250 2.250 0 0 1 0 4.200M11.8 9.900c1.4.5 2.2 1.7 2.5 3.6",
  clock: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.800V8l2.2 1.6",
  edit: "M3 13l.6-2.800L10.8 3a1.3 1.3 0 0 1 1.8 0l.4.4a1.3 1.3 0 0 1 0 1.800L5.8 12.400zM9.5 4.300l2.2 2.2",
  file: "M4 2h5l3 3v9H4zM9 2v3h3",
  chart: "M2.5 13.500h11M4.5 11V8M8 11V4M11.5 11V6.5",
  gear: "M8 10.200a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.400zM8 1.800v2M8 12.200v2M1.8 8h2M12.2 8h2M3.6 3.600L5 5M11 11l1.4 1.400M12.4 3.600L11 5M5 11l-1.4 1.4",
  inbox: "M2.5 9.500L4.5 3h7l2 6.500V13h-11zM2.5 9.500H6l.7 1.500h2.600l.7-1.500h3.5",
  eye: "M1.5 8S4 3.7 8 3.7 14.5 8 14.5 8 12 12.3 8 12.3 1.5 8 1.5 8zM8 9.800a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.600z",
  link: "M6.8 9.200a2.6 2.6 0 0 0 3.7 0l2.3-2.300a2.6 2.6 0 0 0-3.7-3.700l-.8.8M9.2 6.800a2.6 2.6 0 0 0-3.7 0L3.2 9.100a2.6 2.6 0 0 0 3.7 3.700l.8-.8",
  merge: "M4 2.500v3C4 8 6 9 8 9v4.500M12 2.500v3C12 8 10 9 8 9M6 11.500l2 2 2-2",
  split: "M8 13.5V9C8 7 4 7 4 2.5M8 9c0-2 4-2 4-6.500M2.3 4.2L4 2.500l1.7 1.7M10.3 4.2L12 2.500l1.7 1.7",
  save: "M8 2.500v7.500M4.8 7L8 10.200 11.2 7M3 13.500h10",
  moon: "M13 9.500A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.500z",
  snooze: "M8 14A5.5 5.5 0 1 0 8 3a5.5 5.5 0 0 0 0 11zM2 3.500L4 2M14 3.500L12 2M6 6.800h4L6 10.500h4",
  bolt: "M9 1.800L3.5 9H8l-1 5.200L12.5 7H8z",
  star: "M8 2l1.8 3.8 4.2.5-3.1 2.9.8 4.100L8 11.300l-3.7 2 .8-4.100L2 6.300l4.2-.5z",
  menu: "M2.5 4.500h11M2.5 8h11M2.5 11.500h11",
  bold: "M5 3h3.700a2.4 2.4 0 0 1 0 4.800H5zM5 7.800h4.300a2.6 2.6 0 0 1 0 5.200H5z",
  italic: "M7 3h4M5 13h4M9.2 3l-2.4 10",
  code: "M5.5 4.500L2 8l3.5 3.500M10.5 4.500L14 8l-3.5 3.5",
  list: "M6 4h7.500M6 8h7.500M6 12h7.500M2.8 4h.01M2.8 8h.01M2.8 12h.01",
  quote: "M3 4v8M6 5h7M6 8h7M6 11h4",
  trash: "M3 4.500h10M6.5 4.500v-2h3v2M4.5 4.500l.6 9h5.800l.6-9",
  mail: "M2 4h12v8.500H2zM2 4.500l6 4.5 6-4.5",
  refresh: "M13 8a5 5 0 1 1-1.6-3.700M13.2 2v3h-3",
  undo: "M5.5 3L2.5 6l3 3M3 6h6.500a3.5 3.5 0 0 1 0 7H6",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }): ReactElement {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth={name === "more" ? 2.2 : 1.5} strokeLinecap="round" strokeLinejoin="round" aria-hidden focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
