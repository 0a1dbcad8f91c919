// The market as its events show it: jobs, batches, claims, and the disputes that each referee reads from its own events. Pure; `observer.ts`
// fetches the events.

import { type BatchStatus, batchCount, type Job } from "@sonm/protocol/job/job";
import type { Claim, ClaimStatus } from "@sonm/protocol/result/claim";
import type { Address, ClaimId, Hex, JobId } from "@sonm/protocol/values/ids";
import { jobBoardAbi } from "../abi/job-board.ts";
import { resultsAbi } from "../abi/results.ts";
import { createDecoder, type EventOf } from "./decode.ts";
import { type DisputeLog, disputesIn, type TimedLog } from "./dispute-log.ts";
import { type DraftMap, draftOf } from "./draft.ts";

const marketAbi = [...jobBoardAbi, ...resultsAbi] as const;
const decode = createDecoder(marketAbi);

type MarketEvent = EventOf<typeof marketAbi>;

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

/** What events have shown about the market. Entries never change: an event makes a new one, and what it does not touch stays the same object. */
export type Market = {
  readonly jobs: ReadonlyMap<JobId, ObservedJob>;
  /** by `batchKey` */
  readonly batches: ReadonlyMap<string, ObservedBatch>;
  readonly claims: ReadonlyMap<ClaimId, ObservedClaim>;
  /** by job, what keeps it here: the batches that are neither paid nor refunded, and the claims */
  readonly left: ReadonlyMap<JobId, number>;
  /** by the referee's address; for `disputesIn` */
  readonly disputes: ReadonlyMap<Address, unknown>;
};

/** The key of a batch in `Market.batches`. */
export function batchKey(job: JobId, batch: number): string {
  return `${job}/${batch}`;
}

/** A batch, also one that no event has touched yet. */
export function batchIn(market: Market, job: JobId, batch: number): ObservedBatch {
  return market.batches.get(batchKey(job, batch)) ?? untouched(job, batch);
}

function untouched(job: JobId, batch: number): ObservedBatch {
  return { job, batch, status: "open", attempt: 0, claim: undefined };
}

/** The market before any event. */
export const emptyMarket: Market = {
  jobs: new Map(),
  batches: new Map(),
  claims: new Map(),
  left: new Map(),
  disputes: new Map(),
};

type Maps = Omit<Market, "disputes">;
type Draft = {
  readonly [K in keyof Maps]: Maps[K] extends ReadonlyMap<infer Key, infer Value> ? DraftMap<Key, Value> : never;
} & {
  /** claims that nothing more can happen to, and jobs of which a batch has ended */
  readonly ended: { readonly claims: Set<ClaimId>; readonly jobs: Set<JobId> };
};

function draftOfMarket({ jobs, batches, claims, left }: Market): Draft {
  const ended = { claims: new Set<ClaimId>(), jobs: new Set<JobId>() };
  return { jobs: draftOf(jobs), batches: draftOf(batches), claims: draftOf(claims), left: draftOf(left), ended };
}

function endOf({ jobs, batches, claims, left }: Draft): Maps {
  return { jobs: jobs.end(), batches: batches.end(), claims: claims.end(), left: left.end() };
}

/** What logs have come to. */
export type Folded = { readonly market: Market; readonly ended: Draft["ended"] };

/** The market after `logs`, which are in the order of the chain. Leaves the one before as it is. */
export function withLogs(market: Market, logs: readonly TimedLog[], referees: readonly DisputeLog[]): Market {
  return foldLogs(market, logs, referees).market;
}

/** The market after `logs`, as by `withLogs`, and what has ended by them. */
export function foldLogs(market: Market, logs: readonly TimedLog[], referees: readonly DisputeLog[]): Folded {
  const draft = draftOfMarket(market);
  for (const { log, time } of logs) {
    const event = decode(log);
    if (event) apply(draft, event, time);
  }
  const disputes = draftOf(market.disputes);
  // A claim is older than the disputes about it, so the order between the two kinds of events does not matter.
  for (const referee of referees) {
    const address = referee.address.toLowerCase();
    const own = logs.filter(({ log }) => log.address.toLowerCase() === address);
    if (own.length === 0) continue;
    const folded = referee.fold(disputesIn(market, referee), own);
    disputes.set(referee.address, folded.disputes);
    for (const [claim, change] of folded.opened) changeClaim(draft, claim, ({ games }) => ({ games: games + change }));
  }
  return { market: { ...endOf(draft), disputes: disputes.end() }, ended: draft.ended };
}

