// What a hub sees: the market on the chain and its own journal, put together for `decide`. Pure, except that it reads the journal.

import { batchIn } from "@sonm/chain/market/events";
import type { Sight } from "@sonm/chain/market/observer";
import { batchCount } from "@sonm/protocol/job/job";
import type { Address } from "@sonm/protocol/values/ids";
import { isAddressEqual } from "viem";
import type { HubPolicy, HubView, JobView, OpenBatch, WalletView } from "./decide.ts";
import type { HubJournal, Signed } from "./journal.ts";

/** What comes neither from events nor from the journal. */
export type HubSurroundings = {
  /** the hub's wallet */
  readonly wallet: Address;
  readonly standing: WalletView;
  readonly waiting: bigint;
  readonly policy: HubPolicy;
};

export function viewOf(
  sight: Sight,
  journal: HubJournal,
  { wallet, standing, waiting, policy }: HubSurroundings,
): HubView {
  const signed = Map.groupBy(journal.assignments.all(), ({ job, batch, attempt }) => `${job}/${batch}/${attempt}`);
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
    })),
    waiting,
  };
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
