// Staked ratings of hubs (PROTOCOL.md, section 8.5). Amounts are wei of SNM, times unix seconds.

import { Failure } from "@sonm/protocol/values/failure";
import type { Address } from "@sonm/protocol/values/ids";
import { parseEventLogs, type TransactionReceipt } from "viem";
import { ratingsAbi } from "../abi/ratings.ts";
import type { Reader } from "../clients.ts";
import type { Deployment } from "../deployment.ts";
import { advice } from "../errors/advice.ts";
import { refusal } from "../errors/refusal.ts";
import { allowanceOf, approveSnm } from "../money/snm.ts";
import type { Signer } from "../signer.ts";
import { action, send } from "../transact.ts";

const verdicts = ["open", "for wins", "against wins", "refund"] as const;
/** The verdict on the ratings of a registration. */
export type Verdict = (typeof verdicts)[number];

/** Which part of a position has been paid out. */
const claims = ["nothing", "stake", "all"] as const;

/** A rating: a stake for or against a hub in one of its registrations. */
export type Position = {
  readonly number: number;
  readonly rater: Address;
  readonly hub: Address;
  /** the registration that it is about */
  readonly registration: number;
  readonly stake: bigint;
  /** seconds from registration to the rating */
  readonly age: number;
  readonly inFavour: boolean;
  readonly claimed: (typeof claims)[number];
};

/** What a decided position is worth, wei of SNM. */
export type Worth = {
  /** of its own stake */
  readonly stake: bigint;
  /** of the losers' stakes */
  readonly winnings: bigint;
  /** from when the winnings are paid; 0 for at once */
  readonly winningsFrom: number;
};

/** Sums over one registration: stake × time on each side (wei × seconds), and the SNM that change hands (wei). */
export type Tally = { readonly weightFor: bigint; readonly weightAgainst: bigint; readonly matched: bigint };

/** A hub, as of its latest registration. */
export type Rated = { readonly wallet: Address; readonly registrations: number };

/** How one registration of a hub is rated. Amounts are wei of SNM. */
export type Rating = {
  /** share of the weight that is for the hub, in basis points; null if nobody has rated it */
  readonly score: number | null;
  readonly stakedFor: bigint;
  readonly stakedAgainst: bigint;
};

/** Positions asked for at once: few enough for every node's gas limit. */
const PAGE = 500n;

/** A position as the contract returns it. */
type RawPosition = Omit<Position, "number" | "claimed"> & { readonly claimed: number };

function positionFrom(raw: RawPosition, number: number): Position {
  return { ...raw, number, claimed: claims[raw.claimed] ?? "nothing" };
}

/** Every position ever taken, oldest first. Holds one page at a time, so that very many positions cost only time. */
async function* positionsOf({ client }: Reader, { addresses }: Deployment): AsyncGenerator<Position> {
  const at = { address: addresses.ratings, abi: ratingsAbi } as const;
  const count = await client.readContract({ ...at, functionName: "count" });
  for (let from = 0n; from < count; from += PAGE) {
    const page = await client.readContract({ ...at, functionName: "positions", args: [from, PAGE] });
    for (const [i, raw] of page.entries()) {
      yield positionFrom(raw, Number(from) + i);
    }
  }
}

/** All positions that `wanted` accepts, oldest first. */
export async function positionsWhere(
  reader: Reader,
  deployment: Deployment,
  wanted: (position: Position) => boolean,
): Promise<Position[]> {
  const found: Position[] = [];
  for await (const position of positionsOf(reader, deployment)) if (wanted(position)) found.push(position);
  return found;
}

/** One position. @throws Failure if no position has that number */
export async function positionAt({ client }: Reader, { addresses }: Deployment, number: number): Promise<Position> {
  const [raw] = await client.readContract({
    address: addresses.ratings,
    abi: ratingsAbi,
    functionName: "positions",
    args: [BigInt(number), 1n],
  });
  if (raw) return positionFrom(raw, number);
  throw refusal(`There is no position ${number}`, "nobody has taken it", advice("see-ratings"));
}

