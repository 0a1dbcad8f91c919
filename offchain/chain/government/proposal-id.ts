/** A proposal's number as people handle it: the beginning of its hexadecimal digits is enough. */
export function showId(id: bigint): string {
  return `0x${id.toString(16).padStart(64, "0")}`;
}

const SHOWN_DIGITS = 10;

/** The beginning of a proposal's number, for tables. */
export function shortId(id: bigint): string {
  return showId(id).slice(0, SHOWN_DIGITS + 2);
}
