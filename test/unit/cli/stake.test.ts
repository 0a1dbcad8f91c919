// A withdrawal of stake needs two steps with a delay between them, and all requested stake has one common date. This tests what that means
// for somebody who asks twice. Locked stake stays: see earnings.test.ts.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { parametersOf } from "@sonm/chain/government/parameters";
import { balanceOf } from "@sonm/chain/money/snm";
import { parseEther } from "viem";
import { type Network, type Person, startNetwork } from "./network.ts";

const SNM = parseEther("1");
const snm = (amount: bigint) => String(amount * SNM);
let network: Network;
let verifier: Person;
let stranger: Person;
let delay: number;
/** Takes the chain back to before anybody had a stake. */
let restore: () => Promise<void>;

before(async () => {
  network = await startNetwork();
  verifier = await network.person("verifier", 1_000n);
  stranger = await network.person("stranger", 0n);
  const parameters = await parametersOf(network.devnet.reader, network.devnet.deployment);
  delay = Number(parameters.WithdrawalDelaySeconds);
  restore = await network.remember();
});
beforeEach(() => restore());
after(() => network?.devnet.stop());

/** The verifier has staked `staked` whole SNM and asked for `asked` of them. Returns the time from which it can take them. */
async function request(staked: number, asked: number): Promise<number> {
  await verifier.sonm("stake", "deposit", String(staked));
  return (await verifier.sonm("stake", "withdraw", String(asked))).data.withdrawing.availableAt;
}

/** The error of a verb that must have been refused. */
async function refused(...args: string[]) {
  const { code, data } = await verifier.sonm("stake", ...args);
  assert.equal(code, 1, args.join(" "));
  return data.error;
}

describe("sonm stake", () => {
  test("add is another word for deposit", async () => {
    assert.equal((await verifier.sonm("stake", "add", "200")).data.free, snm(200n));
    assert.equal((await verifier.sonm("stake", "deposit", "400")).data.free, snm(600n));
  });

  test("what is asked for can be taken from a date on, and that is said", async () => {
    await verifier.sonm("stake", "deposit", "600");
    const { data } = await verifier.sonm("stake", "withdraw", "100");
    const availableAt = (await network.now()) + delay;
    assert.deepEqual(data.withdrawing, { amount: snm(100n), availableAt });
    assert.equal(data.free, snm(500n));
    const { possibleFrom, todo, advice } = await refused("take");
    assert.equal(advice.id, "wait-until");
    assert.match(todo, new RegExp(`${advice.values.moment.slice(0, 20)}`));
    assert.equal(possibleFrom, availableAt);
    assert.match(todo, /possible from \d{4}-\d\d-\d\d/);
  });

  test("a second request would make the first one wait anew: not without a word", async () => {
    const availableAt = await request(600, 100);
    assert.equal((await verifier.sonm("stake")).data.withdrawing.availableAt, availableAt);
    await network.wait(1000);
    const { possibleFrom, todo } = await refused("withdraw", "50");
    assert.equal(possibleFrom, availableAt);
    assert.match(todo, /--restart/);
    const { data } = await verifier.sonm("stake", "withdraw", "50", "--restart");
    assert.deepEqual(data.withdrawing, { amount: snm(150n), availableAt: (await network.now()) + delay });
    assert.ok(data.withdrawing.availableAt > availableAt);
  });

  test("take pays from that second on, once, and comes before another request", async () => {
    await request(600, 100);
    const { availableAt } = (await verifier.sonm("stake", "withdraw", "50", "--restart")).data.withdrawing;
    await network.devnet.jumpTo(availableAt - 1);
    assert.equal((await refused("take")).possibleFrom, availableAt);
    await network.devnet.jumpTo(availableAt);
    assert.match((await refused("withdraw", "1")).todo, /sonm stake take/);
    assert.equal((await verifier.sonm("stake", "take")).data.amount, snm(150n));
    const { reader, deployment } = network.devnet;
    assert.equal(await balanceOf(reader, deployment, verifier.address), 550n * SNM);
    await refused("take");
    assert.equal((await verifier.sonm("stake", "withdraw", "all")).data.withdrawing.amount, snm(450n));
  });

  test("anyone's stake can be looked at, and only its owner moves it", async () => {
    await request(450, 450);
    const { data } = await network.look("stake", verifier.address);
    assert.deepEqual([data.free, data.locked, data.withdrawing.amount], ["0", "0", snm(450n)]);
    assert.match((await network.look("stake")).data.error.what, /Nobody is named/);
    assert.match((await network.look("stake", "0x12")).data.error.what, /no address/);
    const { code, data: own } = await stranger.sonm("stake", "take");
    assert.equal(code, 1);
    assert.match(own.error.why, /have not asked/);
  });

  test("is told in SNM and dates to people", async () => {
    await request(450, 450);
    const { out } = await network.see("stake", verifier.address);
    assert.match(out, /^ *free +0 SNM$/m);
    assert.match(out, /^ *withdrawing +450 SNM, to be taken from \d{4}-.*\(in \d+ d/m);
  });
});