/** Claims and jobs that leave a market. */
export type Over = { readonly claims: ReadonlySet<ClaimId>; readonly jobs: ReadonlySet<JobId> };

/** Which account needs what has ended: asked about a job that is over, or about a claim that is. */
export type Keeps = (job: Job, claim: ObservedClaim | undefined) => boolean;

/** What of all that has ended leaves the market: what `keeps` does not ask for. A job stays as long as one of its claims. */
export function overIn({ market, ended }: Folded, keeps: Keeps): Over {
  const claims = new Set<ClaimId>();
  const touched = new Set(ended.jobs);
  const dropped = new Map<JobId, number>();
  for (const id of ended.claims) {
    const claim = market.claims.get(id);
    const job = claim && market.jobs.get(claim.claim.job);
    if (!claim || (job && keeps(job.job, claim))) continue;
    claims.add(id);
    if (!job) continue;
    touched.add(job.id);
    dropped.set(job.id, (dropped.get(job.id) ?? 0) + 1);
  }
  const isOver = (id: JobId) => {
    const job = market.jobs.get(id)?.job;
    return job !== undefined && market.left.get(id) === (dropped.get(id) ?? 0) && !keeps(job, undefined);
  };
  return { claims, jobs: new Set([...touched].filter(isOver)) };
}

/**
 * The market without what is over. Leaves the one before as it is.
 * @param final the market of a block that stays: what has ended there is over in later ones too
 */
export function withoutOver(market: Market, over: Over, final: Market, referees: readonly DisputeLog[]): Market {
  const draft = draftOfMarket(market);
  for (const id of over.claims) {
    const claim = draft.claims.get(id);
    if (!claim) continue;
    draft.claims.delete(id);
    countLeft(draft, claim.claim.job, -1);
  }
  for (const id of over.jobs) {
    const job = draft.jobs.get(id)?.job;
    // All its batches have ended, so each has its entry.
    for (let batch = 0; job && batch < batchCount(job); batch++) draft.batches.delete(batchKey(id, batch));
    draft.jobs.delete(id);
    draft.left.delete(id);
  }
  const disputes = draftOf(market.disputes);
  for (const referee of referees) {
    const before = disputesIn(market, referee);
    const after = referee.drop(before, over.claims, disputesIn(final, referee));
    if (after !== before) disputes.set(referee.address, after);
  }
  return { ...endOf(draft), disputes: disputes.end() };
}

function countLeft({ left }: Draft, job: JobId, change: number): void {
  const before = left.get(job);
  if (before !== undefined) left.set(job, before + change);
}

/** Notes that so many batches of a job were paid or refunded. */
function endBatches(draft: Draft, job: Hex, batches: number): void {
  countLeft(draft, job as JobId, -batches);
  draft.ended.jobs.add(job as JobId);
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
  const before = draft.batches.get(batchKey(job as JobId, batch)) ?? untouched(job as JobId, batch);
  draft.batches.set(batchKey(job as JobId, batch), { ...before, ...next(before) });
}

function apply(draft: Draft, log: MarketEvent, time: number): void {
  const block = Number(log.blockNumber);
  switch (log.eventName) {
    case "JobPosted": {
      const id = log.args.id as JobId;
      draft.jobs.set(id, { id, job: log.args.job, postedAt: time, block });
      draft.left.set(id, batchCount(log.args.job));
      break;
    }
    case "BatchPaid":
      changeBatch(draft, log.args.job, log.args.batch, () => ({ status: "paid" }));
      endBatches(draft, log.args.job, 1);
      break;
    case "BatchesRefunded":
      for (const batch of log.args.batches) changeBatch(draft, log.args.job, batch, () => ({ status: "refunded" }));
      endBatches(draft, log.args.job, log.args.batches.length);
      break;
    case "ClaimPosted": {
      const { id, ...content } = log.args;
      const claim = { ...content, job: content.job as JobId };
      const claimId = id as ClaimId;
      changeBatch(draft, claim.job, claim.batch, () => ({ status: "taken", attempt: claim.attempt, claim: claimId }));
      const fresh = { status: "live", games: 0, claimedAt: time, endedAt: undefined, winner: undefined } as const;
      draft.claims.set(claimId, { id: claimId, claim, block, ...fresh });
      countLeft(draft, claim.job, 1);
      break;
    }
    case "ClaimSettled":
      changeClaim(draft, log.args.id, () => ({ status: "settled", endedAt: time }));
      draft.ended.claims.add(log.args.id as ClaimId);
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
      draft.ended.claims.add(log.args.id as ClaimId);
      break;
  }
}
