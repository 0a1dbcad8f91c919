// What a buyer sees: the market on the chain and its own journal, put together for `decide`. Pure, except that it reads the journal.
import { batchKey } from "@sonm/chain/market/events";
import type { Sight } from "@sonm/chain/market/observer";
import { batchCount, type Job } from "@sonm/protocol/job/job";
import type { Address, JobId } from "@sonm/protocol/values/ids";
import { type Guard, unguarded } from "../../host/role/guard.ts";
import type { BuyerBatch, BuyerPolicy, BuyerView, OrderView } from "./decide.ts";
import type { BuyerJournal, Order } from "./journal.ts";

/** What comes neither from events nor from the journal. */
export type BuyerSurroundings = {
  /** the key of the hub's owner; undefined while the hub has no wallet */
  readonly hub: Address | undefined;
  /** unix time from which open batches of a job can be refunded */
  readonly refundFrom: (job: Job) => number;
  readonly policy: BuyerPolicy;
  readonly disputes: BuyerView["disputes"];
};

export function viewOf(
  sight: Sight,
  journal: BuyerJournal,
  surroundings: BuyerSurroundings,
  guard: Guard = unguarded,
): BuyerView {
  const { hub, policy, disputes } = surroundings;
  const orders = hub
    ? journal.orders.all().map((order) => orderOf(order, hub, sight, journal, surroundings, guard))
    : [];
  return { now: sight.now, policy, orders, disputes };
}

function orderOf(
  { id, job }: Order,
  hub: Address,
  sight: Sight,
  journal: BuyerJournal,
  { refundFrom }: BuyerSurroundings,
  guard: Guard,
): OrderView {
  const batches: BuyerBatch[] = [];
  for (let batch = 0; batch < batchCount(job); batch++) {
    const seen = guard(`batch ${batch} of job ${id}`, [job], () => batchOf(id, batch, sight, journal));
    if (seen) batches.push(seen);
  }
  return {
    id,
    job,
    hub,
    published: journal.published.get(id) ?? false,
    askedAt: journal.askedAt.get(id),
    quote: journal.quotes.get(id),
    refusal: journal.refusals.get(id),
    cancelled: journal.cancelled.get(id) ?? false,
    posted: sight.jobs.has(id),
    refundFrom: refundFrom(job),
    batches,
    reported: journal.reported.get(id) ?? false,
  };
}

function batchOf(id: JobId, batch: number, sight: Sight, journal: BuyerJournal): BuyerBatch {
  const key = batchKey(id, batch);
  const seen = sight.batches.get(key);
  const claim = seen?.claim && sight.claims.get(seen.claim);
  return {
    batch,
    // No event has touched it yet.
    status: seen?.status ?? "open",
    claim: claim && { id: claim.id, miner: claim.claim.miner, status: claim.status },
    delivery: claim && journal.deliveries.get(claim.id),
    askedAt: claim && journal.askedAt.get(claim.id),
    // After a reorganisation another claim may be paid, with other outputs. A settled claim can have left the sight: the batch names it still.
    collected: seen?.claim !== undefined && journal.collected.get(key)?.claim === seen.claim,
  };
}
