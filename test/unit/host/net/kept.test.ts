// G6: a connection that was kept, and was closed by the other side while this thread was busy, is replaced without a word.
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { connect, latest } from "@sonm/chain/clients";
import { keccak } from "@sonm/protocol/merkle/keccak";
import type { ContentId } from "@sonm/protocol/values/ids";
import { bytesToHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { createHttpPeer } from "../../../../offchain/host/net/http-peer.ts";
import { startClosingServer } from "../../../doubles/closing-server.ts";

const account = privateKeyToAccount(`0x${"1".repeat(64)}`);
const ROUNDS = 5;

describe("G6: a kept connection that was closed", { timeout: 60_000 }, () => {
  const stops: (() => void)[] = [];
  after(() => {
    for (const stop of stops) stop();
  });

  it("is replaced when the node is asked", async () => {
    const [hash, parentHash] = [`0x${"2".repeat(64)}`, `0x${"1".repeat(64)}`];
    const block = { number: "0x5", hash, parentHash, timestamp: "0x9", transactions: [] };
    const server = await startClosingServer((question) => {
      const { id, method } = JSON.parse(question) as { id: number; method: string };
      return JSON.stringify({ jsonrpc: "2.0", id, result: method === "eth_chainId" ? "0x7" : block });
    });
    stops.push(server.stop);
    const reader = await connect(server.url);
    let failures = 0;
    reader.nodes?.watch((states) => {
      failures += states.filter(({ state }) => state === "failing").length;
    });
    for (let i = 0; i < ROUNDS; i++) assert.equal((await latest(reader)).block, 5);
    assert.equal(failures, 0);
    assert.equal(reader.nodes?.states()[0]?.why, null);
    assert.ok(server.count.closed > 0, "connections are kept");
  });

  it("is replaced when the store is asked, and when something is given to it", async () => {
    const content = new Uint8Array([1, 2, 3]);
    const id = bytesToHex(keccak(content)) as ContentId;
    const server = await startClosingServer(() => content);
    stops.push(server.stop);
    const peer = createHttpPeer({ url: server.url, account });
    for (let i = 0; i < ROUNDS; i++) assert.deepEqual(await peer.fetch(id), content);
    assert.ok(server.count.closed > 0, "connections are kept");
    const letters = await startClosingServer(() => "ok");
    stops.push(letters.stop);
    const sender = createHttpPeer({ url: letters.url, account });
    for (let i = 0; i < ROUNDS; i++) await sender.send(account.address, { kind: "announce", slots: 1, minPay: 0n });
    assert.equal(letters.count.answered, ROUNDS);
  });
});
