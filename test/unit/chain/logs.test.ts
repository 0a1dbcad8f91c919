// Logs come whole and in order, whatever range of blocks a node accepts.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { connect } from "@sonm/chain/clients";
import { createLogReader } from "@sonm/chain/logs";
import { type Hex, numberToHex } from "viem";
import { addressOf } from "./stub-chain.ts";
import { startNode } from "./stub-node.ts";

const address = addressOf(301);
const hashOf = (number: number): Hex => numberToHex(number, { size: 32 });

/** A node with a log in each block up to 100, which refuses ranges that `refuses` does. */
async function nodeThat(refuses: (from: number, to: number) => string | undefined) {
  const asked: (readonly [number, number])[] = [];
  const node = await startNode({
    eth_chainId: () => "0x1",
    eth_getLogs(filter) {
      const { fromBlock, toBlock } = filter as { fromBlock: Hex; toBlock: Hex };
      const [from, to] = [Number(fromBlock), Number(toBlock)];
      asked.push([from, to]);
      const why = refuses(from, to);
      if (why !== undefined) throw new Error(why);
      return Array.from({ length: to - from + 1 }, (_, i) => ({
        address,
        topics: [],
        data: "0x",
        blockNumber: numberToHex(from + i),
        blockHash: hashOf(from + i),
        transactionHash: hashOf(1000 + from + i),
        transactionIndex: "0x0",
        logIndex: "0x0",
        removed: false,
      }));
    },
  });
  after(node.stop);
  const reader = await connect(`http://127.0.0.1:${node.port}`);
  return { node, asked, reader };
}

/** The blocks of the logs that are read. */
async function blocksOf(pages: AsyncIterable<readonly { readonly blockNumber: bigint }[]>): Promise<number[]> {
  const blocks: number[] = [];
  for await (const logs of pages) blocks.push(...logs.map(({ blockNumber }) => Number(blockNumber)));
  return blocks;
}
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe("U5: logs", { timeout: 60_000 }, () => {
  test("are asked for in pages that grow from a small one", async () => {
    const { reader, asked } = await nodeThat(() => undefined);
    assert.deepEqual(await blocksOf(createLogReader(reader, 40)([address], 1, 100)), range(1, 100));
    assert.deepEqual(asked, [
      [1, 20],
      [21, 60],
      [61, 100],
    ]);
    assert.deepEqual(await blocksOf(createLogReader(reader)([address], 7, 6)), []);
  });

  for (const limit of [1, 3, 10]) {
    test(`come whole from a node that answers for ${limit} blocks at most`, async () => {
      const { reader, asked } = await nodeThat((from, to) =>
        to - from + 1 > limit ? `query exceeds max block range ${limit}` : undefined,
      );
      const read = createLogReader(reader, 64);
      assert.deepEqual(await blocksOf(read([address], 1, 100)), range(1, 100));
      const before = asked.length;
      assert.deepEqual(await blocksOf(read([address], 1, 8)), range(1, 8));
      assert.ok(asked.length - before <= Math.ceil(8 / limit) * 2 + 3, "what is refused is remembered");
    });
  }

  test("come whole from a node that limits their number, and pages grow again afterwards", async () => {
    // Many logs stand in the first blocks only.
    const { reader, asked } = await nodeThat((from, to) =>
      from < 20 && to > from ? "more than 10000 results" : undefined,
    );
    const read = createLogReader(reader, 16);
    assert.deepEqual(await blocksOf(read([address], 1, 100)), range(1, 100));
    assert.ok(
      asked.some(([from, to]) => to - from + 1 === 16),
      "the largest page is tried again",
    );
  });

  test("G3: come in smaller pages where there are many, from the second page on", async () => {
    const asked: number[] = [];
    const client = {
      async getLogs({ fromBlock, toBlock }: { fromBlock: bigint; toBlock: bigint }) {
        const blocks = Number(toBlock - fromBlock) + 1;
        asked.push(blocks);
        return Array.from({ length: 100 * blocks }, () => ({ blockNumber: fromBlock }));
      },
    };
    const read = createLogReader({ client, chainId: 1 } as never, 80);
    assert.equal((await blocksOf(read([address], 1, 400))).length, 40_000);
    // Of 400 logs, as soon as it is known how many there are.
    assert.deepEqual(asked.slice(0, 3), [20, 4, 4]);
    assert.equal(Math.max(...asked.slice(1)), 4);
  });

  test("of a single block that is refused are a failure, and nothing is missed in silence", async () => {
    const { reader } = await nodeThat((from, to) => (from <= 5 && to >= 5 ? "no such data" : undefined));
    await assert.rejects(blocksOf(createLogReader(reader, 16)([address], 1, 10)), /no such data/);
  });

  test("of a node that does not answer are a failure at once", async () => {
    const { reader, node, asked } = await nodeThat(() => undefined);
    node.stop();
    await assert.rejects(blocksOf(createLogReader(reader, 16)([address], 1, 100)), /cannot be used: .*ECONNREFUSED/);
    assert.equal(asked.length, 0);
  });
});
