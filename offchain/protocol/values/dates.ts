// Moments as people read them: a date, and how long it is until then by the chain's clock.
import { Failure } from "./failure.ts";

/** A thousand years, in seconds: what is longer is a slip of the pen. */
const LONGEST = 31_557_600_000;
const UNITS = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
] as const;

/** A moment (unix seconds) as a date: 1767614400 → `2026-01-05 12:00:00 UTC`. @throws RangeError if it is no date */
export function showDate(time: number): string {
  return `${new Date(time * 1000).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** A duration in seconds: 273600 → `3 d 4 h`. It shows the two largest units (or `units` of them), rounded down, but never to 0. */
export function showSpan(seconds: number, units = 2): string {
  const first = UNITS.findIndex(([, size]) => seconds >= size);
  if (first < 0) return "0 s";
  let left = Math.floor(seconds);
  const parts = UNITS.slice(first, first + units).map(([unit, size]) => {
    const count = Math.floor(left / size);
    left -= count * size;
    return count === 0 ? "" : `${count} ${unit}`;
  });
  return parts.filter((part) => part !== "").join(" ");
}

/** A duration in seconds, exactly: 90061 → `1 d 1 h 1 min 1 s`. */
export function showDuration(seconds: number): string {
  return showSpan(seconds, UNITS.length);
}

/**
 * Reads a duration as people write it, `showDuration` above all: `1 d 4 h`, `90min`. In seconds.
 * @throws Failure for everything else, and for 0
 */
export function readSpan(text: string): number {
  const parts = [...text.matchAll(/(\d+)\s*([a-z]+)\s*/g)];
  const sizes = parts.map(
    ([, count, name]) => Number(count) * (UNITS.find(([unit]) => unit === name)?.[1] ?? Number.NaN),
  );
  const seconds = sizes.reduce((sum, size) => sum + size, 0);
  if (parts.map(([part]) => part).join("") === text.trimStart() && seconds > 0 && seconds <= LONGEST) return seconds;
  const units = UNITS.map(([unit]) => unit).join(", ");
  throw new Failure(
    `"${text}" is no time`,
    `a time is numbers with units (${units})`,
    'write it like "90 min" or "2 h 30 min"',
  );
}

/** A moment with the time left or passed; both are unix seconds: `2026-01-05 12:00:00 UTC (in 3 d 4 h)`. @throws RangeError if it is no date */
export function showMoment(time: number, now: number): string {
  const apart = Math.abs(time - now);
  return `${showDate(time)} (${time === now ? "now" : time > now ? `in ${showSpan(apart)}` : `${showSpan(apart)} ago`})`;
}
