// What a verifier sees: the market on the chain and its own journal, put together for `decide`. Pure but for reading the journal.

import { type ObservedClaim, viewIn } from "@sonm/chain/market/events";
import type { Sight } from "@sonm/chain/market/observer";
import { commitmentOf } from "@sonm/protocol/dispute/opening";
import type { Job } from "@sonm/protocol/job/job";
import type { Address, ClaimId, Hex } from "@sonm/protocol/values/ids";
import { concat, hexToNumber, isAddressEqual, keccak256, slice } from "viem";
import type { CommitmentView, VerifierClaim, VerifierPolicy, VerifierView } from "./decide.ts";
import type { VerifierJournal } from "./journal.ts";

/** What is neither an event nor in the journal. */
export type VerifierSurroundings = {
  readonly me: Address;
  readonly policy: VerifierPolicy;
  readonly freeStake: bigint;
  readonly commitStake: bigint;
  /** part of all claims that is checked, 0 … 1 */
  readonly share: number;
};

/** Whether a claim is among the share that is checked. Even, and foreseen by nobody who does not know the secret. */
export function isChosen(secret: Hex, claim: ClaimId, share: number): boolean {
  return hexToNumber(slice(keccak256(concat([secret, claim])), 0, 4)) < share * 2 ** 32;
}

export function viewOf(sight: Sight, journal: VerifierJournal, surroundings: VerifierSurroundings): VerifierView {
  const { me, policy, freeStake, commitStake, share } = surroundings;
  const claims = [...sight.claims.values()].flatMap((claim) => {
    const job = sight.jobs.get(claim.claim.job)?.job;
    const salt = journal.salts.get(claim.id);
    // Claims that are over and that this verifier has nothing in.
    if (!job || (claim.status !== "live" && salt === undefined)) return [];
    return [claimOf(claim, job, salt, sight, journal, me, isChosen(journal.secret, claim.id, share))];
  });
  const games = [...sight.games.values()]
    .filter(({ game, shown }) => shown.outcome === undefined && isAddressEqual(game.about.challenger, me))
    .flatMap((game) => viewIn(game) ?? []);
  const staked = journal.marks.get("staked") ?? false;
  return { now: sight.now, me, policy, freeStake, commitStake, staked, claims, games };
}

function claimOf(
  { id, claim, status, games, claimedAt, endedAt = 0, winner }: ObservedClaim,
  job: Job,
  salt: Hex | undefined,
  sight: Sight,
  journal: VerifierJournal,
  me: Address,
  chosen: boolean,
): VerifierClaim {
  return {
    id,
    claim,
    job,
    status,
    games,
    claimedAt,
    endedAt,
    winner,
    chosen,
    check: journal.checks.get(id),
    hasLeaves: journal.leaves.get(id) !== undefined,
    asked: journal.asked.get(id) !== undefined,
    commitment: salt === undefined ? undefined : commitmentIn(sight, me, id, salt),
  };
}

function commitmentIn(sight: Sight, me: Address, claim: ClaimId, salt: Hex): CommitmentView {
  const hash = commitmentOf(me, claim, salt);
  const mined = [...sight.commitments.values()].find((one) => one.hash === hash && isAddressEqual(one.challenger, me));
  if (!mined) return { salt, mined: undefined, spent: false };
  const { rank, committedAt, fate } = mined;
  return { salt, mined: { rank, committedAt }, spent: fate !== "waiting" };
}
