// What a hub sees: the market on the chain and its own journal, put together for `decide`. Pure, except that it reads the journal.

import { batchIn } from "@sonm/chain/market/events";
import type { Sight } from "@sonm/chain/market/observer";
import { batchCount } from "@sonm/protocol/job/job";
import type { Address } from "@sonm/protocol/values/ids";
import { isAddressEqual } from "viem";
import { type HubPolicy, type HubView, heldUntil, type JobView, type OpenBatch, type WalletView } from "./decide.ts";
import type { HubJournal, Signed } from "./journal.ts";

/** What comes neither from events nor from the journal. */
export type HubSurroundings = {
  /** the hub's wallet */
  readonly wallet: Address;
  readonly standing: WalletView;
  readonly waiting: bigint;
  readonly policy: HubPolicy;
};

/** Stakes are not in it yet: no miner has a free one. */
export function viewOf(
  sight: Sight,
  journal: HubJournal,
  { wallet, standing, waiting, policy }: HubSurroundings,
): HubView {
  const assignments = journal.assignments.all();
  const signed = Map.groupBy(assignments, ({ job, batch, attempt }) => `${job}/${batch}/${attempt}`);
  const own = [...sight.jobs.values()].filter(({ job }) => isAddressEqual(job.hub, wallet));
  const jobs = own.map(({ id, job }): JobView => ({ id, job, open: openBatches(sight, id, batchCount(job), signed) }));
  const claims = [...sight.claims.values()].flatMap((claim) => {
    const job = sight.jobs.get(claim.claim.job)?.job;
    return job && isAddressEqual(job.hub, wallet) ? [{ ...claim, job }] : [];
  });
  const convicted = claims.filter(({ status }) => status === "convicted" || status === "awarded");
  return {
    now: sight.now,
    policy,
    wallet: standing,
    requests: journal.requests.all(),
    jobs,
    claims: claims.filter(({ status }) => status === "live"),
    miners: journal.miners.all().map((miner) => ({
      ...miner,
      convicted: convicted.some(({ claim }) => isAddressEqual(claim.miner, miner.address)),
      free: 0n,
      settled: claims.filter(({ claim, status }) => status === "settled" && isAddressEqual(claim.miner, miner.address))
        .length,
    })),
    lapsed: lapsedOf(sight, assignments, policy),
    waiting,
  };
}

/** The view, with the free stakes of miners as they were read. */
export function withStakes(view: HubView, stakes: ReadonlyMap<Address, bigint>): HubView {
  return { ...view, miners: view.miners.map((miner) => ({ ...miner, free: stakes.get(miner.address) ?? 0n })) };
}

/** How long the hub remembers that an assignment lapsed, in seconds: as long as a stake takes to be withdrawn, by default. */
const MEMORY_SECONDS = 86_400;

/** Assignments that ended within the last day without a refusal and without a claim. */
function lapsedOf(sight: Sight, assignments: readonly Signed[], policy: HubPolicy): HubView["lapsed"] {
  const keyOf = (job: string, batch: number, attempt: number, miner: Address) =>
    `${job}/${batch}/${attempt}/${miner}`.toLowerCase();
  const claimed = new Set(
    [...sight.claims.values()].map(({ claim }) => keyOf(claim.job, claim.batch, claim.attempt, claim.miner)),
  );
  return assignments.flatMap((one) => {
    const { miner, job, batch, attempt, answer } = one;
    const end = heldUntil(one, policy);
    const isOver = answer !== "declined" && end < sight.now && sight.now <= end + MEMORY_SECONDS;
    if (!isOver || claimed.has(keyOf(job, batch, attempt, miner))) return [];
    return [{ miner, deposit: sight.jobs.get(job)?.job.deposit ?? 0n }];
  });
}

function openBatches(
  sight: Sight,
  job: JobView["id"],
  batches: number,
  signed: ReadonlyMap<string, readonly Signed[]>,
): OpenBatch[] {
  return Array.from({ length: batches }, (_, batch) => batchIn(sight, job, batch))
    .filter(({ status }) => status === "open")
    .map(({ batch, attempt }) => ({
      batch,
      attempt,
      assignments: signed.get(`${job}/${batch}/${attempt}`) ?? [],
    }));
}
