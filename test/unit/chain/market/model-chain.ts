// A chain for tests of the observer: blocks of any kind in no time, replaced at will. It counts what it is asked.
import assert from "node:assert/strict";
import { bisectionAbi } from "@sonm/chain/abi/bisection";
import { jobBoardAbi } from "@sonm/chain/abi/job-board";
import { resultsAbi } from "@sonm/chain/abi/results";
import type { Reader } from "@sonm/chain/clients";
import { bisectionLog } from "@sonm/chain/market/bisection";
import { emptyMarket, type Market, withLogs } from "@sonm/chain/market/events";
import { type Game, gameId } from "@sonm/protocol/dispute/game";
import type { Job } from "@sonm/protocol/job/job";
import type { ClaimId } from "@sonm/protocol/values/ids";
import { BlockNotFoundError, type Hex, keccak256, type Log, stringToHex } from "viem";
import { job as template } from "../../agents/fixtures.ts";
import { addressOf, deployment, logOf } from "../stub-chain.ts";

const { jobBoard, results, bisection } = deployment.addresses;

/** An event; its place is where it is mined. */
export type ChainLog = Log<bigint, number, false>;
export type Block = {
  readonly number: number;
  readonly hash: Hex;
  readonly parentHash: Hex;
  readonly logs: readonly ChainLog[];
};

/** A 32-byte name. */
export const named = (...words: readonly unknown[]): Hex => keccak256(stringToHex(words.join("/")));
/** Block `n` is of the time 1000 n, on every branch. */
export const timeOf = (block: number): number => 1000 * block;
export const MINER = addressOf(301);

/** Events by short names. Those of a claim are about batch 0 of the job of the same name, unless it is said otherwise. */
export const happen = {
  post: (job: string, batches = 1) => {
    const terms: Job = { ...template, units: batches, batchSize: 1, salt: named(job) };
    return logOf(
      jobBoardAbi,
      "JobPosted",
      { id: named(job), buyer: terms.buyer, hub: terms.hub, job: terms },
      jobBoard,
    );
  },
  claim: (claim: string, job = claim, batch = 0, miner = MINER) => {
    const args = { id: claimNamed(claim), job: named(job), miner, batch, attempt: 0, pay: 7n, root: named(claim) };
    return logOf(resultsAbi, "ClaimPosted", args, results);
  },
  pay: (job: string, batch = 0) => {
    const args = { job: named(job), batch, miner: MINER, amount: 7n, pay: 5n, toWallet: true };
    return logOf(jobBoardAbi, "BatchPaid", args, jobBoard);
  },
  refund: (job: string, ...batches: number[]) => {
    const args = { job: named(job), buyer: MINER, batches, amount: 7n };
    return logOf(jobBoardAbi, "BatchesRefunded", args, jobBoard);
  },
  settle: (claim: string) => logOf(resultsAbi, "ClaimSettled", { id: claimNamed(claim), confirmed: false }, results),
  convict: (claim: string, job = claim, batch = 0) =>
    logOf(resultsAbi, "ClaimConvicted", { id: claimNamed(claim), job: named(job), batch }, results),
  win: (claim: string, rank: bigint) =>
    logOf(resultsAbi, "WinnerChanged", { id: claimNamed(claim), winner: addressOf(401), rank }, results),
  award: (claim: string) =>
    logOf(resultsAbi, "PoolAwarded", { id: claimNamed(claim), winner: addressOf(401), amount: 7n }, results),
  commit: (rank: bigint) =>
    logOf(
      bisectionAbi,
      "Committed",
      { challenger: addressOf(401), hash: named("hash", rank), rank, stake: 1n },
      bisection,
    ),
  retract: (rank: bigint) =>
    logOf(bisectionAbi, "Retracted", { challenger: addressOf(401), hash: named("hash", rank), stake: 1n }, bisection),
  open: (claim: string, rank: bigint) => {
    const game = gameAbout(claim, rank);
    const args = { id: gameId(game), claim: game.about.claim, challenger: game.about.challenger, game };
    return logOf(bisectionAbi, "GameOpened", args, bisection);
  },
  end: (claim: string, rank: bigint, outcome = 1) => {
    const game = gameAbout(claim, rank);
    return logOf(bisectionAbi, "GameOver", { id: gameId(game), claim: game.about.claim, outcome }, bisection);
  },
} as const;

