// What a buyer does next, from what it sees on the chain, in its mail and in its journal. Pure.
import { type BatchStatus, batchCount, type Job } from "@sonm/protocol/job/job";
import type { ClaimStatus } from "@sonm/protocol/result/claim";
import type { Address, ClaimId, ContentId, Hex, JobId } from "@sonm/protocol/values/ids";
import type { Deed } from "../../host/referees/referee.ts";
import { type Decision, soonest } from "../../host/role/loop.ts";
import { remembered } from "../../host/role/remembered.ts";

/** A hub's answer to a request for a quote. */
export type QuoteView = { readonly expiry: number; readonly signature: Hex };

/** A batch of the job, with its latest claim. */
export type BuyerBatch = {
  readonly batch: number;
  readonly status: BatchStatus;
  readonly claim: { readonly id: ClaimId; readonly miner: Address; readonly status: ClaimStatus } | undefined;
  /** where the miner of that claim says its results are */
  readonly delivery: ContentId | undefined;
  /** chain time at which that miner was last asked for them */
  readonly askedAt: number | undefined;
  /** the outputs of that claim are here and have been checked against the settled root */
  readonly collected: boolean;
};

/** One job that the buyer wants done. */
export type OrderView = {
  readonly id: JobId;
  readonly job: Job;
  /** the hub's key, to whose mailbox requests go */
  readonly hub: Address;
  /** image, inputs and manifest are in the store */
  readonly published: boolean;
  /** chain time of the last request */
  readonly askedAt: number | undefined;
  readonly quote: QuoteView | undefined;
  /** the hub's reason for refusing it */
  readonly refusal: string | undefined;
  /** its buyer does not want it any more */
  readonly cancelled: boolean;
  readonly posted: boolean;
  /** unix time from which open batches can be refunded: the deadline, or earlier if the hub is suspected */
  readonly refundFrom: number;
  readonly batches: readonly BuyerBatch[];
  /** the end has been reported */
  readonly reported: boolean;
};

export type BuyerPolicy = {
  /** seconds after which an unanswered question is asked again */
  readonly askAgainSeconds: number;
};

export type BuyerView = {
  readonly now: number;
  readonly policy: BuyerPolicy;
  readonly orders: readonly OrderView[];
  /** what it must do in disputes about its jobs that their parties have abandoned */
  readonly disputes: Decision<Deed>;
};

export type BuyerAction =
  | { readonly kind: "publish"; readonly order: OrderView }
  | { readonly kind: "ask"; readonly order: OrderView }
  | { readonly kind: "post"; readonly order: OrderView; readonly quote: QuoteView }
  | {
      readonly kind: "askResults";
      readonly order: OrderView;
      readonly batch: BuyerBatch;
      readonly claim: ClaimId;
      readonly miner: Address;
    }
  | {
      readonly kind: "collect";
      readonly order: OrderView;
      readonly batch: BuyerBatch;
      readonly claim: ClaimId;
      readonly content: ContentId;
    }
  | { readonly kind: "refund"; readonly order: OrderView; readonly batches: readonly number[] }
  | { readonly kind: "dispute"; readonly deed: Deed }
  | { readonly kind: "report"; readonly order: OrderView };

/** Equal for equal intentions. */
export function keyOf(action: BuyerAction): string {
  if (action.kind === "dispute") return action.deed.key;
  const { kind, order } = action;
  return "batch" in action ? `${kind} ${order.id} ${action.batch.batch}` : `${kind} ${order.id}`;
}

/** The buyer's next actions. */
export function decide(view: BuyerView): Decision<BuyerAction> {
  const actions: BuyerAction[] = view.disputes.actions.map((deed) => ({ kind: "dispute", deed }));
  const wakes: number[] = [];
  for (const order of view.orders) {
    if (order.posted) follow(order, view, actions, wakes);
    else offer(order, view, actions, wakes);
  }
  return { actions, wakeAt: soonest([...wakes, view.disputes.wakeAt]) };
}

/** Until the job is posted, unless it is cancelled: publishes, asks for a quote, and posts while the quote is valid. */
function offer(order: OrderView, { now, policy }: BuyerView, actions: BuyerAction[], wakes: number[]): void {
  if (order.cancelled || order.refusal !== undefined || now >= order.refundFrom) {
    if (!order.reported) actions.push({ kind: "report", order });
  } else if (!order.published) actions.push({ kind: "publish", order });
  else if (order.quote && now <= order.quote.expiry) actions.push({ kind: "post", order, quote: order.quote });
  else if (order.askedAt === undefined || now >= order.askedAt + policy.askAgainSeconds)
    actions.push({ kind: "ask", order });
  else wakes.push(order.askedAt + policy.askAgainSeconds);
}

/** What does not depend on the time in a list of batches. */
export type Standing = {
  readonly counts: Readonly<Record<BatchStatus | "collected", number>>;
  readonly open: readonly number[];
  /** paid, with outputs that are not here */
  readonly toCollect: readonly BuyerBatch[];
};

/** A list is gone through when it changes, and not at every look. */
export const standingOf = remembered((batches: readonly BuyerBatch[]): Standing => {
  const counts = { open: 0, taken: 0, paid: 0, refunded: 0, collected: 0 };
  const open: number[] = [];
  const toCollect: BuyerBatch[] = [];
  for (const one of batches) {
    counts[one.status]++;
    if (one.collected) counts.collected++;
    if (one.status === "open") open.push(one.batch);
    else if (one.status === "paid" && !one.collected) toCollect.push(one);
  }
  return { counts, open, toCollect };
});

/** After the job is posted: collects the outputs of paid batches, and refunds batches that nobody has claimed in time. */
function follow(order: OrderView, { now, policy }: BuyerView, actions: BuyerAction[], wakes: number[]): void {
  const { counts, open, toCollect } = standingOf(order.batches);
  if (open.length > 0) {
    if (now >= order.refundFrom) actions.push({ kind: "refund", order, batches: open });
    else wakes.push(order.refundFrom);
  }
  for (const batch of toCollect) {
    const { claim, delivery, askedAt } = batch;
    if (!claim) continue;
    if (delivery !== undefined) actions.push({ kind: "collect", order, batch, claim: claim.id, content: delivery });
    else if (askedAt === undefined || now >= askedAt + policy.askAgainSeconds) {
      actions.push({ kind: "askResults", order, batch, claim: claim.id, miner: claim.miner });
    } else wakes.push(askedAt + policy.askAgainSeconds);
  }
  // A batch that is put aside is missing.
  const over = counts.refunded + counts.paid - toCollect.length === batchCount(order.job);
  if (over && !order.reported) actions.push({ kind: "report", order });
}
