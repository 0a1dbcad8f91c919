// `sonm tx`: what is in no block yet is listed, offered more for, and cancelled.
import assert from "node:assert/strict";
import { after, before, describe, it, test } from "node:test";
import type { Outgoing } from "@sonm/chain/outbox";
import { createTestClient, type Hex, http } from "viem";
import { underWayOf } from "../../../offchain/cli/tx/tx.ts";
import { type Network, type Person, refusedWith, startNetwork } from "./network.ts";

const hash = (digit: number): Hex => `0x${String(digit).repeat(64)}`;
const outgoing = (nonce: number, cancels = false): Outgoing => ({
  nonce,
  transaction: { to: `0x${"ab".repeat(20)}`, data: "0x", gas: 1n, call: "greet" },
  attempts: [
    { hash: hash(8), raw: "0x", fees: { gasPrice: 3n }, at: 5, block: 1, cancels: false },
    { hash: hash(nonce), raw: "0x", fees: { gasPrice: 4n }, at: 9, block: 1, cancels },
  ],
});

test("U7: every number in no block is told, by what is known of it", () => {
  const all = underWayOf(3, 5, [outgoing(4, true), outgoing(5), outgoing(7)], new Set([hash(4), hash(7)]));
  assert.deepEqual(
    all.map(({ nonce, state, call, cancelled }) => [nonce, state, call, cancelled]),
    [
      [3, "foreign", null, false],
      [4, "waiting", "greet", true],
      [5, "lost", "greet", false],
      [6, "missing", null, false],
      [7, "waiting", "greet", false],
    ],
  );
  const [, , own] = all;
  assert.deepEqual([own?.price, own?.replaced, own?.since, own?.hash], [4n, 1, 5, hash(5)]);
  assert.deepEqual(underWayOf(3, 3, [], new Set()), []);
});

describe("U7: sonm tx", { timeout: 120_000 }, () => {
  let network: Network;
  let person: Person;
  let node: ReturnType<typeof nodeOf>;
  const nodeOf = (url: string) => createTestClient({ mode: "anvil", transport: http(url) });

  before(async () => {
    network = await startNetwork();
    person = await network.person("sender", 10n);
    node = nodeOf(network.devnet.url);
  });
  after(() => network?.devnet.stop());

  /**
   * Runs a verb, and `meanwhile` while what it has sent is under way. The verb must be the first of its noun: then it has a process of its
   * own, and others can run beside it.
   */
  async function beside(verb: readonly string[], meanwhile: () => Promise<void>) {
    await node.setAutomine(false);
    const earlier = await pending();
    const running = person.sonm(...verb);
    while ((await pending()) === earlier) await new Promise((resolve) => setTimeout(resolve, 50));
    try {
      await meanwhile();
    } finally {
      await node.setAutomine(true);
      await node.mine({ blocks: 1 });
    }
    return running;
  }
  const pending = () => network.devnet.reader.client.getTransactionCount({ ...person, blockTag: "pending" });

  it("lists nothing, and refuses to change anything, where nothing is under way", async () => {
    const { code, data } = await person.sonm("tx", "list");
    assert.deepEqual([code, data.underWay], [0, []]);
    refusedWith(await person.sonm("tx", "cancel"), /nothing is under way/, /do nothing/);
    refusedWith(await person.sonm("tx", "speed-up", "x"), /"x" is no transaction's number/, /sonm tx list/);
    refusedWith(
      await person.sonm("tx", "speed-up", "--max-fee", "0.5"),
      /it is a whole number of gwei/,
      /--max-fee 50/,
    );
    refusedWith(await person.sonm("tx", "speed-up", "7"), /nothing is known of a transaction 7/, /sonm tx list/);
  });

  it("offers more for what another process has sent, which gets its receipt", async () => {
    const { code, data } = await beside(["stake", "deposit", "1"], async () => {
      const [first, ...more] = (await person.sonm("tx", "list")).data.underWay;
      assert.deepEqual(more, []);
      assert.deepEqual([first.state, first.call, first.replaced], ["waiting", "depositWithPermit", 0]);
      const faster = await person.sonm("tx", "speed-up");
      assert.equal(faster.code, 0);
      assert.equal(faster.data.nonce, first.nonce);
      assert.ok(BigInt(faster.data.price) * 10n >= BigInt(first.price) * 11n);
      const [after] = (await person.sonm("tx", "list")).data.underWay;
      assert.deepEqual([after.hash, after.replaced, after.price], [faster.data.hash, 1, faster.data.price]);
      refusedWith(
        await person.sonm("tx", "speed-up", String(first.nonce), "--max-fee", "1"),
        /is the most to be offered/,
        /--max-fee/,
      );
    });
    assert.deepEqual([code, data.free], [0, String(10n ** 18n)]);
  });

  it("cancels what another process has sent, which is told so", async () => {
    const to = network.devnet.bank.address;
    const sent = await beside(["send", to, "1"], async () => {
      const [first] = (await person.sonm("tx", "list")).data.underWay;
      const { code, data } = await person.sonm("tx", "cancel", String(first.nonce));
      assert.deepEqual([code, data.nonce], [0, first.nonce]);
      const [after] = (await person.sonm("tx", "list")).data.underWay;
      assert.deepEqual([after.cancelled, after.hash], [true, data.hash]);
    });
    refusedWith(sent, /was cancelled before it was in a block/, /sonm tx list/);
    assert.deepEqual((await person.sonm("tx", "list")).data.underWay, []);
    const done = await network.devnet.reader.client.getTransactionCount(person);
    refusedWith(await person.sonm("tx", "cancel", String(done - 1)), /is in a block already/, /sonm tx list/);
  });
});
