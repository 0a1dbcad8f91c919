// What a role has in hand: works that it has begun and not ended, for `sonm … status`.

/** Whole hashes: whoever shows them shortens them. */
export type InHand = {
  /** as in `batch 3 of job 0x…` */
  readonly what: string;
  /** how far it is */
  readonly state: string;
};

/** What is written down of a long list. */
const MOST = 20;

/** The first of a long list, and how many more there are. */
export function firstInHand(all: readonly InHand[]): readonly InHand[] {
  if (all.length <= MOST) return all;
  return [...all.slice(0, MOST - 1), { what: "…", state: `and ${all.length - MOST + 1} more` }];
}
