// The market as its events tell it: jobs, batches, claims, challenges and games. Pure; `read.ts` fetches the events.
import { type ContractEventName, type ParseEventLogsReturnType, parseEventLogs } from "viem";
import { type Game, type GameState, gameId, type Outcome, outcomes } from "../dispute/game.ts";
import { type GameView, type Shown, viewOf } from "../dispute/view.ts";
import type { Job } from "../job/job.ts";
import type { Claim } from "../result/claim.ts";
import type { Address, ClaimId, GameId, Hex, JobId } from "../types.ts";
import { bisectionAbi } from "./abi/bisection.ts";
import { jobBoardAbi } from "./abi/job-board.ts";
import { resultsAbi } from "./abi/results.ts";

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
  readonly status: "open" | "taken" | "paid" | "refunded";
  readonly attempt: number;
  /** the claim that holds it or was paid for it */
  readonly claim: ClaimId | undefined;
};

export type ObservedClaim = {
  readonly id: ClaimId;
  readonly claim: Claim;
  readonly status: "live" | "settled" | "convicted" | "awarded";
  /** games that are open */
  readonly games: number;
  readonly claimedAt: number;
  /** settled or first convicted */
  readonly endedAt: number | undefined;
  /** the earliest committed of the challengers who have won */
  readonly winner: { readonly challenger: Address; readonly order: bigint } | undefined;
  readonly block: number;
};

export type ObservedCommitment = {
  readonly challenger: Address;
  readonly hash: Hex;
  readonly order: bigint;
  readonly stake: bigint;
  readonly committedAt: number;
  readonly fate: "waiting" | "opened" | "retracted" | "forfeited";
};

export type ObservedGame = {
  readonly id: GameId;
  readonly game: Game;
  readonly openedAt: number;
  readonly outcome: Outcome | undefined;
  readonly shown: Shown;
  /** what the chain stores of it; read for open games only */
  readonly state: GameState | undefined;
};

export type Market = {
  readonly jobs: ReadonlyMap<JobId, ObservedJob>;
  /** by `batchKey` */
  readonly batches: ReadonlyMap<string, ObservedBatch>;
  readonly claims: ReadonlyMap<ClaimId, ObservedClaim>;
  /** by order */
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

function change<K, V>(map: Map<K, V>, key: K, next: (value: V) => V): void {
  const value = map.get(key);
  if (value) map.set(key, next(value));
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
  for (const [order, one] of draft.commitments) {
    if (one.fate === "waiting" && one.challenger === challenger && one.hash === hash) {
      draft.commitments.set(order, { ...one, fate });
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
      change(draft.claims, log.args.id as ClaimId, (one) => ({ ...one, status: "settled", endedAt: time }));
      break;
    case "ClaimConvicted":
      change(draft.claims, log.args.id as ClaimId, (one) => ({ ...one, status: "convicted", endedAt: time }));
      changeBatch(draft, log.args.job, log.args.batch, ({ attempt }) => ({
        status: "open",
        attempt: attempt + 1,
        claim: undefined,
      }));
      break;
    case "WinnerChanged": {
      const { id, winner: challenger, order } = log.args;
      change(draft.claims, id as ClaimId, (one) => ({ ...one, winner: { challenger, order } }));
      break;
    }
    case "PoolAwarded":
      change(draft.claims, log.args.id as ClaimId, (one) => ({ ...one, status: "awarded" }));
      break;
    case "Committed": {
      const { challenger, hash, order, stake } = log.args;
      draft.commitments.set(order, { challenger, hash, order, stake, committedAt: time, fate: "waiting" });
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
      draft.games.set(id, { id, game, openedAt: time, outcome: undefined, shown, state: undefined });
      change(draft.claims, game.about.claim, (one) => ({ ...one, games: one.games + 1 }));
      change(draft.commitments, game.about.order, (one) => ({ ...one, fate: "opened" }));
      break;
    }
    case "Revealed":
      change(draft.games, log.args.id as GameId, (one) => ({
        ...one,
        shown: { ...one.shown, revealed: [...one.shown.revealed, log.args] },
      }));
      break;
    case "StatesPosted":
      change(draft.games, log.args.id as GameId, (one) => ({
        ...one,
        shown: { ...one.shown, posted: [...one.shown.posted, log.args] },
      }));
      break;
    case "GameOver": {
      const outcome = outcomes[log.args.outcome];
      change(draft.games, log.args.id as GameId, (one) => ({ ...one, outcome, shown: { ...one.shown, outcome } }));
      change(draft.claims, log.args.claim as ClaimId, (one) => ({ ...one, games: one.games - 1 }));
      break;
    }
  }
}
