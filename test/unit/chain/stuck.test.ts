// A transaction that is stuck: more is offered for it, up to a limit; a node that has lost it gets it again; a missing number is filled.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { connect, type Reader } from "@sonm/chain/clients";
import type { Delay } from "@sonm/chain/delay";
import type { FeePolicy } from "@sonm/chain/fees";
import { lastOf, memoryOutbox, type Outbox } from "@sonm/chain/outbox";
import { localSigner } from "@sonm/chain/signer";
import type { Failure } from "@sonm/protocol/values/failure";
import { createTestClient, type Hex, http, numberToHex, parseEther, parseGwei } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { type Anvil, startAnvil } from "../../../offchain/devnet/anvil.ts";

const call = { to: `0x${"ab".repeat(20)}`, data: "0x", gas: 30_000n, call: "greet" } as const;
const policy: FeePolicy = { most: parseGwei("200"), pauseMs: 100, pauseBlocks: 1 };

describe("U7: a stuck transaction", { timeout: 120_000 }, () => {
  let anvil: Anvil;
  let reader: Reader;
  let node: ReturnType<typeof nodeOf>;
  let key = 1;
  let account: ReturnType<typeof privateKeyToAccount>;
  let outbox: Outbox;
  let delays: Delay[];
  const nodeOf = (url: string) => createTestClient({ mode: "anvil", transport: http(url) });

  before(async () => {
    anvil = await startAnvil();
    reader = await connect(anvil.url);
    node = nodeOf(anvil.url);
  });
  after(() => anvil?.stop());
  beforeEach(async () => {
    await node.setAutomine(false);
    account = privateKeyToAccount(numberToHex(1000 + key++, { size: 32 }));
    await node.setBalance({ address: account.address, value: parseEther("10") });
    outbox = memoryOutbox();
    delays = [];
    await baseFee("1");
  });

  /** Mines an empty block with this base fee, gwei: what offers less waits. */
  async function baseFee(gwei: string): Promise<void> {
    await node.setNextBlockBaseFeePerGas({ baseFeePerGas: parseGwei(gwei) });
    await node.mine({ blocks: 1 });
    await node.setNextBlockBaseFeePerGas({ baseFeePerGas: parseGwei(gwei) });
  }
  const signer = (more: Partial<FeePolicy> = {}, patienceMs?: number) =>
    localSigner(reader, account, {
      outbox,
      fees: { ...policy, ...more },
      tell: (delay) => void delays.push(delay),
      ...(patienceMs === undefined ? {} : { patienceMs }),
    });
  async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  /** Sends one that is too cheap by the time that it could get into a block. */
  async function stuck(by = signer()) {
    const hash = await by.submit(call);
    await baseFee("20");
    return hash;
  }
  const isMined = (hash: Hex) =>
    reader.client.getTransactionReceipt({ hash }).then(
      () => true,
      () => false,
    );

  it("is sent again with more, and the receipt is that of the one in the block", async () => {
    const by = signer();
    const hash = await stuck(by);
    const receipt = by.receiptOf(hash);
    await until(() => delays.length > 0);
    await node.mine({ blocks: 1 });
    const { transactionHash, status } = await receipt;
    assert.equal(status, "success");
    assert.notEqual(transactionHash, hash);
    const [raised] = delays;
    assert.deepEqual([raised?.nonce, raised?.call, raised?.hash], [0, "greet", transactionHash]);
    assert.ok((raised?.price ?? 0n) >= parseGwei("40"), "twice the base fee");
    assert.equal(await reader.client.getTransactionCount(account), 1);
  });

  it("is done where the first form gets into a block although another was sent", async () => {
    const by = signer();
    const hash = await stuck(by);
    const raw = lastOf(outbox.from(0)[0] ?? assert.fail()).raw;
    const receipt = by.receiptOf(hash);
    await until(() => delays.length > 0);
    await node.dropTransaction({ hash: delays[0]?.hash ?? assert.fail() });
    await baseFee("1");
    await reader.client.sendRawTransaction({ serializedTransaction: raw }).catch(() => undefined);
    await node.mine({ blocks: 1 });
    assert.equal((await receipt).transactionHash, hash);
  });

  it("is sent once more by the next process where all its forms are lost", async () => {
    const by = signer({}, 300);
    const hash = await stuck(by);
    await assert.rejects(by.receiptOf(hash), /is in no block yet; the next start goes on with it/);
    const { attempts } = outbox.from(0)[0] ?? assert.fail();
    assert.ok(attempts.length > 1);
    for (const attempt of attempts) await node.dropTransaction({ hash: attempt.hash });
    assert.equal(await reader.client.getTransactionCount({ ...account, blockTag: "pending" }), 0);
    const next = signer();
    const caught = next.catchUp(60_000);
    await until(async () => (await reader.client.getTransactionCount({ ...account, blockTag: "pending" })) === 1);
    await node.mine({ blocks: 1 });
    await caught;
    assert.ok(await isMined(lastOf(outbox.from(0)[0] ?? assert.fail()).hash));
  });

  it("waits at the limit, and says so once", async () => {
    const by = signer({ most: parseGwei("5") });
    const hash = await stuck(by);
    const receipt = by.receiptOf(hash);
    await until(() => delays.some(({ held }) => held));
    const { held } = delays.at(-1) ?? assert.fail();
    assert.match(held?.what ?? "", /^Transaction 0 \(greet\) is in no block yet$/);
    assert.match(held?.why ?? "", /^it offers .* gwei a gas, the chain asks for .* gwei, and 5 gwei is the most/);
    assert.equal(held?.advice?.id, "allow-more-fee");
    const told = delays.length;
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(delays.length, told);
    for (const { fees } of outbox.from(0)[0]?.attempts ?? []) {
      assert.ok("maxFeePerGas" in fees && fees.maxFeePerGas <= parseGwei("5"));
    }
    await baseFee("1");
    // The node may have dropped what was too cheap. It is given it again.
    await until(async () => (await reader.client.getTransactionCount({ ...account, blockTag: "pending" })) === 1);
    await node.mine({ blocks: 1 });
    assert.equal((await receipt).status, "success");
  });

  it("is not sent at all where the next block costs more than the limit", async () => {
    await baseFee("20");
    await assert.rejects(signer({ most: parseGwei("5") }).submit(call), (failure: Failure) => {
      assert.match(failure.why, /the chain asks for \d+(\.\d+)? gwei a gas, and 5 gwei is the most/);
      return failure.advice?.id === "allow-more-fee";
    });
    assert.deepEqual(outbox.from(0), []);
  });

  it("holds up nothing behind it: a number that nobody has is filled", async () => {
    const by = signer();
    await by.submit(call);
    const second = await by.submit(call);
    const { hash } = lastOf(outbox.get(0) ?? assert.fail());
    // As if the process had been killed before it wrote down the first one, and the node had lost it.
    outbox.delete(0);
    await node.dropTransaction({ hash });
    const receipt = by.receiptOf(second);
    await until(() => outbox.get(0) !== undefined);
    await until(async () => (await reader.client.getTransactionCount({ ...account, blockTag: "pending" })) === 2);
    await node.mine({ blocks: 1 });
    assert.equal((await receipt).status, "success");
    const filled = outbox.get(0);
    assert.deepEqual([filled?.transaction.to, filled?.transaction.data], [account.address, "0x"]);
  });

  it("can be cancelled: who waits for it is told", async () => {
    const by = signer({ pauseMs: 60_000 });
    const hash = await stuck(by);
    const receipt = by.receiptOf(hash);
    const refused = assert.rejects(receipt, /greet was not done: transaction 0 was cancelled before it was in a block/);
    const cancelled = await signer().cancel(0);
    await node.mine({ blocks: 1 });
    await refused;
    assert.ok(await isMined(cancelled));
    assert.equal((await reader.client.getTransaction({ hash: cancelled })).to, account.address.toLowerCase());
  });

  it("can be offered more for by hand, until it is in a block", async () => {
    const by = signer({ pauseMs: 60_000 });
    const hash = await stuck(by);
    const receipt = by.receiptOf(hash);
    const faster = await signer().speedUp(0);
    await node.mine({ blocks: 1 });
    assert.equal((await receipt).transactionHash, faster);
    await assert.rejects(by.speedUp(0), /transaction 0 is in a block already/);
    await assert.rejects(by.cancel(0), /transaction 0 is in a block already/);
    await assert.rejects(by.speedUp(9), /nothing is known of a transaction 9/);
  });

  it("is offered more for by its gas price, on a chain without EIP-1559", async () => {
    const legacy = { ...reader, client: { ...reader.client, getBlock: withoutBaseFee } } as unknown as Reader;
    async function withoutBaseFee(request: object) {
      return { ...(await reader.client.getBlock(request)), baseFeePerGas: null };
    }
    const by = localSigner(legacy, account, { outbox, fees: policy, tell: (delay) => void delays.push(delay) });
    const receipt = by.receiptOf(await stuck(by));
    await until(() => delays.length > 0);
    const { attempts } = outbox.get(0) ?? assert.fail();
    assert.ok(attempts.length > 1 && attempts.every(({ fees }) => "gasPrice" in fees));
    await node.mine({ blocks: 1 });
    assert.equal((await receipt).type, "legacy");
  });

  it("is told from one that another program has put in its place", async () => {
    const by = signer({ pauseMs: 60_000 });
    const receipt = by.receiptOf(await stuck(by));
    const refused = assert.rejects(receipt, /another transaction with its number 0 is in a block/);
    await localSigner(reader, account, { fees: policy })
      .cancel(0)
      .catch(() => undefined);
    const raw = await account.signTransaction({
      ...{ chainId: reader.chainId, type: "eip1559", nonce: 0, gas: 30_000n, to: call.to },
      ...{ maxFeePerGas: parseGwei("90"), maxPriorityFeePerGas: parseGwei("9") },
    });
    await reader.client.sendRawTransaction({ serializedTransaction: raw });
    await node.mine({ blocks: 1 });
    await refused;
  });

  it("leaves nothing behind once it is in a block: its number is free where a reorganisation drops it", async () => {
    const by = signer();
    const hash = await by.submit(call);
    const moment = await node.snapshot();
    await node.mine({ blocks: 1 });
    await by.receiptOf(hash);
    assert.deepEqual(outbox.from(0), []);
    await node.revert({ id: moment });
    await node.dropTransaction({ hash });
    const again = by.receiptOf(await by.submit({ ...call, data: "0x01" }));
    await node.mine({ blocks: 1 });
    assert.equal((await again).status, "success");
    assert.equal(await reader.client.getTransactionCount(account), 1);
  });
});
