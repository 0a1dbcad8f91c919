// A miner from its flags: what it offers if nobody says more, and how it lies if it is told to.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { hubStatuses } from "@sonm/chain/enums/hub-status";
import { parameterNames } from "@sonm/chain/enums/parameter";
import { contentIdOf } from "@sonm/protocol/result/delivery";
import { parseEther } from "viem";
import { makeOrder } from "../../../../offchain/agents/buyer/order.ts";
import type { Work } from "../../../../offchain/agents/miner/decide.ts";
import { openMinerJournal } from "../../../../offchain/agents/miner/journal.ts";
import { minerRole } from "../../../../offchain/agents/miner/role.ts";
import { createMachineEngine } from "../../../../offchain/host/engines/machine/machine-engine.ts";
import { readConfig } from "../../../../offchain/host/role/config.ts";
import { endPause, wishPause } from "../../../../offchain/host/role/wishes.ts";
import { folderForTest, wordcount } from "../../cli/sonm.ts";
import { elfFile } from "../../protocol/machine/elf-file.ts";
import { HUB, newWork, OTHER, job as template } from "../fixtures.ts";
import { accounts, stubTools } from "../stub-tools.ts";

const needed = { deployment: "d", keystore: "k", hub: template.hub, stake: "50" };
const configOf = (flags: object) => readConfig("miner", minerRole.options, { flags: { ...needed, ...flags } });
const me = accounts.me.address;

/** A miner, started with these flags. */
async function start(flags: object, data?: string) {
  const { tools: stubs, set, done, store } = stubTools(openMinerJournal);
  const tools = { ...stubs, data: data ?? stubs.data };
  set.reads = {
    status: () => hubStatuses.indexOf("registered"),
    suspectedAt: () => 0n,
    owner: () => HUB,
    free: () => 0n,
    freeOf: () => parseEther("50"),
    lockedOf: () => 0n,
    withdrawalOf: () => [0n, 0n],
    allowance: () => 0n,
    get: ([index]) => (parameterNames[Number(index)] === "MinDepositWei" ? 100n : 1n),
  };
  const behaviour = await minerRole.start(configOf(flags), tools);
  const look = () => behaviour.observe(set.sight);
  return { ...behaviour, look, set, done, store, journal: tools.journal };
}

test("what need not be said has values that are known", () => {
  assert.deepEqual(configOf({}).options, {
    hub: template.hub,
    stake: parseEther("50"),
    slots: 1,
    minPay: 0n,
    leastPrice: 0n,
    pullFrom: parseEther("10"),
    maxDepositTimes: 10,
    speed: 10_000_000,
    threads: 1,
    memory: undefined,
    busyHours: undefined,
    cpuShare: 100,
    niceness: 0,
    lie: undefined,
    lieUnit: undefined,
    silentFrom: undefined,
    withhold: false,
  });
});

test("numbers and texts have limits", () => {
  for (const [flag, good, bad] of [
    ["slots", [1, 1000], [0, 1001]],
    ["threads", [1, 256], [0, 257]],
    ["memory", [64, 16_777_216], [63, 16_777_217]],
    ["maxDepositTimes", [1, 1_000_000_000], [0, 1_000_000_001]],
    ["speed", [1000, 1_000_000_000_000], [999, 1_000_000_000_001]],
    ["cpuShare", [1, 100], [0, 101]],
    ["niceness", [0, 19], [-1, 20]],
    ["silentFrom", [0, 1000], [-1, 1001]],
  ] as const) {
    for (const value of good) assert.equal(configOf({ [flag]: String(value) }).options[flag], value);
    for (const value of bad) assert.throws(() => configOf({ [flag]: String(value) }), /must be an integer/);
  }
  assert.equal(configOf({ lie: "x".repeat(100) }).options.lie?.length, 100);
  assert.throws(() => configOf({ lie: "x".repeat(101) }), /text of at most 100/);
});

test("the unit that is lied about is the first, the last, or a number", () => {
  for (const [flag, value] of [
    ["first", "first"],
    ["last", "last"],
    ["0", 0],
    ["7", 7],
  ]) {
    assert.equal(configOf({ lieUnit: flag }).options.lieUnit, value);
  }
  for (const lieUnit of ["middle", "", "-1", "1.5"]) assert.throws(() => configOf({ lieUnit }), /--lie-unit must be/);
});

test("a miner's policy is what it is told", async () => {
  const { look } = await start({
    slots: "3",
    minPay: "1",
    leastPrice: "0.5",
    pullFrom: "2",
    withhold: true,
    maxDepositTimes: "20",
    speed: "30000",
    threads: "4",
  });
  const { policy } = await look();
  const amounts = {
    minPay: parseEther("1"),
    leastPrice: parseEther("0.5"),
    pullFrom: parseEther("2"),
    stake: parseEther("50"),
  };
  assert.deepEqual(policy, {
    slots: 3,
    ...amounts,
    withhold: true,
    maxDepositTimes: 20,
    leastDeposit: 100n,
    stepsPerSecond: 120_000,
    stepsPerSecondInGames: 30_000,
  });
});

