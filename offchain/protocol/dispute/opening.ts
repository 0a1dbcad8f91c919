// What happens to an announced challenge (PROTOCOL.md, section 6.1).
import { encodeAbiParameters, keccak256 } from "viem";
import type { Address, ClaimId, Hex } from "../values/ids.ts";

/** What `commit` publishes: it hides which claim is challenged until the opening. */
export function commitmentOf(challenger: Address, claim: ClaimId, salt: Hex): Hex {
  return keccak256(
    encodeAbiParameters([{ type: "address" }, { type: "bytes32" }, { type: "bytes32" }], [challenger, claim, salt]),
  );
}

/** A challenger's own commitment that it has not opened yet. */
export type Commitment = {
  /** its number among all commitments: the lowest among the winners takes the pool */
  readonly rank: bigint;
  /** unix time */
  readonly committedAt: number;
};

/** What an opening depends on. */
export type Challenged = {
  /** last second in which it could be challenged: `claimedAt + window` */
  readonly windowEnd: number;
  /** R of the job, seconds */
  readonly opening: number;
  /** how the claim ended and when (unix time); undefined while it is live */
  readonly ended: { readonly how: "settled" | "convicted"; readonly at: number; readonly winner: bigint } | undefined;
};

/** What a challenger does with a commitment now. */
export type Opening =
  | { readonly kind: "open" }
  /** ask for the commitment's stake back */
  | { readonly kind: "retract" }
  | { readonly kind: "none"; readonly why: string };

/**
 * What a challenger does with a commitment, at `now` (time of the chain's latest block). After a conviction, opening is useful only if the
 * challenger committed before the present winner.
 */
export function nextOpening(commitment: Commitment, claim: Challenged, now: number): Opening {
  const last = commitment.committedAt + claim.opening;
  const { ended } = claim;
  const inTime = commitment.committedAt <= claim.windowEnd && now <= last;
  if (ended === undefined) {
    if (inTime) return { kind: "open" };
    const late = now > last ? "the opening time is over" : "it was announced after the window";
    return { kind: "none", why: `${late}: the stake is forfeited, unless the claim ends by ${last}` };
  }
  const wins = ended.how === "convicted" && commitment.committedAt <= ended.at && commitment.rank < ended.winner;
  if (wins && inTime) return { kind: "open" };
  if (ended.at <= last) return { kind: "retract" };
  return { kind: "none", why: "the opening time was over before the claim ended: the stake is forfeited" };
}
