// What a verifier does next, from what it sees on the chain, in its mail and in its journal. Pure.

import type { Job } from "@sonm/protocol/job/job";
import type { Claim, ClaimStatus } from "@sonm/protocol/result/claim";
import type { ClaimId } from "@sonm/protocol/values/ids";
import type { Accusation, Deed } from "../offchain/host/referees/referee.ts";
import { type Decision, soonest } from "../offchain/host/role/loop.ts";

/** A claim, as the chain has it and as this verifier knows it. */
export type VerifierClaim = {
  readonly id: ClaimId;
  readonly claim: Claim;
  readonly job: Job;
  readonly status: ClaimStatus;
  readonly claimedAt: number;
  /** this verifier has chosen to check it */
  readonly chosen: boolean;
  /** the outcome of recomputing the batch; undefined before */
  readonly check: "true" | "false" | undefined;
  /** how this verifier can accuse it, or how its accusation goes on, according to the claim's referee */
  readonly accusation: Accusation;
};

export type VerifierPolicy = {
  /** wei of SNM staked at the first start */
  readonly stake: bigint;
  /** wei that can be won for 10^9 steps of checking; a claim that offers less is not checked */
  readonly leastPrice: bigint;
  /** instructions a second that one thread computes */
  readonly stepsPerSecond: number;
};

export type VerifierView = {
  readonly now: number;
  readonly policy: VerifierPolicy;
  /** free stake in `Deposits`, wei */
  readonly freeStake: bigint;
  /** the first stake has been made, now or in an earlier run */
  readonly staked: boolean;
  readonly claims: readonly VerifierClaim[];
  /** what it must do in its open disputes */
  readonly disputes: Decision<Deed>;
};

export type VerifierAction =
  | { readonly kind: "stake"; readonly amount: bigint }
  | { readonly kind: "check"; readonly of: VerifierClaim }
  | { readonly kind: "dispute"; readonly deed: Deed };

/** Equal for equal intentions. */
export function keyOf(action: VerifierAction): string {
  switch (action.kind) {
    case "stake":
      return action.kind;
    case "check":
      return `check ${action.of.id}`;
    case "dispute":
      return action.deed.key;
  }
}

/** Whether a claim is chosen and an accusation can still be announced. */
export function isCheckable({ accusation, status, chosen, claimedAt, job }: VerifierClaim, now: number): boolean {
  return !accusation.announced && status === "live" && chosen && now <= claimedAt + job.window;
}

/** Claims that are to be recomputed, or are being recomputed now. */
export function toCheck({ claims, now }: Pick<VerifierView, "claims" | "now">): readonly VerifierClaim[] {
  return claims.filter((claim) => claim.check === undefined && isCheckable(claim, now));
}

/** The verifier's next actions. */
export function decide(view: VerifierView): Decision<VerifierAction> {
  if (!view.staked) return { actions: [{ kind: "stake", amount: view.policy.stake }], wakeAt: null };
  const actions: VerifierAction[] = [];
  const wakes: (number | null)[] = [];
  const follow = ({ actions: deeds, wakeAt }: Decision<Deed>) => {
    actions.push(...deeds.map((deed) => ({ kind: "dispute", deed }) as const));
    wakes.push(wakeAt);
  };

  // Open disputes first: they have deadlines.
  follow(view.disputes);

  // A challenge is announced only if the free stake covers all that it will need until its end.
  let free = view.freeStake;
  for (const { accusation } of view.claims) if (accusation.announced) free -= accusation.reserved;

  for (const of of view.claims) {
    const { accusation } = of;
    if (accusation.announced) follow(accusation.next);
    else if (isCheckable(of, view.now)) {
      if (of.check === undefined) actions.push({ kind: "check", of });
      else if (of.check === "false" && free >= accusation.cost) {
        free -= accusation.cost;
        actions.push({ kind: "dispute", deed: accusation.deed });
      }
    }
  }
  return { actions, wakeAt: soonest(wakes) };
}
