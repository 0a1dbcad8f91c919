// Staked ratings of hubs (PROTOCOL.md, section 8.5). Amounts are wei of SNM, times unix seconds.
import type { TransactionReceipt } from "viem";
import type { Address } from "../types.ts";
import { ratingsAbi } from "./abi/ratings.ts";
import type { Reader, Signer } from "./clients.ts";
import type { Addresses, Deployment } from "./deployment.ts";
import { allowanceOf } from "./read.ts";
import { send } from "./transact.ts";
import { approveSnm } from "./write.ts";

const verdicts = ["open", "for wins", "against wins", "refund"] as const;
export type Verdict = (typeof verdicts)[number];

/** What of a position has been paid out. */
const claims = ["nothing", "stake", "all"] as const;

export type Position = {
  readonly number: number;
  readonly rater: Address;
  readonly hub: Address;
  /** the registration that it is about */
  readonly period: number;
  readonly stake: bigint;
  /** seconds from registration to the rating */
  readonly age: number;
  readonly inFavour: boolean;
  readonly claimed: (typeof claims)[number];
};

/** What a decided position comes to. */
export type Worth = {
  /** of its own stake */
  readonly stake: bigint;
  /** of the losers' stakes */
  readonly winnings: bigint;
  /** from when the winnings are paid; 0 for at once */
  readonly winningsFrom: number;
};

/** Sums over one registration: stake × seconds on either side, and the SNM that change hands. */
export type Tally = { readonly weightFor: bigint; readonly weightAgainst: bigint; readonly matched: bigint };

/** Positions asked for at once. */
const PAGE = 200n;

/** All positions that `wanted` accepts, oldest first. Asks for all there are, a page at a time. */
export async function positionsWhere(
  { client }: Reader,
  { addresses }: Deployment,
  wanted: (position: Position) => boolean,
): Promise<Position[]> {
  const at = { address: addresses.ratings, abi: ratingsAbi } as const;
  const count = await client.readContract({ ...at, functionName: "count" });
  const found: Position[] = [];
  for (let from = 0n; from < count; from += PAGE) {
    const page = await client.readContract({ ...at, functionName: "positions", args: [from, PAGE] });
    for (const [i, raw] of page.entries()) {
      const position = { ...raw, number: Number(from) + i, claimed: claims[raw.claimed] ?? "nothing" };
      if (wanted(position)) found.push(position);
    }
  }
  return found;
}

export async function verdictOf(
  { client }: Reader,
  { addresses }: Deployment,
  hub: Address,
  period: number,
): Promise<Verdict> {
  const verdict = await client.readContract({
    address: addresses.ratings,
    abi: ratingsAbi,
    functionName: "verdict",
    args: [hub, period],
  });
  return verdicts[verdict] ?? "open";
}

export function tallyOf({ client }: Reader, { addresses }: Deployment, hub: Address, period: number): Promise<Tally> {
  return client.readContract({
    address: addresses.ratings,
    abi: ratingsAbi,
    functionName: "tally",
    args: [hub, period],
  });
}

/** What a position of a decided registration comes to. */
export async function worthOf({ client }: Reader, { addresses }: Deployment, position: number): Promise<Worth> {
  const { winningsFrom, ...amounts } = await client.readContract({
    address: addresses.ratings,
    abi: ratingsAbi,
    functionName: "worth",
    args: [BigInt(position)],
  });
  return { ...amounts, winningsFrom: Number(winningsFrom) };
}

/** Stakes for or against a hub; approves the stake first where that is still needed. */
export async function rateHub(
  signer: Signer,
  addresses: Addresses,
  hub: Address,
  inFavour: boolean,
  stake: bigint,
): Promise<TransactionReceipt> {
  const { ratings } = addresses;
  const allowed = await allowanceOf(signer, { addresses }, signer.account.address, ratings);
  if (allowed < stake) await approveSnm(signer, addresses, ratings, stake);
  return send(signer, "The rating was not taken", {
    address: ratings,
    abi: ratingsAbi,
    functionName: "rate",
    args: [hub, inFavour, stake],
  });
}

/** Pays a position's rater what is due by now. Anyone's. */
export function claimRating(signer: Signer, { ratings }: Addresses, position: number): Promise<TransactionReceipt> {
  return send(signer, "The rating was not paid", {
    address: ratings,
    abi: ratingsAbi,
    functionName: "claim",
    args: [BigInt(position)],
  });
}