/** The readable score of PROTOCOL.md, section 8.5, but null if nobody has rated: the contract's `score` says 5,000 then. */
export function scoreOf({ weightFor, weightAgainst }: Tally): number | null {
  const total = weightFor + weightAgainst;
  return total === 0n ? null : Number((weightFor * 10_000n) / total);
}

/** How hubs are rated, in the order of `hubs`. The stakes behind the scores are summed in one pass over all positions. */
export async function ratingsOf(reader: Reader, deployment: Deployment, hubs: readonly Rated[]): Promise<Rating[]> {
  const tallies = await Promise.all(
    hubs.map(({ wallet, registrations }) => tallyOf(reader, deployment, wallet, registrations)),
  );
  const scores = tallies.map(scoreOf);
  const keyOf = (wallet: Address, registration: number) => `${wallet.toLowerCase()} ${registration}`;
  const rated = hubs.filter((_, i) => scores[i] !== null);
  const staked = new Map(
    rated.map(({ wallet, registrations }) => [keyOf(wallet, registrations), { for: 0n, against: 0n }]),
  );
  if (staked.size > 0) {
    for await (const { hub, registration, inFavour, stake } of positionsOf(reader, deployment)) {
      const sums = staked.get(keyOf(hub, registration));
      if (sums) sums[inFavour ? "for" : "against"] += stake;
    }
  }
  return hubs.map(({ wallet, registrations }, i) => {
    const sums = staked.get(keyOf(wallet, registrations));
    return { score: scores[i] ?? null, stakedFor: sums?.for ?? 0n, stakedAgainst: sums?.against ?? 0n };
  });
}

/** The verdict on one registration of a hub; `open` while it is not decided. */
export async function verdictOf(
  { client }: Reader,
  { addresses }: Deployment,
  hub: Address,
  registration: number,
): Promise<Verdict> {
  const verdict = await client.readContract({
    address: addresses.ratings,
    abi: ratingsAbi,
    functionName: "verdict",
    args: [hub, registration],
  });
  return verdicts[verdict] ?? "open";
}

/** The sums over one registration of a hub. */
export function tallyOf(
  { client }: Reader,
  { addresses }: Deployment,
  hub: Address,
  registration: number,
): Promise<Tally> {
  return client.readContract({
    address: addresses.ratings,
    abi: ratingsAbi,
    functionName: "tally",
    args: [hub, registration],
  });
}

/** What a position is worth. @throws viem's `BaseError` if its registration is not decided yet */
export async function worthOf({ client }: Reader, { addresses }: Deployment, position: number): Promise<Worth> {
  const { winningsFrom, ...amounts } = await client.readContract({
    address: addresses.ratings,
    abi: ratingsAbi,
    functionName: "worth",
    args: [BigInt(position)],
  });
  return { ...amounts, winningsFrom: Number(winningsFrom) };
}

/**
 * Stakes for or against a hub. It first approves the stake, if that is still needed.
 * @param stake wei of SNM
 * @returns the position's number, and the receipt
 * @throws Failure if the hub cannot be rated now, or the signer has too few SNM
 */
export async function rateHub(
  signer: Signer,
  deployment: Deployment,
  hub: Address,
  inFavour: boolean,
  stake: bigint,
): Promise<{ readonly position: number; readonly receipt: TransactionReceipt }> {
  const { ratings } = deployment.addresses;
  const allowed = await allowanceOf(signer, deployment, signer.address, ratings);
  if (allowed < stake) await approveSnm(signer, deployment, ratings, stake);
  const receipt = await send(signer, "The rating was not taken", {
    address: ratings,
    abi: ratingsAbi,
    functionName: "rate",
    args: [hub, inFavour, stake],
  });
  const [log] = parseEventLogs({ abi: ratingsAbi, logs: receipt.logs, eventName: "Rated" });
  if (!log) throw new Failure("Nothing was rated", "the transaction shows no position", "check the deployment");
  return { position: Number(log.args.position), receipt };
}

/** Pays a position's rater what is due by now. Anyone may. @throws Failure if nothing is due */
export const claimRating = action(
  { contract: "ratings", abi: ratingsAbi, failure: "The rating was not paid", call: "claim" },
  (position: number) => [BigInt(position)],
);
