// A connection asks the node for what differs between chains, and spares it what it can.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { connect, latest, walletFor } from "@sonm/chain/clients";
import { numberToHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { startNode } from "./stub-node.ts";

const BASE_FEE = 1_000n;

describe("a connection", () => {
  let node: Awaited<ReturnType<typeof startNode>>;
  let time = 1_800_000_000;
  const hash = numberToHex(12, { size: 32 });
  /** the same node by a name of this computer, and by one that could be any computer's */
  let [near, far] = ["", ""];

  before(async () => {
    node = await startNode({
      eth_chainId: () => numberToHex(4242),
      eth_gasPrice: () => numberToHex(7),
      eth_maxPriorityFeePerGas: () => numberToHex(0),
      eth_getBlockByNumber: () => ({
        number: numberToHex(12),
        hash,
        parentHash: hash,
        timestamp: numberToHex(time),
        baseFeePerGas: numberToHex(BASE_FEE),
        transactions: [],
      }),
    });
    [near, far] = [`http://127.0.0.1:${node.port}`, `http://0.0.0.0:${node.port}`];
  });
  after(() => node?.stop());

  it("says that nobody is there", async () => {
    await assert.rejects(connect("http://127.0.0.1:1"), /No chain at http:\/\/127\.0\.0\.1:1/);
  });

  it("is of the chain that the node says it is, whose money has 18 decimals", async () => {
    const { client, chainId } = await connect(near);
    assert.deepEqual([chainId, client.chain.id], [4242, 4242]);
    assert.equal(client.chain.nativeCurrency.decimals, 18);
  });

  it("tells the time of the latest block, anew each time", async () => {
    const reader = await connect(near);
    assert.deepEqual(await latest(reader), { block: 12, hash, now: time });
    time++;
    assert.deepEqual(await latest(reader), { block: 12, hash, now: time });
  });

  it("puts questions that are asked at once into one request", async () => {
    const { client } = await connect(near);
    const before = node.heard.length;
    await Promise.all([client.getGasPrice(), client.getBlock()]);
    const heard = node.heard.slice(before).map((methods) => methods.toSorted());
    assert.deepEqual(heard, [["eth_gasPrice", "eth_getBlockByNumber"]]);
  });

  it("offers twice the current base fee, so that a transaction stays valid while blocks fill up", async () => {
    const { client } = await connect(near);
    const { maxFeePerGas } = await client.estimateFeesPerGas();
    assert.equal(maxFeePerGas, 2n * BASE_FEE);
  });

  it("asks a node on this computer more often than one elsewhere, also to sign", async () => {
    const [here, elsewhere] = [await connect(near), await connect(far)];
    assert.ok(here.client.pollingInterval < 100 && elsewhere.client.pollingInterval >= 1000);
    const account = privateKeyToAccount(numberToHex(1, { size: 32 }));
    const wallet = walletFor(here, account);
    assert.deepEqual([wallet.account.address, wallet.chain.id], [account.address, 4242]);
    assert.deepEqual([wallet.transport.url, wallet.pollingInterval], [near, here.client.pollingInterval]);
  });
});
