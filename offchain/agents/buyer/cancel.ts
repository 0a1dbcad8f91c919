// How a buyer takes a cancellation down. What is not posted yet is never posted. What is posted stays so: the contracts give the price of a
// batch back from the deadline on, if nobody has claimed it.
import { batchIn } from "@sonm/chain/market/events";
import type { Sight } from "@sonm/chain/market/observer";
import { batchCount, batchRange, type Job } from "@sonm/protocol/job/job";
import type { RoleTools } from "../../host/role/open.ts";
import { cancelTaken, isCancelWished } from "../../host/role/wishes.ts";
import type { BuyerView, OrderView } from "./decide.ts";
import type { BuyerJournal, Order } from "./journal.ts";

/** What is still to come of an order. */
export function unfinished(journal: Pick<BuyerJournal, "orders" | "reported">): Order[] {
  return journal.orders.all().filter(({ id }) => !journal.reported.get(id));
}

/** Marks all orders that are not finished. */
export function cancelOrders(journal: Pick<BuyerJournal, "orders" | "reported" | "cancelled">): Order[] {
  const orders = unfinished(journal);
  for (const { id } of orders) journal.cancelled.put(id, true);
  return orders;
}

/** The price of batches, wei of SNM. */
function priceOf(job: Job, batches: readonly number[]): bigint {
  return job.price * BigInt(batches.reduce((sum, batch) => sum + batchRange(job, batch).count, 0));
}

/** What a cancellation comes to, by the chain. @param refundFrom unix time from which open batches can be refunded */
export function cancellationOf({ id, job }: Order, sight: Sight, refundFrom: number) {
  const posted = sight.jobs.has(id);
  const all = posted ? Array.from({ length: batchCount(job) }, (_, batch) => batch) : [];
  const open = all.filter((batch) => batchIn(sight, id, batch).status === "open");
  return { job: id, posted, open, back: String(priceOf(job, open)), refundFrom };
}

/** The view after a wish to cancel: takes it down, and says what comes of it for each job that is posted already. */
export function heedCancel(
  { data, journal, emit }: Pick<RoleTools<BuyerJournal>, "data" | "journal" | "emit">,
  view: BuyerView,
): BuyerView {
  if (!isCancelWished(data)) return view;
  const fresh = ({ reported, cancelled }: OrderView) => !reported && !cancelled;
  for (const { id, job, posted, batches, refundFrom } of view.orders.filter(fresh)) {
    if (!posted) continue;
    const open = batches.filter(({ status }) => status === "open").map(({ batch }) => batch);
    emit({ kind: "cancelled", job: id, posted, open: open.length, back: String(priceOf(job, open)), refundFrom });
  }
  const orders = view.orders.map((order) => (fresh(order) ? { ...order, cancelled: true } : order));
  cancelOrders(journal);
  cancelTaken(data);
  return { ...view, orders };
}
