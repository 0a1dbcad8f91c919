// What roles see of the market: its events, fetched little by little, and what its referees store. Everything of one look is of one block.
import type { Address } from "@sonm/protocol/values/ids";
import type { Reader } from "../clients.ts";
import type { Deployment } from "../deployment.ts";
import { createLogReader } from "../logs.ts";
import { disputesIn, type Parties, type TimedLog } from "./dispute-log.ts";
import { emptyMarket, type Market, withLogs } from "./events.ts";
import { refereesOf } from "./referees.ts";

/** The market at a block. */
export type Sight = Market & {
  readonly block: number;
  /** time of that block, unix seconds: the only clock there is */
  readonly now: number;
};

/** Reads the market again and again, as cheaply as possible. */
export type Observer = {
  /**
   * Looks at the block that is the latest at the time of the call, or at a later one. Costs a few calls, however long the chain is, except
   * for the first time.
   */
  look(): Promise<Sight>;
};

/** How an observer reads. */
export type ObserverOptions = {
  /** blocks that a reorganisation may replace: their events are fetched again at every look */
  readonly overlap?: number;
  /** most blocks asked for at once */
  readonly page?: number;
  /** which open disputes the state is read of; all, if not given */
  readonly follows?: (parties: Parties) => boolean;
};

/**
 * Starts to observe a deployment. A reorganisation within `overlap` blocks is followed at once; a deeper one is noticed by the hash of
 * the last block believed final, and everything is read again.
 * @example
 * ```ts
 * import { connect, type Deployment } from "@sonm/chain";
 * import { createObserver } from "@sonm/chain/market/observer";
 * import { settleableFrom } from "@sonm/protocol/result/claim";
 *
 * // Prints the claims that nobody disputes, and the seconds until each can be settled.
 * export async function printClaims(url: string, deployment: Deployment): Promise<void> {
 *   const observer = createObserver(await connect(url), deployment);
 *   const { now, block, claims, jobs } = await observer.look(); // call it again for news: it costs little
 *   console.log(`block ${block}: ${claims.size} claims`);
 *   for (const { id, claim, status, games, claimedAt } of claims.values()) {
 *     const job = jobs.get(claim.job)?.job;
 *     if (job && status === "live" && games === 0) console.log(id, Math.max(0, settleableFrom(job, claimedAt) - now));
 *   }
 * }
 * ```
 */
export function createObserver(reader: Reader, deployment: Deployment, options: ObserverOptions = {}): Observer {
  const { overlap = 32, page = 5000, follows = () => true } = options;
  const { client } = reader;
  const { jobBoard, results } = deployment.addresses;
  const referees = refereesOf(deployment);
  /** what the events before block `next` come to */
  let base = emptyMarket;
  let next = deployment.block;
  let anchor: { readonly number: bigint; readonly hash: string } | undefined;
  /** the end of the look that is under way */
  let looked: Promise<unknown> = Promise.resolve();
  /** the look that follows it */
  let coming: Promise<Sight> | undefined;

  const read = createLogReader(reader, page);
  const places = [jobBoard, results, ...referees.map(({ address }) => address)];

  async function fetchLogs(from: number, to: number): Promise<TimedLog[]> {
    const logs: TimedLog[] = [];
    for await (const raw of read(places, from, to)) {
      const times = new Map<`0x${string}`, number>();
      for (const { blockHash, blockTimestamp } of raw) {
        if (times.has(blockHash)) continue;
        // Older nodes do not say the time of a log's block.
        const time = blockTimestamp ?? (await client.getBlock({ blockHash })).timestamp;
        times.set(blockHash, Number(time));
      }
      logs.push(...raw.map((log) => ({ log, time: times.get(log.blockHash) ?? 0 })));
    }
    return logs;
  }

  async function lookNow(): Promise<Sight> {
    const head = await client.getBlock({ blockTag: "latest" });
    const block = Number(head.number);
    if (anchor) {
      const final = await client.getBlock({ blockNumber: anchor.number }).catch(() => undefined);
      if (final?.hash !== anchor.hash) [base, next, anchor] = [emptyMarket, deployment.block, undefined];
    }
    const logs = await fetchLogs(next, block);
    const market = withLogs(base, logs, referees);

    const final = block - overlap;
    if (final >= next) {
      const { hash } = await client.getBlock({ blockNumber: BigInt(final) });
      base = withLogs(
        base,
        logs.filter(({ log }) => Number(log.blockNumber) <= final),
        referees,
      );
      next = final + 1;
      anchor = { number: BigInt(final), hash };
    }
    const disputes = await withStates(market, head.number);
    return { ...market, disputes, block, now: Number(head.timestamp) };
  }

  /** The market's disputes, with what the chain stores of the open ones at `blockNumber`. */
  async function withStates(market: Market, blockNumber: bigint): Promise<Market["disputes"]> {
    const read = await Promise.all(
      referees.map(async (referee): Promise<readonly [Address, unknown]> => {
        const disputes = disputesIn(market, referee);
        return [referee.address, await referee.read(disputes, client, blockNumber, follows)];
      }),
    );
    return new Map(read);
  }

  return {
    look() {
      // The look under way may see an older block than the caller already knows. So all who ask in the meantime share the next look.
      coming ??= looked.then(() => {
        coming = undefined;
        return lookNow();
      });
      looked = coming.catch(() => undefined);
      return coming;
    },
  };
}
