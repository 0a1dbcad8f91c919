// What roles see of the market: its events, each fetched once, and what its referees store. Everything of one look is of one block.
import type { Job } from "@sonm/protocol/job/job";
import { Failure } from "@sonm/protocol/values/failure";
import type { Hex } from "@sonm/protocol/values/ids";
import type { Reader } from "../clients.ts";
import type { Deployment } from "../deployment.ts";
import { createLogReader, type MinedLog } from "../logs.ts";
import { type Checkpoint, restoreHistory, saveHistory } from "./checkpoint.ts";
import { disputesIn, type Parties } from "./dispute-log.ts";
import { draftOf } from "./draft.ts";
import type { Keeps, Market } from "./events.ts";
import {
  cutBack,
  emptyHistory,
  extended,
  type History,
  historyFrom,
  lastOf,
  type Mark,
  type ReadBlock,
} from "./history.ts";
import { refereesOf } from "./referees.ts";

/** The market at a block. */
export type Sight = Market & {
  /** the latest block, or the one as many blocks below it as the observer waits for confirmations */
  readonly block: number;
  /** time of the latest block, unix seconds: the only clock there is */
  readonly now: number;
};

/** Reads the market again and again, as cheaply as possible. */
export type Observer = {
  /**
   * Looks at the chain as it is at the time of the call, or later. Costs one call if there is no new block, and a few otherwise. What has not
   * changed since the last look is the same object. After a reorganisation everything may be new objects.
   */
  look(): Promise<Sight>;
};

/** Blocks that a reorganisation is believed to replace at most: on Ethereum two epochs, after which blocks are final. */
export const USUAL_DEPTH = 64;

/** How an observer reads. */
export type ObserverOptions = {
  /** blocks that a reorganisation may replace: what it has replaced, and nothing else, is read again; default `USUAL_DEPTH` */
  readonly depth?: number;
  /** how many blocks must follow a block until it is shown; default 0 */
  readonly confirmations?: number;
  /** most blocks asked for at once */
  readonly page?: number;
  /** which open disputes, and about which jobs, the state is read of; all, if not given */
  readonly follows?: (parties: Parties, job: Job | undefined) => boolean;
  /**
   * What is shown although it has ended: a job all of whose batches are paid or refunded, a claim that is settled or awarded. Everything else
   * leaves the sight, some time after its end is deeper than `depth`. Nothing, if not given.
   */
  readonly keeps?: Keeps;
  /** where to begin, and where to write now and then how far it has come */
  readonly checkpoint?: Checkpoint;
  /** blocks after which it is written again; default 500 */
  readonly checkpointBlocks?: number;
};

/** Chains of one's own computer, where nobody else replaces a block. */
const OWN_CHAINS = [31_337, 1337];
/** Blocks, on Ethereum a good minute. A game has some thirty turns, and takes half an hour longer by it. */
const USUAL_CONFIRMATIONS = 6;

/** How many blocks must follow a block before a role acts on it, if nobody says otherwise. */
export function usualConfirmations(chainId: number): number {
  return OWN_CHAINS.includes(chainId) ? 0 : USUAL_CONFIRMATIONS;
}

/** A checkpoint is also written after so many events. */
const CHECKPOINT_EVENTS = 2000;
/** How often a look begins again because the chain has changed meanwhile. */
const MOST_CHANGES = 5;

type Block = Mark & { readonly parentHash: Hex; readonly time: number };

