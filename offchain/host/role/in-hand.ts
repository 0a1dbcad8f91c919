// What a role has in hand: work that it has begun and not finished, for `sonm … status`.

/** Hashes are whole; the command that shows them shortens them. */
export type InHand = {
  /** as in `batch 3 of job 0x…` */
  readonly what: string;
  /** how far it has come */
  readonly state: string;
};

/** Number of entries of a long list that are written down. */
const MOST = 20;

/** The first of a long list, and how many more there are. */
export function firstInHand(all: readonly InHand[]): readonly InHand[] {
  if (all.length <= MOST) return all;
  return [...all.slice(0, MOST - 1), { what: "…", state: `and ${all.length - MOST + 1} more` }];
}
