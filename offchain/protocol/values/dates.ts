// Moments as people read them: a date, and how long it is until then by the chain's clock.
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

/** A moment with the time left or passed; both are unix seconds: `2026-01-05 12:00:00 UTC (in 3 d 4 h)`. @throws RangeError if it is no date */
export function showMoment(time: number, now: number): string {
  const apart = Math.abs(time - now);
  return `${showDate(time)} (${time === now ? "now" : time > now ? `in ${showSpan(apart)}` : `${showSpan(apart)} ago`})`;
}