/**
 * Starts to observe a deployment. It remembers the blocks that it has read. Where the chain has replaced some of them, it goes back to the last
 * one that is still there. A reorganisation deeper than `depth` makes it read everything again.
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
  const {
    depth = USUAL_DEPTH,
    confirmations = 0,
    page = 5000,
    follows = () => true,
    keeps = () => false,
    checkpoint,
    checkpointBlocks = 500,
  } = options;
  const { client } = reader;
  const { jobBoard, results } = deployment.addresses;
  const referees = refereesOf(deployment);
  const rules = { referees, keeps };
  const places = [jobBoard, results, ...referees.map(({ address }) => address)];
  const readLogs = createLogReader(reader, page);

  /** undefined before the first look */
  let history: History | undefined;
  /** the last look, and the head that it was made at */
  let last: { readonly head: Hex; readonly sight: Sight } | undefined;
  let saved = { number: 0, events: 0 };
  /** the end of the look that is under way */
  let looked: Promise<unknown> = Promise.resolve();
  /** the look that follows it */
  let coming: Promise<Sight> | undefined;

  async function blockAt(at: number | "latest"): Promise<Block> {
    const asked = at === "latest" ? ({ blockTag: at } as const) : { blockNumber: BigInt(at) };
    const { number, hash, parentHash, timestamp } = await client.getBlock(asked);
    return { number: Number(number), hash: hash as Hex, parentHash, time: Number(timestamp) };
  }

  /** Whether the chain that ends with `tip` still has a block. */
  async function isThere({ number, hash }: Mark, tip: Block): Promise<boolean> {
    if (number >= tip.number) return number === tip.number && hash === tip.hash;
    if (number === tip.number - 1) return hash === tip.parentHash;
    return (await blockAt(number)).hash === hash;
  }

  /** What has been read and is still there: up to the last common block. */
  async function common(history: History, tip: Block): Promise<History> {
    const { base, recent } = history;
    const end = recent.at(-1);
    if (end && (await isThere(end, tip))) return history;
    if (base && base.number > tip.number) {
      // No chain becomes so much shorter. To begin again would show the market of long ago.
      const why = `its latest block is ${tip.number}, and blocks up to ${lastOf(history)?.number} have been read`;
      throw new Failure("The node is behind", why, "wait until it has caught up, or ask another node");
    }
    if (base && !(await isThere(base, tip))) return begin(tip);
    // Below a block that is there, all are.
    let [there, gone] = [0, recent.length];
    while (there < gone) {
      const middle = (there + gone) >> 1;
      const mark = recent[middle];
      if (mark && (await isThere(mark, tip))) there = middle + 1;
      else gone = middle;
    }
    return there === recent.length ? history : cutBack(history, there, rules);
  }

  /** What an earlier process has read, if it is still there. */
  async function begin(tip: Block): Promise<History> {
    const bytes = checkpoint?.get();
    const found = bytes && restoreHistory(bytes, deployment, referees);
    const isFit = found !== undefined && (await isThere(found.base, tip));
    saved = { number: isFit ? found.base.number : 0, events: 0 };
    return isFit ? historyFrom(found.base, found.final) : emptyHistory;
  }

  /** The blocks of logs, which are in the order of the chain. */
  async function blocksOf(logs: readonly MinedLog[]): Promise<ReadBlock[]> {
    const blocks: { number: number; hash: Hex; time: number; logs: { log: MinedLog; time: number }[] }[] = [];
    for (const log of logs) {
      let block = blocks.at(-1);
      if (block?.hash !== log.blockHash) {
        // Older nodes do not say the time of a log's block.
        const told = log.blockTimestamp ?? (await client.getBlock({ blockHash: log.blockHash })).timestamp;
        block = { number: Number(log.blockNumber), hash: log.blockHash, time: Number(told), logs: [] };
        blocks.push(block);
      }
      block.logs.push({ log, time: block.time });
    }
    return blocks.map(({ time, ...block }) => block);
  }

  /** The history up to a block; undefined if the chain has changed while it was read. Gives none that is partly of another chain. */
  async function readTo(before: History, to: Block, stays: number): Promise<History | undefined> {
    const known = lastOf(before);
    if (known?.hash === to.hash) return before;
    const from = (known?.number ?? deployment.block - 1) + 1;
    let after = before;
    let end: ReadBlock = { number: to.number, hash: to.hash, logs: [] };
    const add = async (logs: readonly MinedLog[]) => {
      const blocks = await blocksOf(logs);
      if (blocks.at(-1)?.number === to.number) end = blocks.pop() ?? end;
      after = extended(after, blocks, stays, rules);
      saved = { ...saved, events: saved.events + logs.length };
    };
    if (known && from === to.number && known.hash === to.parentHash) {
      // By its hash no other block can be meant, whichever node answers.
      await add(await client.getLogs({ address: places, blockHash: to.hash }));
    } else {
      for await (const logs of readLogs(places, from, to.number)) await add(logs);
      if ((await blockAt(to.number)).hash !== to.hash) return undefined;
    }
    return end.hash === to.hash ? extended(after, [end], stays, rules) : undefined;
  }

  async function lookNow(changes = 0): Promise<Sight> {
    if (changes > MOST_CHANGES) {
      throw new Failure("The chain cannot be read", "it changes faster than it is read", "ask another node");
    }
    const head = await blockAt("latest");
    if (last?.head === head.hash) return last.sight;
    const tip = confirmations === 0 ? head : await blockAt(Math.max(0, head.number - confirmations));
    if (tip.number < deployment.block) return sightOf(emptyHistory, tip, head);

    history = await common(history ?? (await begin(tip)), tip);
    const stays = tip.number - depth;
    // A long history takes long to read. Its part that stays is kept even if the chain changes its end meanwhile.
    const isLong = stays - (lastOf(history)?.number ?? deployment.block) > depth;
    const read = await readTo(history, isLong ? await blockAt(stays) : tip, stays);
    if (!read) return lookNow(changes + 1);
    history = read;
    if (isLong) return lookNow(changes);

    const disputes = await withStates(history.shown, tip.number);
    history = { ...history, shown: { ...history.shown, disputes } };
    keepCheckpoint(history);
    return sightOf(history, tip, head);
  }

  function sightOf({ shown }: History, tip: Block, head: Block): Sight {
    const sight = { ...shown, block: tip.number, now: head.time };
    last = { head: head.hash, sight };
    return sight;
  }

  function keepCheckpoint({ base, final }: History): void {
    if (!checkpoint || !base || base.number === saved.number) return;
    if (base.number < saved.number + checkpointBlocks && saved.events < CHECKPOINT_EVENTS) return;
    const bytes = saveHistory({ base, final }, deployment, referees);
    saved = { number: base.number, events: 0 };
    try {
      if (bytes) checkpoint.put(bytes);
    } catch {
      // A full disk must not keep anybody from looking. Whatever has to be on disk says so itself.
    }
  }

  /** The market's disputes, with what the chain stores of the open ones at a block. */
  async function withStates(market: Market, block: number): Promise<Market["disputes"]> {
    const disputes = draftOf(market.disputes);
    const isFollowed = (parties: Parties) => follows(parties, market.jobs.get(parties.job)?.job);
    await Promise.all(
      referees.map(async (referee) => {
        const before = disputesIn(market, referee);
        const after = await referee.read(before, client, BigInt(block), isFollowed);
        if (after !== before) disputes.set(referee.address, after);
      }),
    );
    return disputes.end();
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
