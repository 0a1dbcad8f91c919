// When a node is asked again after it has failed, and which heads are believed. Pure.
import type { Trouble } from "./trouble.ts";

/** What is known of one node. Times are milliseconds of a clock that only goes forward. */
export type Health = {
  /** failures in a row */
  readonly failures: number;
  /** it is left alone until then */
  readonly restsUntil: number;
  /** what was wrong at the last failure; undefined after a success */
  readonly trouble: Trouble | undefined;
  /** it has been seen to be of the right chain, and at least as far as what was seen before, since it last failed */
  readonly checked: boolean;
  /** number of its newest block, as far as it has said */
  readonly head: number | undefined;
};

export const unknown: Health = {
  failures: 0,
  restsUntil: 0,
  trouble: undefined,
  checked: false,
  head: undefined,
};

/** Milliseconds after the first failure; after each further one twice as long. */
const FIRST_REST = 200;
const LONGEST_REST = 30_000;
/** Milliseconds that a node may ask for at most. */
const LONGEST_ASKED = 60_000;

/** How long a node is left alone, in milliseconds, after so many failures in a row. A node of another chain does not change soon. */
export function restOf(failures: number, { kind, retryAfter = 0 }: Trouble): number {
  const rest = kind === "foreign" ? LONGEST_REST : Math.min(LONGEST_REST, FIRST_REST * 2 ** (failures - 1));
  return Math.max(rest, Math.min(retryAfter, LONGEST_ASKED));
}

export function afterSuccess(health: Health): Health {
  if (health.failures === 0 && health.checked) return health;
  return { ...health, failures: 0, restsUntil: 0, trouble: undefined, checked: true };
}

/** After a failure of a call. Calls that were under way side by side fail together, and count once. */
export function afterFailure(health: Health, trouble: Trouble, now: number): Health {
  if (now < health.restsUntil) return { ...health, trouble };
  const failures = health.failures + 1;
  // Whoever wants fewer requests is still who it was.
  const checked = health.checked && trouble.kind === "limited";
  return { ...health, failures, trouble, checked, restsUntil: now + restOf(failures, trouble) };
}

/** The nodes to be asked now, the first one first, and those to be tried beside, because another one serves. */
export function turnOf(healths: readonly Health[], now: number): { ask: readonly number[]; probe: readonly number[] } {
  const places = healths.map((_, place) => place);
  const failed = (place: number) => (healths[place]?.failures ?? 0) > 0;
  const good = places.filter((place) => !failed(place));
  const rested = places.filter((place) => failed(place) && (healths[place]?.restsUntil ?? 0) <= now);
  return good.length > 0 ? { ask: good, probe: rested } : { ask: rested, probe: [] };
}

/** Blocks that a reorganisation may replace. A head that is lower by more is no reorganisation. */
export const REORGANISATION = 32;
/** Blocks by which a chain grows between two looks: on the fastest one in days. */
export const LEAP = 1_000_000;
/** Blocks by which one node may be ahead of another that is none the worse for it. */
export const SKEW = 3;

/** The heads that were seen: the highest of all, and the last that was believed. */
export type Heads = { readonly highest: number; readonly last: number };

/**
 * Whether a newest block is believed.
 * - yes: it is at least as high as the last, or the first
 * - perhaps: a reorganisation may have taken it back, if no node knows a higher one
 * - no: time would go backwards, or the chain would grow as none does
 */
export function belief({ highest, last }: Heads, head: number): "yes" | "perhaps" | "no" {
  if (head >= last) return last === 0 || head <= last + LEAP ? "yes" : "no";
  return head >= highest - REORGANISATION ? "perhaps" : "no";
}

export function withHead({ highest }: Heads, head: number): Heads {
  return { highest: Math.max(highest, head), last: head };
}
