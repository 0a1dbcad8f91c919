// What a buyer has in hand: orders whose end is not reported yet, and how far each has come.
import type { InHand } from "../../host/role/in-hand.ts";
import { type BuyerView, type OrderView, standingOf } from "./decide.ts";

export function inHand({ orders }: BuyerView): readonly InHand[] {
  return orders
    .filter(({ reported }) => !reported)
    .map((order) => ({ what: `job ${order.id}`, state: stateOf(order) }));
}

function stateOf(order: OrderView): string {
  return `${order.cancelled ? "cancelled; " : ""}${progressOf(order)}`;
}

function progressOf({ posted, published, quote, refusal, batches }: OrderView): string {
  if (refusal !== undefined) return `refused by the hub: ${refusal}`;
  if (!posted) return quote ? "is to be posted" : published ? "waits for the hub's quote" : "is to be published";
  const { collected, refunded } = standingOf(batches).counts;
  return `${collected} of ${batches.length} batches collected${refunded > 0 ? `, ${refunded} refunded` : ""}`;
}
