// The market as its events report it: jobs, batches, claims, challenges and games. Pure; `observer.ts` fetches the events.

import { type Game, type GameState, gameId, outcomes } from "@sonm/protocol/dispute/game";
import { type GameView, type Shown, viewOf } from "@sonm/protocol/dispute/view";
import type { BatchStatus, Job } from "@sonm/protocol/job/job";
import type { Claim, ClaimStatus } from "@sonm/protocol/result/claim";
import type { Address, ClaimId, GameId, Hex, JobId } from "@sonm/protocol/values/ids";
import { type ContractEventName, type ParseEventLogsReturnType, parseEventLogs } from "viem";
import { bisectionAbi } from "../abi/bisection.ts";
import { jobBoardAbi } from "../abi/job-board.ts";
import { resultsAbi } from "../abi/results.ts";

export const marketAbi = [...jobBoardAbi, ...resultsAbi, ...bisectionAbi] as const;

/** An event with the place and the time (unix seconds) of its block. */
export type MarketLog = ParseEventLogsReturnType<
  typeof marketAbi,
  ContractEventName<typeof marketAbi>[],
  true
>[number] & {
  readonly time: number;
};

export type ObservedJob = {
  readonly id: JobId;
  readonly job: Job;
  readonly postedAt: number;
  readonly block: number;
};

export type ObservedBatch = {
  readonly job: JobId;
  readonly batch: number;
  readonly status: BatchStatus;
  readonly attempt: number;
  /** the claim that holds it or was paid for it */
  readonly claim: ClaimId | undefined;
};

export type ObservedClaim = {
  readonly id: ClaimId;
  readonly claim: Claim;
  readonly status: ClaimStatus;
  /** games that are open */
  readonly games: number;
  readonly claimedAt: number;
  /** settled or first convicted */
  readonly endedAt: number | undefined;
  /** the game of the challenger who takes the pool: of those who have won, the one who committed first */
  readonly winner: Game | undefined;
  readonly block: number;
};

export type ObservedCommitment = {
  readonly challenger: Address;
  readonly hash: Hex;
  readonly rank: bigint;
  readonly stake: bigint;
  readonly committedAt: number;
  readonly fate: "waiting" | "opened" | "retracted" | "forfeited";
};

export type ObservedGame = {
  readonly id: GameId;
  readonly game: Game;
  readonly openedAt: number;
  /** what its events have shown, the outcome included */
  readonly shown: Shown;
  /** what the chain stores of it; read for open games only */
  readonly state: GameState | undefined;
};

export type Market = {
  readonly jobs: ReadonlyMap<JobId, ObservedJob>;
  /** by `batchKey` */
  readonly batches: ReadonlyMap<string, ObservedBatch>;
  readonly claims: ReadonlyMap<ClaimId, ObservedClaim>;
  /** by rank */
  readonly commitments: ReadonlyMap<bigint, ObservedCommitment>;
  readonly games: ReadonlyMap<GameId, ObservedGame>;
};

export function batchKey(job: JobId, batch: number): string {
  return `${job}/${batch}`;
}

/** A batch, also one that no event has touched yet. */
export function batchIn(market: Market, job: JobId, batch: number): ObservedBatch {
  const untouched = { job, batch, status: "open", attempt: 0, claim: undefined } as const;
  return market.batches.get(batchKey(job, batch)) ?? untouched;
}

/** The view of an open game that its players decide by; undefined while what was read does not fit together. */
export function viewIn({ id, game, state, shown }: ObservedGame): GameView | undefined {
  return state && viewOf(id, game, state, shown);
}

/** Typed events of raw logs, without those of other contracts. */
export function parseMarketLogs(
  logs: Parameters<typeof parseEventLogs>[0]["logs"],
  timeOf: ReadonlyMap<Hex, number>,
): MarketLog[] {
  const parsed = parseEventLogs({ abi: marketAbi, logs });
  return parsed.map((log) => ({ ...log, time: timeOf.get(log.blockHash ?? "0x") ?? 0 }));
}

type Draft = {
  -readonly [K in keyof Market]: Market[K] extends ReadonlyMap<infer Key, infer Value> ? Map<Key, Value> : never;
};

export const emptyMarket: Market = {
  jobs: new Map(),
  batches: new Map(),
  claims: new Map(),
  commitments: new Map(),
  games: new Map(),
};

/** The market after `logs`, which are in the order of the chain. Leaves the one before as it is. */
export function withLogs(market: Market, logs: readonly MarketLog[]): Market {
  const draft: Draft = {
    jobs: new Map(market.jobs),
    batches: new Map(market.batches),
    claims: new Map(market.claims),
    commitments: new Map(market.commitments),
    games: new Map(market.games),
  };
  for (const log of logs) apply(draft, log);
  return draft;
}

