// What a verifier sees: the market on the chain and its own journal, put together for `decide`. Pure, except that it reads the journal.

import type { Sight } from "@sonm/chain/market/observer";
import type { ClaimId, Hex } from "@sonm/protocol/values/ids";
import { concat, hexToNumber, keccak256, slice } from "viem";
import type { Engine } from "../offchain/host/engines/engine.ts";
import { type AccusersReferee, dueBefore, refereeAt } from "../offchain/host/referees/referee.ts";
import type { VerifierPolicy, VerifierView } from "./decide.ts";
import type { VerifierJournal } from "./journal.ts";

/** What comes neither from events nor from the journal. */
export type VerifierSurroundings = {
  /** runs the units that this verifier recomputes; it does not check claims about jobs that the engine cannot run */
  readonly engine: Pick<Engine, "runs">;
  /** referees before which this verifier can accuse; it ignores claims of others */
  readonly referees: readonly AccusersReferee[];
  readonly policy: VerifierPolicy;
  readonly freeStake: bigint;
  /** part of all claims that is checked, 0 … 1 */
  readonly share: number;
};

/** Whether a claim is among the share that is checked. All claims are equally likely, and nobody can foresee it without the secret. */
export function isChosen(secret: Hex, claim: ClaimId, share: number): boolean {
  return hexToNumber(slice(keccak256(concat([secret, claim])), 0, 4)) < share * 2 ** 32;
}

export function viewOf(sight: Sight, journal: VerifierJournal, surroundings: VerifierSurroundings): VerifierView {
  const { engine, referees, policy, freeStake, share } = surroundings;
  const claims = [...sight.claims.values()].flatMap((seen) => {
    const { id, claim, status, claimedAt } = seen;
    const job = sight.jobs.get(claim.job)?.job;
    const accusation = job && refereeAt(referees, job.referee)?.accusation(sight, seen, job);
    // The claim's referee is unknown, or the claim is over and this verifier has not challenged it.
    if (!accusation || (status !== "live" && !accusation.announced)) return [];
    const chosen = engine.runs(job) && isChosen(journal.secret, id, share);
    return [{ id, claim, job, status, claimedAt, chosen, check: journal.checks.get(id), accusation }];
  });
  const staked = journal.marks.get("staked") ?? false;
  return { now: sight.now, policy, freeStake, staked, claims, disputes: dueBefore(referees, sight) };
}