/** A claim of `happen`. */
export const claimNamed = (claim: string): ClaimId => named("claim", claim) as ClaimId;

export function gameAbout(claim: string, rank: bigint): Game {
  const about = {
    claim: claimNamed(claim),
    job: named(claim),
    batch: 0,
    miner: MINER,
    challenger: addressOf(401),
    bond: 5n,
    rank,
  };
  return { about, first: 0, count: 1, exponent: 2, grace: 6 } as Game;
}

/** A chain that begins with an empty block 1. */
export function createModelChain() {
  let branches = 0;
  const genesis: Block = { number: 0, hash: named("genesis"), parentHash: named("nothing"), logs: [] };
  let blocks: Block[] = [genesis];
  const asked = { heads: 0, blocks: 0, ranges: [] as (readonly [number, number])[], logs: [] as string[], states: 0 };
  const set = { toldTimes: true, broken: false, gate: Promise.resolve(), onLogs: () => {} };

  function mine(...contents: readonly (readonly ChainLog[])[]): void {
    for (const logs of contents) {
      const parent = blocks.at(-1) ?? genesis;
      const number = parent.number + 1;
      const hash = named(parent.hash, number, branches, logs.length);
      const place = { blockNumber: BigInt(number), blockHash: hash };
      const mined = logs.map((log, logIndex) => ({
        ...log,
        ...place,
        logIndex,
        transactionHash: named(hash, logIndex),
      }));
      blocks.push({ number, hash, parentHash: parent.hash, logs: mined });
    }
  }
  mine([]);

  const told = (logs: readonly ChainLog[]) =>
    logs.map((log) => (set.toldTimes ? { ...log, blockTimestamp: BigInt(timeOf(Number(log.blockNumber))) } : log));

  const client = {
    async getBlock({ blockNumber, blockHash }: { blockNumber?: bigint; blockHash?: Hex }) {
      if (set.broken) throw new Error("the node is down");
      if (blockHash === undefined && blockNumber === undefined) asked.heads++;
      else asked.blocks++;
      const block = blockHash
        ? blocks.find(({ hash }) => hash === blockHash)
        : blocks[blockNumber === undefined ? blocks.length - 1 : Number(blockNumber)];
      if (!block) throw new BlockNotFoundError(blockNumber === undefined ? {} : { blockNumber });
      const { number, hash, parentHash } = block;
      return { number: BigInt(number), hash, parentHash, timestamp: BigInt(timeOf(number)) };
    },
    async getLogs({
      address,
      ...at
    }: {
      address: readonly Hex[];
      fromBlock?: bigint;
      toBlock?: bigint;
      blockHash?: Hex;
    }) {
      const [from, to] = [Number(at.fromBlock), Number(at.toBlock)];
      set.onLogs();
      const found = blocks.filter(({ number, hash }) =>
        at.blockHash ? hash === at.blockHash : number >= from && number <= to,
      );
      if (at.blockHash) assert.equal(found.length, 1, "a node does not know the logs of a block that was replaced");
      asked.ranges.push(at.blockHash ? [found[0]?.number ?? 0, found[0]?.number ?? 0] : [from, to]);
      await set.gate;
      const logs = found.flatMap((block) => block.logs).filter((log) => address.includes(log.address));
      asked.logs.push(...logs.map(({ transactionHash }) => transactionHash));
      return told(logs);
    },
    async readContract() {
      asked.states++;
      return {
        content: named("content"),
        phase: 0,
        level: 1,
        position: 0,
        deadline: 9,
        minerRest: 1,
        challengerRest: 1,
      };
    },
  };

  return {
    asked,
    set,
    mine,
    /** Takes the last `count` blocks away; what is mined next is another branch. */
    cut(count: number): void {
      blocks = blocks.slice(0, Math.max(1, blocks.length - count));
      branches++;
    },
    head: () => blocks.length - 1,
    reader: { client, chainId: deployment.chainId } as unknown as Reader,
    /** The market that the events up to a block come to, computed at once. */
    market(upTo = blocks.length - 1): Market {
      const logs = blocks.slice(1, upTo + 1).flatMap((block) => block.logs);
      const timed = logs.map((log) => ({ log, time: timeOf(Number(log.blockNumber)) }));
      return withLogs(emptyMarket, timed, [bisectionLog(bisection)]);
    },
  };
}
export type ModelChain = ReturnType<typeof createModelChain>;
