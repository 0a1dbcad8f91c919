// Announcing and opening challenges (PROTOCOL.md, section 6.1).

import { type Game, gameId } from "@sonm/protocol/dispute/game";
import type { ClaimId, Hex, JobId } from "@sonm/protocol/values/ids";
import type { Address } from "viem";
import { leafOf, roundsOf } from "../../support/market/runs.ts";
import { type Claim, claimIdOf, commitmentHash, type Job, jobIdOf } from "../../support/market/terms.ts";
import type { UnitInput, UnitResult } from "./calls.ts";
import { enter } from "./claims.ts";
import { firstSplit, fold } from "./hashes.ts";
import { unitsOf } from "./jobs.ts";
import { lock, slash, unlock } from "./money.ts";
import { type Commitment, type Context, demand, type GameRecord, known, type State } from "./state.ts";

const FORFEIT_AFTER = 2 * 86_400;

/** Commitments are kept by challenger and hash. */
const keyOf = (challenger: Address, hash: Hex) => `${challenger} ${hash}`;

export function commit({ state, rules, from }: Context, hash: Hex): void {
  const key = keyOf(from, hash);
  demand(state.commitments[key] === undefined, "BisectionAlreadyCommitted");
  const rank = ++state.commitmentsMade;
  state.commitments[key] = { challenger: from, hash, at: state.now, rank, stake: rules.commitStake };
  lock(state, from, rules.commitStake);
}

export function retract({ state, from }: Context, job: Job, claim: Claim, salt: Hex): void {
  const { at, stake } = spend(state, from, claim, salt);
  const endedAt = state.claims[claimIdOf(claim)]?.endedAt ?? 0;
  demand(jobIdOf(job) === claim.job && endedAt !== 0 && endedAt <= at + job.opening, "BisectionNotRetractable");
  unlock(state, from, stake);
}

export function forfeit({ state, rules }: Context, challenger: Address, hash: Hex): void {
  const key = keyOf(challenger, hash);
  const { at, stake } = known(state.commitments[key], "BisectionNotCommitted");
  demand(state.now > at + FORFEIT_AFTER, "BisectionNotForfeitable");
  delete state.commitments[key];
  slash(state, rules, challenger, stake, challenger, 0n);
}

function spend(state: State, from: Address, claim: Claim, salt: Hex): Commitment {
  const key = keyOf(from, commitmentHash(from, claimIdOf(claim), salt));
  const commitment = known(state.commitments[key], "BisectionNotCommitted");
  delete state.commitments[key];
  return commitment;
}

function redeem(state: State, from: Address, job: Job, claim: Claim, salt: Hex): Game {
  const { at, stake, rank } = spend(state, from, claim, salt);
  demand(state.now <= at + job.opening, "BisectionOpeningOver");
  unlock(state, from, stake);
  enter(state, from, job, claim, at);
  const about = {
    claim: claimIdOf(claim) as ClaimId,
    job: claim.job as JobId,
    batch: claim.batch,
    miner: claim.miner,
    challenger: from,
    deposit: job.deposit,
    bond: job.bond,
    rank,
  };
  const first = claim.batch * job.batchSize;
  return { about, first, count: unitsOf(job, claim.batch), exponent: job.exponent, grace: job.grace };
}

type Board = Pick<GameRecord, "phase" | "level" | "position" | "values">;

function start(state: State, job: Job, terms: Game, board: Board): void {
  const rest = { miner: job.allowance, challenger: job.allowance };
  state.games[gameId(terms)] = { terms, first: 0, ...board, since: state.now, rest, outcome: undefined };
}

export function open(
  { state, from }: Context,
  job: Job,
  claim: Claim,
  salt: Hex,
  { position, resultHash, path }: UnitResult,
  input: UnitInput,
  states: readonly Hex[],
): void {
  const terms = redeem(state, from, job, claim, salt);
  demand(position < terms.count, "BisectionNoSuchUnit");
  demand(path.length === 3 * roundsOf(terms.count), "BisectionPathLength");
  const leaf = leafOf(claim.miner, claim.job, terms.first + position, resultHash);
  demand(fold(leaf, position, path) === claim.root, "BisectionNodeMismatch");
  const values = firstSplit(job, terms.first + position, resultHash, input, states);
  start(state, job, terms, { phase: "split", level: 1, position, values });
}

export function openTree({ state, from }: Context, job: Job, claim: Claim, salt: Hex): void {
  const terms = redeem(state, from, job, claim, salt);
  start(state, job, terms, { phase: "reveal", level: roundsOf(terms.count), position: 0, values: [claim.root] });
}
