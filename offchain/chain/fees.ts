// What an account offers for a place in a block, and when it offers more.

import { formatGwei, parseGwei } from "viem";
import type { Reader } from "./clients.ts";

/** Wei for each unit of gas. A chain without EIP-1559 has one price. */
export type Fees =
  | { readonly maxFeePerGas: bigint; readonly maxPriorityFeePerGas: bigint }
  | { readonly gasPrice: bigint };

/** What a node recommends now. */
export type Market = {
  readonly fees: Fees;
  /** what a place in the next block costs at least, wei a gas */
  readonly least: bigint;
  /** the newest block */
  readonly block: number;
};

/** How far an account goes by itself. */
export type FeePolicy = {
  /** most that it offers, wei a gas */
  readonly most: bigint;
  /** milliseconds and blocks that a transaction waits before more is offered: both, because no fee helps while no blocks are made */
  readonly pauseMs: number;
  readonly pauseBlocks: number;
};

/** 200 gwei: about what Ethereum has cost in its busiest hours. On a chain that costs more, its owner must say so. */
export const USUAL_MOST = parseGwei("200");
export const usualFees: FeePolicy = { most: USUAL_MOST, pauseMs: 60_000, pauseBlocks: 3 };

/** Base fee times this: an offer stays good while blocks fill up for six blocks in a row. */
const BASE_FEE_TIMES = 2n;

/** Asks the node what a transaction costs now. */
export async function marketOf({ client }: Reader): Promise<Market> {
  const { baseFeePerGas, number } = await client.getBlock({ blockTag: "latest" });
  const block = Number(number);
  if (typeof baseFeePerGas !== "bigint") {
    const gasPrice = await client.getGasPrice();
    return { fees: { gasPrice }, least: gasPrice, block };
  }
  // A node without this method is asked for its gas price instead (viem).
  const tip = await client.estimateMaxPriorityFeePerGas();
  const fees = { maxFeePerGas: BASE_FEE_TIMES * baseFeePerGas + tip, maxPriorityFeePerGas: tip };
  return { fees, least: baseFeePerGas, block };
}

/** The most that a gas can cost by an offer, wei. */
export function priceOf(fees: Fees): bigint {
  return "gasPrice" in fees ? fees.gasPrice : fees.maxFeePerGas;
}

/** For people: `12.5 gwei`. */
export function showPrice(wei: bigint): string {
  return `${formatGwei(wei)} gwei`;
}

const least = (a: bigint, b: bigint) => (a < b ? a : b);
const most = (a: bigint, b: bigint) => (a > b ? a : b);

/** The first offer for a transaction; undefined if a place in the next block costs more than `limit`. */
export function firstOffer({ fees, least: needed }: Market, limit: bigint): Fees | undefined {
  if (needed > limit) return undefined;
  if ("gasPrice" in fees) return fees;
  const maxFeePerGas = least(fees.maxFeePerGas, limit);
  return { maxFeePerGas, maxPriorityFeePerGas: least(fees.maxPriorityFeePerGas, maxFeePerGas) };
}

/** An eighth more, rounded up. Nodes replace a transaction if both its fees rise by a tenth (geth's `--txpool.pricebump`), and by one wei. */
const more = (fee: bigint) => most((fee * 9n + 7n) / 8n, fee + 1n);

/** The next offer after `last`: an eighth more at least, and what the market asks; undefined if only an offer above `limit` helps. */
export function nextOffer(last: Fees, { fees: asked, least: needed }: Market, limit: bigint): Fees | undefined {
  if (needed > limit || more(priceOf(last)) > limit) return undefined;
  const price = least(most(more(priceOf(last)), priceOf(asked)), limit);
  if ("gasPrice" in last) return { gasPrice: price };
  const tip = "gasPrice" in asked ? 0n : asked.maxPriorityFeePerGas;
  return { maxFeePerGas: price, maxPriorityFeePerGas: most(more(last.maxPriorityFeePerGas), least(tip, price)) };
}

/** Whether the market asks for more than was offered. */
export function isOutbid(offered: Fees, { fees: asked }: Market): boolean {
  if (priceOf(asked) > priceOf(offered)) return true;
  return "gasPrice" in offered || "gasPrice" in asked
    ? false
    : asked.maxPriorityFeePerGas > offered.maxPriorityFeePerGas;
}

/** An offer that was made. */
export type Offer = {
  readonly fees: Fees;
  /** unix milliseconds */
  readonly at: number;
  /** the newest block then */
  readonly block: number;
};

/**
 * Whether more is to be offered for a transaction that is in no block. At once after the pause if the market asks for more. Else the fee
 * is hardly the reason, and each pause is twice as long as the one before.
 * @param offers at least one, the last one last
 * @param first whether it waits for no other transaction of the account
 */
export function isDue(
  offers: readonly Offer[],
  first: boolean,
  market: Market,
  now: number,
  policy: FeePolicy,
): boolean {
  const last = offers.at(-1);
  if (!last) return false;
  const waited = now - last.at;
  if (waited < policy.pauseMs || market.block - last.block < policy.pauseBlocks) return false;
  return isOutbid(last.fees, market) || (first && waited >= policy.pauseMs * 2 ** offers.length);
}