function changeClaim(draft: Draft, id: Hex, next: (claim: ObservedClaim) => Partial<ObservedClaim>): void {
  const claim = draft.claims.get(id as ClaimId);
  if (claim) draft.claims.set(claim.id, { ...claim, ...next(claim) });
}

/** Adds to what a game has shown. */
function show(draft: Draft, id: Hex, next: (shown: Shown) => Partial<Shown>): void {
  const game = draft.games.get(id as GameId);
  if (game) draft.games.set(game.id, { ...game, shown: { ...game.shown, ...next(game.shown) } });
}

function changeBatch(
  draft: Draft,
  job: Hex,
  batch: number,
  next: (value: ObservedBatch) => Partial<ObservedBatch>,
): void {
  const before = batchIn(draft, job as JobId, batch);
  draft.batches.set(batchKey(job as JobId, batch), { ...before, ...next(before) });
}

function changeCommitment(draft: Draft, challenger: Address, hash: Hex, fate: ObservedCommitment["fate"]): void {
  for (const [rank, one] of draft.commitments) {
    if (one.fate === "waiting" && one.challenger === challenger && one.hash === hash) {
      draft.commitments.set(rank, { ...one, fate });
    }
  }
}

function apply(draft: Draft, log: MarketLog): void {
  const { time } = log;
  const block = Number(log.blockNumber);
  switch (log.eventName) {
    case "JobPosted": {
      const id = log.args.id as JobId;
      draft.jobs.set(id, { id, job: log.args.job, postedAt: time, block });
      break;
    }
    case "BatchPaid":
      changeBatch(draft, log.args.job, log.args.batch, () => ({ status: "paid" }));
      break;
    case "BatchesRefunded":
      for (const batch of log.args.batches) changeBatch(draft, log.args.job, batch, () => ({ status: "refunded" }));
      break;
    case "ClaimPosted": {
      const { id, ...content } = log.args;
      const claim = { ...content, job: content.job as JobId };
      const claimId = id as ClaimId;
      changeBatch(draft, claim.job, claim.batch, () => ({ status: "taken", attempt: claim.attempt, claim: claimId }));
      const fresh = { status: "live", games: 0, claimedAt: time, endedAt: undefined, winner: undefined } as const;
      draft.claims.set(claimId, { id: claimId, claim, block, ...fresh });
      break;
    }
    case "ClaimSettled":
      changeClaim(draft, log.args.id, () => ({ status: "settled", endedAt: time }));
      break;
    case "ClaimConvicted":
      changeClaim(draft, log.args.id, () => ({ status: "convicted", endedAt: time }));
      changeBatch(draft, log.args.job, log.args.batch, ({ attempt }) => ({
        status: "open",
        attempt: attempt + 1,
        claim: undefined,
      }));
      break;
    case "WinnerChanged": {
      const { id, rank } = log.args;
      const won = [...draft.games.values()].find(({ game }) => game.about.rank === rank);
      changeClaim(draft, id, () => ({ winner: won?.game }));
      break;
    }
    case "PoolAwarded":
      changeClaim(draft, log.args.id, () => ({ status: "awarded" }));
      break;
    case "Committed": {
      const { challenger, hash, rank, stake } = log.args;
      draft.commitments.set(rank, { challenger, hash, rank, stake, committedAt: time, fate: "waiting" });
      break;
    }
    case "Retracted":
      changeCommitment(draft, log.args.challenger, log.args.hash, "retracted");
      break;
    case "Forfeited":
      changeCommitment(draft, log.args.challenger, log.args.hash, "forfeited");
      break;
    case "GameOpened": {
      const game = log.args.game as Game;
      const id = gameId(game);
      const shown = { revealed: [], posted: [], outcome: undefined };
      draft.games.set(id, { id, game, openedAt: time, shown, state: undefined });
      changeClaim(draft, game.about.claim, (one) => ({ games: one.games + 1 }));
      const commitment = draft.commitments.get(game.about.rank);
      if (commitment) draft.commitments.set(commitment.rank, { ...commitment, fate: "opened" });
      break;
    }
    case "Revealed":
      show(draft, log.args.id, (shown) => ({ revealed: [...shown.revealed, log.args] }));
      break;
    case "StatesPosted":
      show(draft, log.args.id, (shown) => ({ posted: [...shown.posted, log.args] }));
      break;
    case "GameOver": {
      show(draft, log.args.id, () => ({ outcome: outcomes[log.args.outcome] }));
      changeClaim(draft, log.args.claim, (one) => ({ games: one.games - 1 }));
      break;
    }
  }
}
