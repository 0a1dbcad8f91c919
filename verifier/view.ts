// What a verifier sees: the market on the chain and its own journal, put together for `decide`. A look costs what has changed since the last
// one: what was found out about a claim is kept as long as the claim stays the same.

import type { ObservedClaim } from "@sonm/chain/market/events";
import type { Sight } from "@sonm/chain/market/observer";
import type { Job } from "@sonm/protocol/job/job";
import type { ClaimId, Hex } from "@sonm/protocol/values/ids";
import { concat, hexToNumber, keccak256, slice } from "viem";
import type { Engine } from "../offchain/host/engines/engine.ts";
import { cannotPlay } from "../offchain/host/referees/defence.ts";
import { type Accusation, type AccusersReferee, dueBefore, refereeAt } from "../offchain/host/referees/referee.ts";
import type { Guard } from "../offchain/host/role/guard.ts";
import { STAKED } from "../offchain/host/role/stake.ts";
import type { VerifierClaim, VerifierPolicy, VerifierView } from "./decide.ts";
import type { VerifierJournal } from "./journal.ts";
import { pays, workOf } from "./worth.ts";

/** What comes neither from events nor from the journal. */
export type VerifierSurroundings = {
  /** runs the units that this verifier recomputes; it does not check claims about jobs that the engine cannot run */
  readonly engine: Pick<Engine, "runs">;
  /** referees before which this verifier can accuse; it ignores claims of others */
  readonly referees: readonly AccusersReferee[];
  readonly policy: VerifierPolicy;
  /** part of all claims that is checked, 0 … 1 */
  readonly share: number;
  readonly guard: Guard;
};

/** Whether a claim is among the share that is checked. All claims are equally likely, and nobody can foresee it without the secret. */
export function isChosen(secret: Hex, claim: ClaimId, share: number): boolean {
  return hexToNumber(slice(keccak256(concat([secret, claim])), 0, 4)) < share * 2 ** 32;
}

/** What was found out about a claim, and what it was found out from. */
type Known = {
  readonly seen: ObservedClaim;
  readonly job: Job | undefined;
  /** its referee's, if they may bring news of an accusation about which nothing is left to be done */
  readonly disputes?: unknown;
  /** undefined if it is no claim for this verifier, or if nothing is left to be done about it */
  readonly claim: VerifierClaim | undefined;
};

/** The function that makes the view. `freeStake` is wei. */
export function createView(
  journal: Pick<VerifierJournal, "secret" | "checks" | "marks">,
  { engine, referees, policy, share, guard }: VerifierSurroundings,
): (sight: Sight, freeStake: bigint) => VerifierView {
  let known: ReadonlyMap<ClaimId, Known> = new Map();

  function isWorthIt({ id, claim, claimedAt }: ObservedClaim, job: Job): boolean {
    if (!engine.runs(job) || !isChosen(journal.secret, id, share)) return false;
    // A challenge that it could not play would cost its bond.
    if (cannotPlay(job, 1, policy.stepsPerSecond) !== undefined) return false;
    return pays(workOf({ id, claim, job, claimedAt }), policy.leastPrice);
  }

  function find(sight: Sight, seen: ObservedClaim, job: Job | undefined): Known {
    const { id, claim, status, claimedAt } = seen;
    const referee = job && refereeAt(referees, job.referee);
    if (!referee) return { seen, job, claim: undefined };
    const disputes = sight.disputes.get(referee.address);
    const before = known.get(id);
    const same = before !== undefined && before.seen === seen && before.job === job ? before : undefined;
    if (same && !isMoving(same, disputes)) return same;
    const check = same?.claim?.check ?? journal.checks.get(id);
    // Checks are under way for hours at times; as long as this one has no outcome, nothing is new.
    if (same?.claim && check === undefined && !same.claim.accusation.announced) return same;
    const accusation = referee.accusation(sight, seen, job);
    // It has ended without this verifier, or it is over for this verifier.
    if (status !== "live") {
      if (!accusation.announced) return { seen, job, claim: undefined };
      if (isOver(accusation)) return { seen, job, disputes, claim: undefined };
    }
    const chosen = same?.claim?.chosen ?? isWorthIt(seen, job);
    return { seen, job, claim: { id, claim, job, status, claimedAt, chosen, check, accusation } };
  }

  return (sight, freeStake) => {
    // Games first: they have deadlines.
    const disputes = dueBefore(referees, sight);
    const found = new Map<ClaimId, Known>();
    for (const seen of sight.claims.values()) {
      const job = sight.jobs.get(seen.claim.job)?.job;
      const one = guard(`claim ${seen.id}`, [seen, job], () => find(sight, seen, job));
      if (one) found.set(seen.id, one);
    }
    known = found;
    const claims = [...found.values()].flatMap(({ claim }) => claim ?? []);
    const staked = journal.marks.get(STAKED) ?? false;
    return { now: sight.now, policy, freeStake, staked, claims, disputes };
  };
}

/** Whether what was found out about a claim that is the same may be otherwise now. */
function isMoving(known: Known, disputes: unknown): boolean {
  const { claim } = known;
  if (!claim) return "disputes" in known && known.disputes !== disputes;
  return claim.accusation.announced || (claim.chosen && claim.check !== "true");
}

/** Nothing will come of an accusation any more, unless there is news of it. */
function isOver({ reserved, next }: Extract<Accusation, { announced: true }>): boolean {
  return reserved === 0n && next.actions.length === 0 && next.wakeAt === null;
}
