// What roles see of the market: its events, fetched little by little, and what open games store. Everything in one look is from one block.
import { bisectionAbi } from "../abi/bisection.ts";
import type { Reader } from "../clients.ts";
import type { Deployment } from "../deployment.ts";
import { emptyMarket, type Market, type MarketLog, type ObservedGame, parseMarketLogs, withLogs } from "./events.ts";

/** The market at a block. */
export type Sight = Market & {
  readonly block: number;
  /** time of that block, unix seconds: the only clock there is */
  readonly now: number;
};

export type Observer = {
  /**
   * Looks at the block that is the latest at the time of the call, or at a later one. Costs a few calls, however long the chain is, except
   * for the first time.
   */
  look(): Promise<Sight>;
};

export type ObserverOptions = {
  /** blocks that a reorganisation may replace: their events are fetched again at every look */
  readonly overlap?: number;
  /** most blocks asked for at once */
  readonly page?: number;
  /** the open games whose state is read; all, if not given */
  readonly follows?: (game: ObservedGame) => boolean;
};

/**
 * Starts to observe a deployment. A reorganisation within `overlap` blocks is followed at once; a deeper one is noticed by the hash of
 * the last block believed final, and everything is read again.
 */
export function createObserver(reader: Reader, deployment: Deployment, options: ObserverOptions = {}): Observer {
  const { overlap = 32, page = 5000, follows = () => true } = options;
  const { client } = reader;
  const { jobBoard, results, bisection } = deployment.addresses;
  /** the market after all events before block `next` */
  let base = emptyMarket;
  let next = deployment.block;
  let anchor: { readonly number: bigint; readonly hash: string } | undefined;
  /** the end of the look that is under way */
  let looked: Promise<unknown> = Promise.resolve();
  /** the look that follows it */
  let coming: Promise<Sight> | undefined;

  async function fetchLogs(from: number, to: number): Promise<MarketLog[]> {
    const logs: MarketLog[] = [];
    for (let first = from; first <= to; first += page) {
      const raw = await client.getLogs({
        address: [jobBoard, results, bisection],
        fromBlock: BigInt(first),
        toBlock: BigInt(Math.min(to, first + page - 1)),
      });
      const times = new Map<`0x${string}`, number>();
      for (const { blockHash, blockTimestamp } of raw) {
        if (times.has(blockHash)) continue;
        // Older nodes do not say the time of a log's block.
        const time = blockTimestamp ?? (await client.getBlock({ blockHash })).timestamp;
        times.set(blockHash, Number(time));
      }
      logs.push(...parseMarketLogs(raw, times));
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
    const market = withLogs(base, logs);

    const final = block - overlap;
    if (final >= next) {
      const { hash } = await client.getBlock({ blockNumber: BigInt(final) });
      base = withLogs(
        base,
        logs.filter((log) => Number(log.blockNumber) <= final),
      );
      next = final + 1;
      anchor = { number: BigInt(final), hash };
    }
    const games = await withStates(market.games, head.number);
    return { ...market, games, block, now: Number(head.timestamp) };
  }

  /** The same games, the open ones with what the chain stores of them at `blockNumber`. */
  async function withStates(games: Market["games"], blockNumber: bigint): Promise<Market["games"]> {
    const open = [...games.values()].filter((game) => game.shown.outcome === undefined && follows(game));
    const states = await Promise.all(
      open.map(({ id }) =>
        client.readContract({
          address: bisection,
          abi: bisectionAbi,
          functionName: "stateOf",
          args: [id],
          blockNumber,
        }),
      ),
    );
    const read = open.map((game, i) => [game.id, { ...game, state: states[i] }] as const);
    return new Map([...games, ...read]);
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
