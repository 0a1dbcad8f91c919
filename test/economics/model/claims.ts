// Claims (PROTOCOL.md, section 5) and what games do to them.

import type { Game } from "@sonm/protocol/dispute/game";
import type { Hex } from "@sonm/protocol/values/ids";
import type { Address } from "viem";
import { type Claim, claimIdOf, type Job, jobIdOf } from "../../support/market/terms.ts";
import { pay, reopen, take } from "./jobs.ts";
import { lock, slash, unlock } from "./money.ts";
import {
  type ClaimRecord,
  type ClaimStatus,
  type Context,
  contentOf,
  demand,
  known,
  type Rules,
  type State,
} from "./state.ts";

export function claim({ state, rules, from }: Context, job: Job, claimed: Claim, expiry: bigint, signature: Hex): void {
  checkJob(job, claimed);
  demand(from === claimed.miner, "ResultsNotMiner");
  demand(claimed.pay <= (job.price * 70n) / 100n, "ResultsPayTooHigh");
  demand(state.now <= expiry, "ResultsAssignmentExpired");
  take(state, claimed.job, claimed.batch, claimed.attempt);
  demand(rules.hubSigned(signature, assignmentContent(claimed, expiry)), "ResultsBadAssignmentSignature");
  state.claims[claimIdOf(claimed)] = {
    job,
    claim: claimed,
    status: "Live",
    games: 0,
    claimedAt: state.now,
    endedAt: 0,
    winner: undefined,
  };
  lock(state, claimed.miner, job.deposit);
}

/** The content of an assignment for that claim. It has no root: the miner computes that later. */
export function assignmentContent({ job, batch, attempt, miner, pay }: Claim, expiry: bigint): string {
  return contentOf("assignment", job, batch, attempt, miner, pay, expiry);
}

export function settle({ state, rules }: Context, job: Job, claimed: Claim): void {
  checkJob(job, claimed);
  const record = quiet(state, claimed, "Live");
  demand(state.now > record.claimedAt + job.window + job.opening, "ResultsNotYet");
  end(state, rules, record);
}

export function confirm({ state, rules, from }: Context, job: Job, claimed: Claim): void {
  checkJob(job, claimed);
  demand(from === job.buyer, "ResultsNotBuyer");
  end(state, rules, quiet(state, claimed, "Live"));
}

/** Pays the pool to the challenger of the winning game, which the claim's referee has confirmed. */
export function award({ state, rules }: Context, job: Job, claimed: Claim, { about }: Game): void {
  checkJob(job, claimed);
  const record = quiet(state, claimed, "Convicted");
  demand(state.now > record.endedAt + job.opening, "ResultsNotYet");
  const { challenger, rank } = known(record.winner, "no winner");
  demand(about.claim === claimIdOf(claimed) && about.rank === rank, "ResultsNotWinner");
  record.status = "Awarded";
  slash(state, rules, claimed.miner, job.deposit, challenger, job.deposit / 2n);
}

/** A game opens. */
export function enter(state: State, from: Address, job: Job, claimed: Claim, at: number): void {
  checkJob(job, claimed);
  const record = known(state.claims[claimIdOf(claimed)], "ResultsClaimNot");
  let until = record.claimedAt + job.window;
  if (record.status === "Convicted") until = Math.min(until, record.endedAt);
  else demand(record.status === "Live", "ResultsClaimNot");
  demand(at <= until, "ResultsCommittedTooLate");
  record.games++;
  lock(state, from, job.bond);
}

/** Its challenger has won. The winner of all is the one who committed first. The deposit stays locked until it is awarded. */
export function convict(state: State, { about }: Game): void {
  const record = closeGame(state, about.claim);
  if (record.winner === undefined || about.rank < record.winner.rank)
    record.winner = { challenger: about.challenger, rank: about.rank };
  unlock(state, about.challenger, about.bond);
  if (record.status === "Convicted") return;
  record.status = "Convicted";
  record.endedAt = state.now;
  reopen(state, about.job, about.batch);
}

/** Its challenger has run out of time. */
export function acquit(state: State, rules: Rules, { about }: Game): void {
  closeGame(state, about.claim);
  slash(state, rules, about.challenger, about.bond, about.miner, about.bond / 2n);
}

/** Its challenger leaves. */
export function dismiss(state: State, { about }: Game): void {
  demand(closeGame(state, about.claim).status === "Convicted", "ResultsClaimNot");
  unlock(state, about.challenger, about.bond);
}

function closeGame(state: State, id: Hex): ClaimRecord {
  const record = known(state.claims[id], "ResultsNoGame");
  demand(record.games > 0, "ResultsNoGame");
  record.games--;
  return record;
}

function quiet(state: State, claimed: Claim, needed: ClaimStatus): ClaimRecord {
  const record = known(state.claims[claimIdOf(claimed)], "ResultsClaimNot");
  demand(record.status === needed, "ResultsClaimNot");
  demand(record.games === 0, "ResultsGamesOpen");
  return record;
}

function end(state: State, rules: Rules, record: ClaimRecord): void {
  const { job, claim: claimed } = record;
  record.status = "Settled";
  record.endedAt = state.now;
  unlock(state, claimed.miner, job.deposit);
  pay(state, rules, job, claimed.batch, claimed.miner, claimed.pay);
}

function checkJob(job: Job, claimed: Claim): void {
  demand(jobIdOf(job) === claimed.job, "ResultsWrongJob");
}
