// What a buyer sees: the market on the chain and its own journal, put together for `decide`. Pure, except that it reads the journal.
import { batchKey, type ObservedBatch, type ObservedClaim } from "@sonm/chain/market/events";
import type { Sight } from "@sonm/chain/market/observer";
import { batchCount, type Job } from "@sonm/protocol/job/job";
import type { Address, JobId } from "@sonm/protocol/values/ids";
import { type Guard, unguarded } from "../../host/role/guard.ts";
import { FINAL_SECONDS } from "../../host/role/open-table.ts";
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

/** Orders whose end was reported so long ago that no reorganisation changes it. */
export function overIn({ now }: Pick<Sight, "now">, { orders, finished }: BuyerJournal): JobId[] {
  const isOver = ({ id }: Order) => now > (finished.get(id) ?? Number.POSITIVE_INFINITY) + FINAL_SECONDS;
  return orders
    .all()
    .filter(isOver)
    .map(({ id }) => id);
}

/** @param batchesOf if the buyer looks again and again; else everything is found out anew */
export function viewOf(
  sight: Sight,
  journal: BuyerJournal,
  { hub, policy, refundFrom, disputes }: BuyerSurroundings,
  guard: Guard = unguarded,
  batchesOf = createBatches(journal, guard),
): BuyerView {
  if (hub === undefined) return { now: sight.now, policy, orders: [], disputes };
  const batches = batchesOf(sight);
  const orders = journal.orders.all().map(
    ({ id, job }): OrderView => ({
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
      batches: batches.get(id) ?? [],
      reported: journal.reported.get(id) ?? false,
    }),
  );
  return { now: sight.now, policy, orders, disputes };
}

/** What was found out about a batch, and what it was found out from. */
type Known = {
  readonly key: string;
  readonly seen: ObservedBatch | undefined;
  readonly claim: ObservedClaim | undefined;
  /** undefined while it is put aside */
  readonly batch: BuyerBatch | undefined;
};

/** An order, what is known of its batches, and those that can be shown. */
type Kept = { readonly order: Order; readonly known: Known[]; readonly batches: readonly BuyerBatch[] };

/**
 * The function that finds the batches of each order. What was found out about a batch is kept as long as what the journal and the chain have of it
 * stays the same; a list is the same as long as nothing in it has changed.
 */
export function createBatches(
  journal: BuyerJournal,
  guard: Guard = unguarded,
): (sight: Sight) => ReadonlyMap<JobId, readonly BuyerBatch[]> {
  const watches = [journal.deliveries, journal.askedAt, journal.collected].map((table) => table.watch());
  let kept: ReadonlyMap<JobId, Kept> = new Map();
  /** undefined also if the last look did not come to its end: then it is not known what it had still to find out */
  let last: Pick<Sight, "batches" | "claims"> | undefined;

  /** Whether all is as it was for this one. @param written names of claims and batches */
  function isSame({ key, seen, claim, batch }: Known, sight: Sight, written: ReadonlySet<string>): boolean {
    if (batch === undefined || sight.batches.get(key) !== seen) return false;
    if (seen?.claim === undefined) return true;
    return sight.claims.get(seen.claim) === claim && !written.has(key) && !written.has(seen.claim);
  }

  function find({ id, job }: Order, batch: number, sight: Sight): Known {
    const key = batchKey(id, batch);
    const seen = sight.batches.get(key);
    const claim = seen?.claim && sight.claims.get(seen.claim);
    const found = guard(`batch ${batch} of job ${id}`, [job], () => batchOf(batch, key, seen, claim, journal));
    return { key, seen, claim, batch: found };
  }

  function keptOf(order: Order, sight: Sight, written: ReadonlySet<string> | undefined): Kept {
    const before = kept.get(order.id);
    const all = Array.from({ length: batchCount(order.job) }, (_, batch): Known => {
      const one = before?.order === order ? before.known[batch] : undefined;
      return one && written && isSame(one, sight, written) ? one : find(order, batch, sight);
    });
    if (before?.order === order && all.every((one, i) => one.batch === before.known[i]?.batch))
      return { ...before, known: all };
    return { order, known: all, batches: all.flatMap(({ batch }) => batch ?? []) };
  }

  return (sight) => {
    const news = watches.map((take) => take());
    const isKnown = last !== undefined && news.every((one) => one !== undefined);
    const written = isKnown ? new Set(news.flatMap((one) => [...(one ?? [])])) : undefined;
    const isQuiet = written?.size === 0 && last?.batches === sight.batches && last.claims === sight.claims;
    last = undefined;
    const orders = journal.orders.all().map((order): Kept => {
      const before = kept.get(order.id);
      const isWhole = before?.batches.length === before?.known.length;
      return isQuiet && before?.order === order && isWhole ? before : keptOf(order, sight, written);
    });
    kept = new Map(orders.map((one) => [one.order.id, one]));
    last = { batches: sight.batches, claims: sight.claims };
    return new Map(orders.map(({ order, batches }) => [order.id, batches]));
  };
}

function batchOf(
  batch: number,
  key: string,
  seen: ObservedBatch | undefined,
  claim: ObservedClaim | undefined,
  journal: BuyerJournal,
): BuyerBatch {
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
