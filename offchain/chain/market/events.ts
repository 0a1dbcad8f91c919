// The market as its events show it: jobs, batches, claims, and the disputes that each referee reads from its own events. Pure; `observer.ts`
// fetches the events.

import type { BatchStatus, Job } from "@sonm/protocol/job/job";
import type { Claim, ClaimStatus } from "@sonm/protocol/result/claim";
import type { Address, ClaimId, Hex, JobId } from "@sonm/protocol/values/ids";
import { type ContractEventName, isAddressEqual, type ParseEventLogsReturnType, parseEventLogs } from "viem";
import { jobBoardAbi } from "../abi/job-board.ts";
import { resultsAbi } from "../abi/results.ts";
import { type DisputeLog, disputesIn, type TimedLog } from "./dispute-log.ts";

const marketAbi = [...jobBoardAbi, ...resultsAbi] as const;

type MarketEvent = ParseEventLogsReturnType<typeof marketAbi, ContractEventName<typeof marketAbi>[], true>[number];

/** A posted job. `postedAt` is unix seconds, `block` the number of its block. */
export type ObservedJob = {
  readonly id: JobId;
  readonly job: Job;
  readonly postedAt: number;
  readonly block: number;
};

/** A batch of a posted job. */
export type ObservedBatch = {
  readonly job: JobId;
  readonly batch: number;
  readonly status: BatchStatus;
  readonly attempt: number;
  /** the claim that holds it or was paid for it */
  readonly claim: ClaimId | undefined;
};

/** A claim. Times are unix seconds, `block` is the number of the block with the claim. */
export type ObservedClaim = {
  readonly id: ClaimId;
  readonly claim: Claim;
  readonly status: ClaimStatus;
  /** games that are open */
  readonly games: number;
  readonly claimedAt: number;
  /** settled or first convicted */
  readonly endedAt: number | undefined;
  /** who takes the pool: of the challengers who have won, the one who announced it first */
  readonly winner: { readonly challenger: Address; readonly rank: bigint } | undefined;
  readonly block: number;
};

/** Everything that events have shown about the market. */
export type Market = {
  readonly jobs: ReadonlyMap<JobId, ObservedJob>;
  /** by `batchKey` */
  readonly batches: ReadonlyMap<string, ObservedBatch>;
  readonly claims: ReadonlyMap<ClaimId, ObservedClaim>;
  /** by the referee's address; for `disputesIn` */
  readonly disputes: ReadonlyMap<Address, unknown>;
};

/** The key of a batch in `Market.batches`. */
export function batchKey(job: JobId, batch: number): string {
  return `${job}/${batch}`;
}

/** A batch, also one that no event has touched yet. */
export function batchIn(market: Market, job: JobId, batch: number): ObservedBatch {
  const untouched = { job, batch, status: "open", attempt: 0, claim: undefined } as const;
  return market.batches.get(batchKey(job, batch)) ?? untouched;
}

type Draft = {
  -readonly [K in keyof Market]: Market[K] extends ReadonlyMap<infer Key, infer Value> ? Map<Key, Value> : never;
};

/** The market before any event. */
export const emptyMarket: Market = {
  jobs: new Map(),
  batches: new Map(),
  claims: new Map(),
  disputes: new Map(),
};

/** The market after `logs`, which are in the order of the chain. Leaves the one before as it is. */
export function withLogs(market: Market, logs: readonly TimedLog[], referees: readonly DisputeLog[]): Market {
  const draft: Draft = {
    jobs: new Map(market.jobs),
    batches: new Map(market.batches),
    claims: new Map(market.claims),
    disputes: new Map(market.disputes),
  };
  for (const { log, time } of logs) {
    for (const event of parseEventLogs({ abi: marketAbi, logs: [log] })) apply(draft, event, time);
  }
  // A claim is older than the disputes about it, so the order between the two kinds of events does not matter.
  for (const referee of referees) {
    const own = logs.filter(({ log }) => isAddressEqual(log.address, referee.address));
    const { disputes, opened } = referee.fold(disputesIn(market, referee), own);
    draft.disputes.set(referee.address, disputes);
    for (const [claim, change] of opened) changeClaim(draft, claim, ({ games }) => ({ games: games + change }));
  }
  return draft;
}

function changeClaim(draft: Draft, id: Hex, next: (claim: ObservedClaim) => Partial<ObservedClaim>): void {
  const claim = draft.claims.get(id as ClaimId);
  if (claim) draft.claims.set(claim.id, { ...claim, ...next(claim) });
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

function apply(draft: Draft, log: MarketEvent, time: number): void {
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
      const { id, winner: challenger, rank } = log.args;
      changeClaim(draft, id, () => ({ winner: { challenger, rank } }));
      break;
    }
    case "PoolAwarded":
      changeClaim(draft, log.args.id, () => ({ status: "awarded" }));
      break;
  }
}
