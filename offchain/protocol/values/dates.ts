// Moments as people read them: a date, and how long it is until then by the chain's clock.
const UNITS = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
] as const;

/** 1767614400 → `2026-01-05 12:00:00 UTC`. */
export function showDate(time: number): string {
  return `${new Date(time * 1000).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** 273600 → `3 d 4 h`: the two largest units (or as many as asked for), rounded down, but never to nothing. */
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

/** 90061 → `1 d 1 h 1 min 1 s`: exactly. */
export function showDuration(seconds: number): string {
  return showSpan(seconds, UNITS.length);
}

/** A date, with the time left or passed: `2026-01-05 12:00:00 UTC (in 3 d 4 h)`. */
export function showMoment(time: number, now: number): string {
  const apart = Math.abs(time - now);
  return `${showDate(time)} (${time === now ? "now" : time > now ? `in ${showSpan(apart)}` : `${showSpan(apart)} ago`})`;
}
