// Values that the tests of the roles' decisions share: one job, one game.
import { emptyMarket, type ObservedClaim } from "@sonm/chain/market/events";
import type { Sight } from "@sonm/chain/market/observer";
import type { GameView, Phase } from "@sonm/protocol/dispute/view";
import { type Job, jobId } from "@sonm/protocol/job/job";
import { type Claim, claimId } from "@sonm/protocol/result/claim";
import type { Address, GameId, Hex } from "@sonm/protocol/values/ids";
import type { Assigned, MinerPolicy, Work } from "../../../offchain/agents/miner/decide.ts";
import type { Deed } from "../../../offchain/host/referees/referee.ts";
import type { Decision } from "../../../offchain/host/role/loop.ts";
import type { VerifierPolicy } from "../../../verifier/decide.ts";

/** A 20-byte address or 32-byte hash made of one digit. */
export const addressOf = (digit: number): Address => `0x${String(digit).repeat(40)}`;
export const hashOf = (digit: number): Hex => `0x${String(digit).repeat(64)}`;

export const BUYER = addressOf(1);
export const HUB = addressOf(2);
export const MINER = addressOf(3);
export const VERIFIER = addressOf(4);
export const OTHER = addressOf(5);

export const job: Job = {
  buyer: BUYER,
  hub: addressOf(6),
  referee: addressOf(7),
  machine: addressOf(8),
  image: hashOf(1),
  programRoot: hashOf(2),
  entry: 0x1000n,
  inputsRoot: hashOf(3),
  units: 8,
  batchSize: 4,
  exponent: 8,
  price: 1000n,
  deposit: 500n,
  bond: 100n,
  window: 86_400,
  opening: 1800,
  allowance: 86_400,
  grace: 3600,
  deadline: 2_000_000n,
  salt: hashOf(4),
};
export const id = jobId(job);

export const claim: Claim = { job: id, batch: 0, attempt: 0, miner: MINER, pay: 700n, root: hashOf(5) };

/** What a role sees: the job is posted, with these claims, which are live and without games unless they say otherwise. */
export function sightOf(...claims: readonly (Partial<ObservedClaim> & { readonly claim: Claim })[]): Sight {
  const now = 1_000_000;
  const seen = claims.map((change): ObservedClaim => {
    const started = { status: "live", games: 0, claimedAt: now - 10, endedAt: undefined, winner: undefined } as const;
    return { id: claimId(change.claim), ...started, block: 1, ...change };
  });
  return {
    ...emptyMarket,
    block: 1,
    now,
    jobs: new Map([[id, { id, job, postedAt: 1, block: 1 }]]),
    claims: new Map(seen.map((one) => [one.id, one])),
  };
}

const phases = {
  miner: { kind: "split", depth: 1, unit: 0, first: 0, start: hashOf(0), states: Array(8).fill(hashOf(1)) },
  challenger: { kind: "split", depth: 2, unit: 0, first: 0, start: hashOf(0), states: Array(8).fill(hashOf(1)) },
} satisfies Record<string, Phase>;

/** A game in which `turn` has to move until `deadline`. */
export function gameOf(turn: "miner" | "challenger", deadline: number, rank = 1n): GameView {
  return {
    id: hashOf(9) as GameId,
    game: {
      about: {
        claim: claimId(claim),
        job: id,
        batch: 0,
        miner: MINER,
        challenger: VERIFIER,
        bond: job.bond,
        rank,
      },
      first: 0,
      count: 4,
      exponent: job.exponent,
      grace: job.grace,
    },
    phase: phases[turn],
    clock: { deadline, rest: { miner: 0, challenger: 0 } },
  };
}

/** What a miner's work has beside the assignment, if its job is on the chain and nothing has come of it yet. */
export const newWork = {
  posted: true,
  strange: undefined,
  answer: undefined,
  unsent: false,
  root: undefined,
  batch: { status: "open", attempt: 0 },
  claim: undefined,
  delivery: undefined,
  delivered: false,
} as const satisfies Omit<Work, keyof Assigned>;

/** The policy of a miner that accepts whatever pays at all. */
export const minerPolicy: MinerPolicy = {
  slots: 1,
  minPay: 0n,
  leastPrice: 0n,
  stake: 0n,
  pullFrom: 0n,
  withhold: false,
  maxDepositTimes: 10,
  leastDeposit: 100n,
  stepsPerSecond: 10_000_000,
  stepsPerSecondInGames: 10_000_000,
};

/** The policy of a verifier that checks whatever it can. */
export const verifierPolicy: VerifierPolicy = { stake: 1n, leastPrice: 0n, stepsPerSecond: 10_000_000 };

/** Nothing to do in disputes. */
export const NO_DISPUTES: Decision<Deed> = { actions: [], wakeAt: null };

type Action = { readonly kind: string } | { readonly kind: "dispute"; readonly deed: Deed };

/** Actions in short, for comparison. */
export function kinds({ actions }: { readonly actions: readonly Action[] }): string[] {
  return actions.map((action) => ("deed" in action ? action.deed.kind : action.kind));
}
