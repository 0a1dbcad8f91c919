// What the observer asks a node for: every block once, those that may be replaced again, and times only where the node does not tell them.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { resultsAbi } from "@sonm/chain/abi/results";
import type { Reader } from "@sonm/chain/clients";
import { createObserver, type ObserverOptions } from "@sonm/chain/market/observer";
import { type Hex, numberToHex } from "viem";
import { addressOf, deployment, logOf } from "../stub-chain.ts";

const hashOf = (number: number): Hex => numberToHex(number, { size: 32 });
/** Block `n` is of the time 1000 n. */
const timeOf = (block: number) => 1000 * block;

/** A chain with a claim in each of these blocks; several in a block that is named several times. */
function observing(
  blocks: readonly number[],
  { toldTimes = true, ...options }: ObserverOptions & { toldTimes?: boolean } = {},
) {
  const logs = blocks.map((block, i) => {
    const id = hashOf(i + 1);
    const args = { id, job: hashOf(50), miner: addressOf(301), batch: i, attempt: 0, pay: 7n, root: hashOf(5) };
    const log = logOf(resultsAbi, "ClaimPosted", args, deployment.addresses.results, block);
    return toldTimes ? { ...log, blockTimestamp: BigInt(timeOf(block)) } : log;
  });
  const chain = {
    head: 1,
    broken: false,
    /** answers with logs only when this is over */
    gate: Promise.resolve(),
    headsAsked: 0,
    ranges: [] as (readonly number[])[],
    timesAsked: 0,
  };
  const client = {
    async getBlock({ blockNumber, blockHash }: { blockNumber?: bigint; blockHash?: Hex }) {
      if (chain.broken) throw new Error("the node is down");
      if (blockHash) chain.timesAsked++;
      if (!blockHash && blockNumber === undefined) chain.headsAsked++;
      const number = blockHash ? Number(blockHash) : Number(blockNumber ?? chain.head);
      assert.ok(number <= chain.head && number > 0, `there is no block ${number}`);
      return { number: BigInt(number), hash: hashOf(number), timestamp: BigInt(timeOf(number)) };
    },
    async getLogs({ fromBlock, toBlock }: { fromBlock: bigint; toBlock: bigint }) {
      chain.ranges.push([Number(fromBlock), Number(toBlock)]);
      await chain.gate;
      return logs.filter(({ blockNumber }) => blockNumber >= fromBlock && blockNumber <= toBlock);
    },
  };
  const observer = createObserver({ client, chainId: 1 } as unknown as Reader, deployment, options);
  return {
    chain,
    observer,
    /** looks at the chain as it is up to `head`: which blocks were asked for, and when the claims were made */
    async look(head: number) {
      [chain.head, chain.ranges] = [head, []];
      const { claims, block, now } = await observer.look();
      assert.deepEqual([block, now], [head, timeOf(head)]);
      return { asked: chain.ranges, claimedAt: [...claims.values()].map(({ claimedAt }) => claimedAt) };
    },
  };
}

describe("a first look", () => {
  test("asks for every block since the deployment, 5,000 at once", async () => {
    const ranges = async (head: number) => (await observing([]).look(head)).asked;
    assert.deepEqual(await ranges(1), [[1, 1]]);
    assert.deepEqual(await ranges(5000), [[1, 5000]]);
    assert.deepEqual(await ranges(5001), [
      [1, 5000],
      [5001, 5001],
    ]);
  });

  test("finds what is at the edges of its pages", async () => {
    const { look } = observing([1, 3, 4, 6, 7], { page: 3 });
    const { asked, claimedAt } = await look(7);
    assert.deepEqual(asked, [
      [1, 3],
      [4, 6],
      [7, 7],
    ]);
    assert.deepEqual(claimedAt, [1, 3, 4, 6, 7].map(timeOf));
  });
});

describe("a later look", () => {
  test("asks again only for the last 32 blocks, which may have been replaced, and keeps what was before", async () => {
    const { look } = observing([1, 67, 68, 69, 70, 100, 101]);
    assert.deepEqual((await look(100)).claimedAt, [1, 67, 68, 69, 70, 100].map(timeOf));
    const { asked, claimedAt } = await look(101);
    assert.deepEqual(asked, [[69, 101]]);
    assert.deepEqual(claimedAt, [1, 67, 68, 69, 70, 100, 101].map(timeOf));
    assert.deepEqual((await look(102)).asked, [[70, 102]]);
  });

  test("asks for all of a chain that is not yet longer than that", async () => {
    const { look } = observing([1, 2, 33]);
    await look(32);
    assert.deepEqual((await look(33)).asked, [[1, 33]]);
    const { asked, claimedAt } = await look(34);
    assert.deepEqual(asked, [[2, 34]], "the first block has become final");
    assert.deepEqual(claimedAt, [1, 2, 33].map(timeOf));
  });

  test("waits for the end of the one under way, and then sees what has come meanwhile", async () => {
    const { observer, chain } = observing([1, 2]);
    const gate = Promise.withResolvers<void>();
    chain.gate = gate.promise;
    const first = observer.look();
    while (chain.ranges.length === 0) await new Promise((resolve) => setImmediate(resolve));
    chain.head = 2;
    const second = observer.look();
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual([chain.headsAsked, chain.ranges], [1, [[1, 1]]], "both would write down where the next begins");
    gate.resolve();
    assert.deepEqual([(await first).block, (await first).claims.size], [1, 1]);
    assert.deepEqual([(await second).block, (await second).claims.size], [2, 2]);
  });

  test("succeeds after one that failed", async () => {
    const { look, chain } = observing([1]);
    chain.broken = true;
    await assert.rejects(look(1), /the node is down/);
    chain.broken = false;
    assert.deepEqual((await look(1)).claimedAt, [timeOf(1)]);
  });
});

describe("the time of an event", () => {
  test("is not asked for where the node tells it", async () => {
    const { look, chain } = observing([3, 3, 4]);
    assert.deepEqual((await look(5)).claimedAt, [3, 3, 4].map(timeOf));
    assert.equal(chain.timesAsked, 0);
  });

  test("is asked for once in a block where the node does not", async () => {
    const { look, chain } = observing([3, 3, 4], { toldTimes: false });
    assert.deepEqual((await look(5)).claimedAt, [3, 3, 4].map(timeOf));
    assert.equal(chain.timesAsked, 2);
  });
});
