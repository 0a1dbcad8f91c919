// Nodes that answer with what no node says: nobody believes it, another node steps in, and one lie is not held against the truth for ever.
import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, latest, type Reader } from "@sonm/chain/clients";
import type { NodesOptions } from "@sonm/chain/transport/nodes";
import { nodeErrorIn } from "@sonm/chain/transport/trouble";
import { numberToHex } from "viem";
import { startNode } from "../stub-node.ts";

const HEAD = 100;
const hash = (number: number) => numberToHex(number, { size: 32 });
const block = (number = HEAD) => ({
  number: numberToHex(number),
  hash: hash(number),
  parentHash: hash(number - 1),
  timestamp: "0x65000000",
  transactions: [],
});
const log = {
  address: `0x${"12".repeat(20)}`,
  topics: [hash(1)],
  data: "0x",
  blockNumber: "0x5",
  blockHash: hash(5),
  transactionHash: hash(9),
  logIndex: "0x0",
  transactionIndex: "0x0",
};

/** A chain whose first node answers as the test says. */
async function chainWhere(others: number, options: NodesOptions = {}) {
  const said = { block: block() as unknown, logs: [log] as unknown };
  const methods = { eth_chainId: () => "0x7a69", eth_getBlockByNumber: () => said.block, eth_getLogs: () => said.logs };
  const well = { ...methods, eth_getBlockByNumber: () => block(), eth_getLogs: () => [log] };
  const nodes = [await startNode(methods)];
  for (let i = 0; i < others; i++) nodes.push(await startNode(well));
  const stop = () => nodes.map((node) => node.stop());
  const urls = nodes.map(({ port }) => `http://127.0.0.1:${port}`);
  return { said, stop, reader: await connect(urls, { answerMs: 2000, ...options }) };
}

const logsOf = ({ client }: Reader) => client.getLogs({ fromBlock: 1n, toBlock: 9n });

const wrongBlocks: Readonly<Record<string, unknown>> = {
  "whose time is null": { ...block(), timestamp: null },
  "whose time is a word": { ...block(), timestamp: "soon" },
  "whose number is a word": { ...block(), number: "0xzz" },
  "whose number is an object": { ...block(), number: {} },
  "whose number fits no double": { ...block(), number: "0x1000000000000000" },
  "whose hash is null": { ...block(), hash: null },
  "whose hash is a number": { ...block(), hash: 5 },
  "whose parent is short": { ...block(), parentHash: "0x12" },
  "that is a text": "block",
  "that is a list": [],
};
for (const [what, wrong] of Object.entries(wrongBlocks))
  test(`S8: a block ${what} is nobody's word; another node steps in`, async () => {
    const { said, stop, reader } = await chainWhere(1);
    said.block = wrong;
    assert.equal((await latest(reader)).now, 0x65000000);
    assert.equal((await latest(reader)).block, HEAD);
    assert.equal(reader.nodes?.states()[0]?.state, "failing");
    stop();
  });

const wrongLogs: Readonly<Record<string, unknown>> = {
  null: null,
  "a block of null": { ...log, blockNumber: null },
  "a block that is a word": { ...log, blockNumber: "five" },
  "a topic that is no hash": { ...log, topics: ["0x12"] },
  "topics that are none": { ...log, topics: 7 },
  "half a byte of data": { ...log, data: "0x1" },
  "a time that is a word": { ...log, blockTimestamp: "now" },
};
for (const [what, wrong] of Object.entries(wrongLogs))
  test(`S8: a list of logs with ${what} is nobody's word`, async () => {
    const { said, stop, reader } = await chainWhere(1);
    said.logs = [log, wrong];
    assert.equal((await logsOf(reader)).length, 1);
    said.logs = [];
    stop();
  });

test("S8: one answer far beyond the chain is not believed", async () => {
  const { said, stop, reader } = await chainWhere(1);
  assert.equal((await latest(reader)).block, HEAD);
  said.block = block(2 ** 40);
  assert.equal((await latest(reader)).block, HEAD);
  assert.match(reader.nodes?.states()[0]?.why ?? "", /its newest block is 1099511627776, and block 100 was seen/);
  stop();
});

test("S8: what one answer has claimed is forgotten, once no node says so any more for a minute", async () => {
  let time = 0;
  const options: NodesOptions = {
    now: () => time,
    async sleep(ms) {
      time += ms;
    },
  };
  const { said, stop, reader } = await chainWhere(0, options);
  said.block = block(2000);
  assert.equal((await latest(reader)).block, 2000);
  said.block = block();
  const begun = time;
  let found: number | undefined;
  while (found === undefined && time < begun + 300_000) {
    found = await latest(reader).then(
      (one) => one.block,
      (error) => {
        assert.equal(nodeErrorIn(error)?.trouble.kind, "behind");
        return undefined;
      },
    );
    time += 1000;
  }
  assert.equal(found, HEAD);
  assert.ok(time - begun >= 60_000, "not before");
  stop();
});
