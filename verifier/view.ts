// What a verifier sees: the market on the chain and its own journal, put together for `decide`. Pure but for reading the journal.

import type { Sight } from "@sonm/chain/market/observer";
import type { ClaimId, Hex } from "@sonm/protocol/values/ids";
import { concat, hexToNumber, keccak256, slice } from "viem";
import type { Engine } from "../offchain/host/engines/engine.ts";
import { type AccusersReferee, dueBefore, refereeAt } from "../offchain/host/referees/referee.ts";
import type { VerifierPolicy, VerifierView } from "./decide.ts";
import type { VerifierJournal } from "./journal.ts";

/** What is neither an event nor in the journal. */
export type VerifierSurroundings = {
  /** that recomputes; claims about jobs that it does not run are not checked */
  readonly engine: Pick<Engine, "runs">;
  /** that this verifier can accuse before; claims of other referees are nothing to it */
  readonly referees: readonly AccusersReferee[];
  readonly policy: VerifierPolicy;
  readonly freeStake: bigint;
  /** part of all claims that is checked, 0 … 1 */
  readonly share: number;
};

/** Whether a claim is among the share that is checked. Even, and foreseen by nobody who does not know the secret. */
export function isChosen(secret: Hex, claim: ClaimId, share: number): boolean {
  return hexToNumber(slice(keccak256(concat([secret, claim])), 0, 4)) < share * 2 ** 32;
}

export function viewOf(sight: Sight, journal: VerifierJournal, surroundings: VerifierSurroundings): VerifierView {
  const { engine, referees, policy, freeStake, share } = surroundings;
  const claims = [...sight.claims.values()].flatMap((seen) => {
    const { id, claim, status, claimedAt } = seen;
    const job = sight.jobs.get(claim.job)?.job;
    const accusation = job && refereeAt(referees, job.referee)?.accusation(sight, seen, job);
    // Claims that are over and that this verifier has nothing in.
    if (!accusation || (status !== "live" && !accusation.announced)) return [];
    const chosen = engine.runs(job) && isChosen(journal.secret, id, share);
    return [{ id, claim, job, status, claimedAt, chosen, check: journal.checks.get(id), accusation }];
  });
  const staked = journal.marks.get("staked") ?? false;
  return { now: sight.now, policy, freeStake, staked, claims, disputes: dueBefore(referees, sight) };
}
