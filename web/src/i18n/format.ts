import { language, type Language } from "./language.ts";

const made = new Map<string, unknown>();

/** Formatters are slow to make and lists need hundreds a frame, so each is made once a language. */
function once<T>(name: string, make: (language: Language) => T): T {
  const key = `${language()} ${name}`;
  if (!made.has(key)) made.set(key, make(language()));
  return made.get(key) as T;
}

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** 21 Nov 2026, 14:05 */
export function dateTime(time: string | number): string {
  return once("dateTime", (l) => new Intl.DateTimeFormat(l === "en" ? "en-GB" : l, { dateStyle: "medium", timeStyle: "short" })).format(new Date(time));
}

/** 14:05 today, 21 Nov this year, 21 Nov 2025 before. */
export function shortTime(time: string | number, now = Date.now()): string {
  const date = new Date(time);
  const today = new Date(now);
  const locale = (l: Language) => (l === "en" ? "en-GB" : l);
  if (date.toDateString() === today.toDateString()) return once("time", (l) => new Intl.DateTimeFormat(locale(l), { timeStyle: "short" })).format(date);
  if (date.getFullYear() === today.getFullYear()) return once("day", (l) => new Intl.DateTimeFormat(locale(l), { day: "numeric", month: "short" })).format(date);
  return once("date", (l) => new Intl.DateTimeFormat(locale(l), { dateStyle: "medium" })).format(date);
}

/** "3 hours ago", in the largest unit that fits. */
export function ago(time: string | number, now = Date.now()): string {
  const past = new Date(time).getTime() - now;
  const format = once("ago", (l) => new Intl.RelativeTimeFormat(l, { numeric: "auto", style: "short" }));
  const size = Math.abs(past);
  if (size < minute) return format.format(0, "second");
  if (size < hour) return format.format(Math.round(past / minute), "minute");
  if (size < day) return format.format(Math.round(past / hour), "hour");
  if (size < 60 * day) return format.format(Math.round(past / day), "day");
  return format.format(Math.round(past / (30 * day)), "month");
}

/** A length of time in two units: "2 d 4 h", "3 h 05 m", "12 m", "40 s". */
export function span(milliseconds: number): string {
  const seconds = Math.floor(Math.abs(milliseconds) / 1000);
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor(seconds / 3600) % 24;
  const minutes = Math.floor(seconds / 60) % 60;
  if (days > 0) return hours ? `${days} d ${hours} h` : `${days} d`;
  if (hours > 0) return `${hours} h ${String(minutes).padStart(2, "0")} m`;
  if (minutes > 0) return `${minutes} m`;
  return `${seconds} s`;
}

export function number(value: number, digits = 0): string {
  return once(`number${digits}`, (l) => new Intl.NumberFormat(l, { maximumFractionDigits: digits })).format(value);
}

export function percent(share: number): string {
  return once("percent", (l) => new Intl.NumberFormat(l, { style: "percent", maximumFractionDigits: 1 })).format(share);
}

/** A file's size: 12 kB, 3.4 MB. */
export function fileSize(bytes: number): string {
  const unit = bytes < 1000 ? "byte" : bytes < 1_000_000 ? "kilobyte" : "megabyte";
  const divisor = { byte: 1, kilobyte: 1000, megabyte: 1_000_000 }[unit];
  return once(unit, (l) => new Intl.NumberFormat(l, { style: "unit", unit, unitDisplay: unit === "byte" ? "long" : "short", maximumFractionDigits: unit === "megabyte" ? 1 : 0 })).format(bytes / divisor);
}

/** "a, b and c" */
export function list(items: string[]): string {
  return once("list", (l) => new Intl.ListFormat(l, { type: "conjunction" })).format(items);
}
