// A market as a role may see it, for random histories: what the chain does, reorganisations, and what leaves the sight after its end.
import { batchKey, type ObservedBatch, type ObservedClaim, type ObservedJob } from "@sonm/chain/market/events";
import type { Sight } from "@sonm/chain/market/observer";
import { batchCount, type Job, jobId } from "@sonm/protocol/job/job";
import { type Claim, claimId } from "@sonm/protocol/result/claim";
import type { ClaimId, JobId } from "@sonm/protocol/values/ids";
import fc from "fast-check";

/** The chain at a block. Nothing in it is changed in place. */
type Chain = {
  readonly now: number;
  readonly jobs: ReadonlyMap<JobId, ObservedJob>;
  readonly batches: ReadonlyMap<string, ObservedBatch>;
  readonly claims: ReadonlyMap<ClaimId, ObservedClaim>;
  /** when the last batch of a job was paid or refunded */
  readonly endedAt: ReadonlyMap<JobId, number>;
};

/** Seconds: no reorganisation is deeper, and what has ended so long ago may leave the sight. */
const DEEPEST = 1800;

/** What happens on the chain. Whatever does not fit its state has no effect there. */
export const worldStep = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("post"), which: fc.nat(2) }) },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("claim"), which: fc.nat(2), batch: fc.nat(1), by: fc.nat(1) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom("settle", "settle", "settle", "convict", "award"),
      which: fc.nat(2),
      batch: fc.nat(1),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("refund"), which: fc.nat(2), batch: fc.nat(1) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("wait"), seconds: fc.constantFrom(60, 1000, 4000, 90_000) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("reorganise"), blocks: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("drop") }) },
);
export type WorldStep = typeof worldStep extends fc.Arbitrary<infer T> ? T : never;

/** @param claimOf the content of a claim about a batch at an attempt, by one of two miners; undefined if there can be none */
export function createWorld(
  jobs: readonly Job[],
  claimOf: (job: JobId, batch: number, attempt: number, by: number) => Claim | undefined,
) {
  let chain: Chain = { now: 1_000_000, jobs: new Map(), batches: new Map(), claims: new Map(), endedAt: new Map() };
  const past: Chain[] = [];
  const dropped = new Set<string>();
  const ids = jobs.map(jobId);
  const idOf = (which: number) => ids[which] as JobId;

  const batchIn = (job: JobId, batch: number): ObservedBatch =>
    chain.batches.get(batchKey(job, batch)) ?? { job, batch, status: "open", attempt: 0, claim: undefined };
  const withBatch = (batch: ObservedBatch) => new Map(chain.batches).set(batchKey(batch.job, batch.batch), batch);
  const withClaim = (claim: ObservedClaim) => new Map(chain.claims).set(claim.id, claim);

  function endsOf(batches: Chain["batches"], job: JobId): Chain["endedAt"] {
    const count = batchCount(jobs[ids.indexOf(job)] as Job);
    const isOver = (batch: number) => ["paid", "refunded"].includes(batches.get(batchKey(job, batch))?.status ?? "");
    const over = Array.from({ length: count }, (_, batch) => batch).every(isOver);
    return over ? new Map(chain.endedAt).set(job, chain.now) : chain.endedAt;
  }

  function next(step: WorldStep): Partial<Chain> {
    if (step.kind === "wait" && "seconds" in step) return { now: chain.now + step.seconds };
    if (!("which" in step)) return {};
    const job = idOf(step.which);
    const seen = chain.jobs.get(job);
    if (step.kind === "post") {
      const posted = { id: job, job: jobs[step.which] as Job, postedAt: chain.now, block: 1 };
      return seen ? {} : { jobs: new Map(chain.jobs).set(job, posted) };
    }
    if (!seen || !("batch" in step)) return {};
    const batch = batchIn(job, step.batch);
    const claim = [...chain.claims.values()].findLast(
      (one) => one.claim.job === job && one.claim.batch === step.batch && one.claim.attempt >= batch.attempt - 1,
    );
    const { now } = chain;
    if (step.kind === "claim" && batch.status === "open" && "by" in step) {
      const content = claimOf(job, step.batch, batch.attempt, step.by);
      if (!content) return {};
      const id = claimId(content);
      const fresh = { status: "live", games: 0, claimedAt: now, endedAt: undefined, winner: undefined } as const;
      return {
        batches: withBatch({ ...batch, status: "taken", claim: id }),
        claims: withClaim({ id, claim: content, block: 1, ...fresh }),
      };
    }
    if (step.kind === "settle" && claim?.status === "live") {
      const batches = withBatch({ ...batch, status: "paid" });
      return {
        batches,
        claims: withClaim({ ...claim, status: "settled", endedAt: now }),
        endedAt: endsOf(batches, job),
      };
    }
    if (step.kind === "convict" && claim?.status === "live") {
      return {
        batches: withBatch({ ...batch, status: "open", attempt: batch.attempt + 1, claim: undefined }),
        claims: withClaim({ ...claim, status: "convicted", endedAt: now }),
      };
    }
    if (step.kind === "award" && claim?.status === "convicted") {
      return { claims: withClaim({ ...claim, status: "awarded" }) };
    }
    if (step.kind === "refund" && batch.status === "open") {
      const batches = withBatch({ ...batch, status: "refunded" });
      return { batches, endedAt: endsOf(batches, job) };
    }
    return {};
  }

  /** What has ended so long ago leaves the sight for ever. */
  function drop(): void {
    const isOld = (endedAt: number | undefined) => endedAt !== undefined && chain.now > endedAt + DEEPEST;
    for (const { id, status, endedAt } of chain.claims.values()) {
      if ((status === "settled" || status === "awarded") && isOld(endedAt)) dropped.add(id);
    }
    for (const [job, endedAt] of chain.endedAt) if (isOld(endedAt)) dropped.add(job);
  }

  return {
    ids,
    happens(step: WorldStep): void {
      if (step.kind === "drop") {
        drop();
        return;
      }
      if (step.kind === "reorganise" && "blocks" in step) {
        // Time does not go back: the blocks of the other branch are as late.
        const before = past.at(-step.blocks);
        if (before && before.now >= chain.now - DEEPEST) chain = { ...before, now: chain.now };
        return;
      }
      past.push(chain);
      chain = { ...chain, ...next(step) };
    },
    sight(): Sight {
      const isThere = (job: JobId) => !dropped.has(job);
      return {
        block: past.length,
        now: chain.now,
        jobs: new Map([...chain.jobs].filter(([id]) => isThere(id))),
        batches: new Map([...chain.batches].filter(([, { job }]) => isThere(job))),
        claims: new Map([...chain.claims].filter(([id, { claim }]) => !dropped.has(id) && isThere(claim.job))),
        left: new Map(),
        disputes: new Map(),
      };
    },
  };
}
