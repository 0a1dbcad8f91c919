// A key at hand numbers its transactions itself: none is sent twice, none is left out, and what a node has refused is forgotten.
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { connect } from "@sonm/chain/clients";
import { memoryOutbox } from "@sonm/chain/outbox";
import { localSigner, type Signer } from "@sonm/chain/signer";
import { type Hex, keccak256, numberToHex, parseTransaction } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { startNode } from "./stub-node.ts";

describe("a local signer", () => {
  const call = { to: `0x${"ab".repeat(20)}`, data: "0x1234", gas: 50_000n } as const;
  let node: Awaited<ReturnType<typeof startNode>>;
  let signer: Signer;
  /** how many of the account's transactions the node counts */
  let counted: number;
  /** what it says to the next one, if it does not take it */
  let refusal: string | undefined;
  /** whether it has the transaction that it seems to have refused */
  let taken: boolean;
  let sent: ReturnType<typeof parseTransaction>[];

  beforeEach(async () => {
    [counted, refusal, taken, sent] = [0, undefined, false, []];
    node = await startNode({
      eth_chainId: () => numberToHex(4242),
      eth_maxPriorityFeePerGas: () => numberToHex(1),
      eth_getBlockByNumber: () => ({
        number: "0x1",
        hash: numberToHex(1, { size: 32 }),
        parentHash: numberToHex(0, { size: 32 }),
        timestamp: "0x1",
        baseFeePerGas: "0x1",
        transactions: [],
      }),
      eth_getTransactionCount: () => numberToHex(counted),
      eth_getTransactionByHash: (hash) => (taken ? { hash, type: "0x2", nonce: "0x0", value: "0x0" } : null),
      eth_sendRawTransaction(raw) {
        if (refusal) throw new Error(refusal);
        sent.push(parseTransaction(raw as Hex));
        return keccak256(raw as Hex);
      },
    });
    signer = localSigner(
      await connect(`http://127.0.0.1:${node.port}`),
      privateKeyToAccount(numberToHex(1, { size: 32 })),
    );
  });
  afterEach(() => node?.stop());

  const nonces = () => sent.map(({ nonce }) => nonce ?? 0);

  it("sends what it is given, and no money", async () => {
    counted = 7;
    await signer.submit(call);
    const [{ to, data, gas, value, nonce, chainId } = {}] = sent;
    assert.deepEqual([to, data, gas, value ?? 0n], [call.to, call.data, call.gas, 0n]);
    assert.deepEqual([nonce, chainId], [7, 4242]);
  });

  it("U7: drops from the list what is in a block and a process has given up long ago, and nothing else", async () => {
    counted = 2;
    const outbox = memoryOutbox();
    const hash = numberToHex(1, { size: 32 });
    const fees = { maxFeePerGas: 1n, maxPriorityFeePerGas: 1n };
    const minutesAgo = (minutes: number) => ({
      hash,
      raw: hash,
      fees,
      at: Date.now() - 60_000 * minutes,
      block: 1,
      cancels: false,
    });
    for (const [nonce, minutes] of [11, 9, 11].entries()) {
      outbox.put({ nonce, transaction: { ...call, call: "greet" }, attempts: [minutesAgo(minutes)] });
    }
    const reader = await connect(`http://127.0.0.1:${node.port}`);
    const next = localSigner(reader, privateKeyToAccount(numberToHex(1, { size: 32 })), { outbox });
    await assert.rejects(next.catchUp(0), { what: /do not get into a block/ });
    assert.deepEqual(
      outbox.from(0).map(({ nonce }) => nonce),
      [1, 2],
      "others may still ask for 1, and 2 is in no block",
    );
  });

  it("goes on counting where the node does not yet count what it has just been given", async () => {
    for (let i = 0; i < 3; i++) await signer.submit(call);
    assert.deepEqual(nonces(), [0, 1, 2]);
  });

  it("follows the node where somebody else has used the same key", async () => {
    await signer.submit(call);
    counted = 5;
    await signer.submit(call);
    assert.deepEqual(nonces(), [0, 5]);
  });

  it("gives the number of what a node refuses to the next one", async () => {
    await signer.submit(call);
    refusal = "the pool is full";
    await assert.rejects(signer.submit(call), /the pool is full/);
    refusal = undefined;
    await signer.submit(call);
    assert.deepEqual(nonces(), [0, 1], "the first one keeps its number, although the node does not count it");
  });

  it("begins again with the node's number when it is told to forget", async () => {
    await signer.submit(call);
    signer.forget();
    await signer.submit(call);
    assert.deepEqual(nonces(), [0, 0]);
  });

  it("counts as sent what the node has, whatever it has answered", async () => {
    [refusal, taken] = ["already known", true];
    assert.match(await signer.submit(call), /^0x[0-9a-f]{64}$/);
    [refusal, taken] = [undefined, false];
    await signer.submit(call);
    assert.deepEqual(nonces(), [1]);
  });
});
