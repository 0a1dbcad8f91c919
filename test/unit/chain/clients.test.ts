// A connection asks the node for what differs between chains, and spares it what it can.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { after, before, beforeEach, describe, it } from "node:test";
import { connect, latest, walletFor } from "@sonm/chain/clients";
import { numberToHex } from "viem";
import { mnemonicToAccount } from "viem/accounts";

type Question = { readonly id: number; readonly method: string };
const BASE_FEE = 1_000n;
const MNEMONIC = "test test test test test test test test test test test junk";

describe("a connection", () => {
  /** how many requests came, and what was asked in them */
  let requests = 0;
  let asked: string[] = [];
  let time = 0;
  const answers: Readonly<Record<string, () => unknown>> = {
    eth_chainId: () => numberToHex(4242),
    eth_gasPrice: () => numberToHex(7),
    eth_maxPriorityFeePerGas: () => numberToHex(0),
    eth_getBlockByNumber: () => ({
      number: numberToHex(12),
      timestamp: numberToHex(time),
      baseFeePerGas: numberToHex(BASE_FEE),
      transactions: [],
    }),
  };
  const answer = ({ id, method }: Question) => {
    asked.push(method);
    return { jsonrpc: "2.0", id, result: answers[method]?.() ?? assert.fail(method) };
  };
  const server = createServer(async (request, response) => {
    requests++;
    const question = JSON.parse(await text(request)) as Question | Question[];
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(Array.isArray(question) ? question.map(answer) : answer(question)));
  });
  /** the same node by a name of this computer, and by one that could be any computer's */
  let [near, far] = ["", ""];

  before(async () => {
    await once(server.listen(0), "listening");
    const { port } = server.address() as AddressInfo;
    [near, far] = [`http://127.0.0.1:${port}`, `http://0.0.0.0:${port}`];
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    [requests, asked, time] = [0, [], 1_800_000_000];
  });

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
    assert.deepEqual(await latest(reader), { block: 12, now: 1_800_000_000 });
    time++;
    assert.deepEqual(await latest(reader), { block: 12, now: 1_800_000_001 });
  });

  it("puts questions that are asked at once into one request", async () => {
    const { client } = await connect(near);
    [requests, asked] = [0, []];
    await Promise.all([client.getGasPrice(), client.getBlock()]);
    assert.deepEqual([requests, asked.toSorted()], [1, ["eth_gasPrice", "eth_getBlockByNumber"]]);
  });

  it("offers twice the current base fee, so that a transaction stays valid while blocks fill up", async () => {
    const { client } = await connect(near);
    const { maxFeePerGas } = await client.estimateFeesPerGas();
    assert.equal(maxFeePerGas, 2n * BASE_FEE);
  });

  it("asks a node on this computer more often than one elsewhere, also to sign", async () => {
    const [here, elsewhere] = [await connect(near), await connect(far)];
    assert.ok(here.client.pollingInterval < 100 && elsewhere.client.pollingInterval >= 1000);
    const account = mnemonicToAccount(MNEMONIC);
    const wallet = walletFor(here, account);
    assert.deepEqual([wallet.account.address, wallet.chain.id], [account.address, 4242]);
    assert.deepEqual([wallet.transport.url, wallet.pollingInterval], [near, here.client.pollingInterval]);
  });
});