test("a miner announces itself in each of its lives, once", async () => {
  const { look, decide, act, journal, done } = await start({ slots: "3" });
  journal.marks.put("staked", true);
  const view = await look();
  const { actions } = decide(view);
  assert.deepEqual(actions, [{ kind: "announce", to: HUB, slots: 3 }]);
  await act(actions[0] ?? assert.fail(), view);
  assert.deepEqual(done.letters, [{ to: HUB, message: { kind: "announce", slots: 3, minPay: 0n } }]);
  assert.deepEqual(decide(await look()).actions, []);
});

test("U13: while it is paused, a miner offers no slots and tells its hub at once; then it offers them again", async () => {
  const data = folderForTest();
  const { look, decide, act, wishes, journal, done } = await start({ slots: "3" }, data);
  journal.marks.put("staked", true);
  async function announces() {
    const view = await look();
    for (const action of decide(view).actions) await act(action, view);
    return done.letters.splice(0).map(({ message }) => message.kind === "announce" && message.slots);
  }
  assert.deepEqual([await announces(), await announces()], [[3], []]);
  assert.equal(wishes?.(), "");
  wishPause(data, { until: null });
  assert.notEqual(wishes?.(), "", "the loop looks again");
  assert.deepEqual([await announces(), await announces()], [[0], []]);
  endPause(data);
  assert.equal(wishes?.(), "");
  assert.deepEqual(await announces(), [3]);
  assert.deepEqual(done.happenings, [{ kind: "resting", why: "paused", until: null }, { kind: "resumed" }]);
});

test("U13: a miner that gets a part of the computer promises only what that part can compute", async () => {
  const { look } = await start({ speed: "1000000", threads: "2", cpuShare: "50", busyHours: "00:00-12:00" });
  assert.equal((await look()).policy.stepsPerSecond, 500_000);
});

test("a miner follows the games about its own claims, and keeps these and the jobs of its hub when they have ended", async () => {
  const { follows, keeps } = await minerRole.observing({ me, options: { hub: template.hub } } as never);
  const by = (miner: typeof me) => ({ claim: { miner } }) as never;
  const other = { ...template, hub: OTHER };
  assert.deepEqual(
    [keeps?.(template, undefined), keeps?.(template, by(me)), keeps?.(template, by(OTHER))],
    [true, true, false],
  );
  assert.deepEqual([keeps?.(other, undefined), keeps?.(other, by(me))], [false, false]);
  const follow = (miner: typeof me, challenger: typeof me) => follows?.({ miner, challenger } as never, template);
  assert.deepEqual([follow(me, OTHER), follow(OTHER, me)], [true, false]);
});

const image = new Uint8Array(readFileSync(wordcount));
const inputs = ["one", "two two"].map((input) => new TextEncoder().encode(input));

const describer = createMachineEngine({
  machine: stubTools(openMinerJournal).tools.access.deployment.addresses.machine,
  fetch: () => assert.fail("nothing is fetched"),
});
const { id, job, manifest } = await makeOrder(image, inputs, { ...template, batchSize: 2, exponent: 6 }, describer);
const endlessImage = elfFile({
  entry: 0x1_0000,
  segments: [{ address: 0x1_0000, data: Uint8Array.of(0x6f, 0, 0, 0) }],
});
const endless = await makeOrder(endlessImage, [new Uint8Array()], { ...template, exponent: 12 }, describer);
await describer.stop();

/** The units of a batch of two about which a miner with these flags lies. */
async function liesOf(flags: object): Promise<number[]> {
  const { act, look, store, done, engine } = await start(flags);
  for (const content of [image, manifest, ...inputs]) store.set(contentIdOf(content), content);
  const assignment = { wallet: job.hub, job: id, batch: 0, attempt: 0, miner: me, pay: 1n, expiry: 2_000_000n };
  const work: Work = {
    id: "w",
    job,
    assignment,
    signature: "0x",
    from: HUB,
    ...newWork,
    answer: "accepted",
  };
  try {
    await act({ kind: "compute", work }, await look());
  } finally {
    await engine.stop();
  }
  return done.happenings.flatMap((one) => (one.kind === "unit-computed" && one.lie ? [one.unit] : []));
}

test("a miner lies only if it is told how, and then about the first unit of a batch or the one that it is told", async () => {
  assert.deepEqual(await liesOf({}), []);
  assert.deepEqual(await liesOf({ lieUnit: "last" }), []);
  assert.deepEqual(await liesOf({ lie: "output" }), [0]);
  assert.deepEqual(await liesOf({ lie: "output", lieUnit: "last" }), [1]);
});

test("S5: it computes no longer what it could not claim any more", async () => {
  const { act, look, store, journal, engine } = await start({});
  for (const content of [endlessImage, endless.manifest, new Uint8Array()]) store.set(contentIdOf(content), content);
  const assignment = { wallet: job.hub, job: endless.id, batch: 0, attempt: 0, miner: me, pay: 1n, expiry: 2_000_000n };
  const about = { id: "w", job: endless.job, assignment, signature: "0x", from: HUB, ...newWork } as const;
  try {
    const computing = act({ kind: "compute", work: { ...about, answer: "accepted" } }, await look());
    // The view has no such work: it is over. An hour of computing is left.
    await look();
    await computing;
    assert.equal(journal.roots.get("w"), undefined);
  } finally {
    await engine.stop();
  }
});
