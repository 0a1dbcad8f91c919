// What a miner asks of the chain at each look, beside the market.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openMinerJournal } from "../../../../offchain/agents/miner/journal.ts";
import { createObserve } from "../../../../offchain/agents/miner/observe.ts";
import type { Deed, Referee } from "../../../../offchain/host/referees/referee.ts";
import { addressOf, HUB, id, job, MINER, minerPolicy, OTHER, sightOf } from "../fixtures.ts";
import { idleEngine, stubTools } from "../stub-tools.ts";

const policy = { ...minerPolicy, minPay: 1n, stake: 1n, pullFrom: 1n };
const deed: Deed = { referee: addressOf(9), kind: "play", key: "play 1" };
const referee: Referee = {
  address: addressOf(9),
  guarantee: "proved",
  due: ({ now }) => ({ actions: [deed], wakeAt: now + 5 }),
  act: () => assert.fail("nothing is done"),
};

function miner() {
  const { tools, set, done } = stubTools(openMinerJournal);
  const heard = { announced: false };
  set.reads = {
    status: () => 1,
    suspectedAt: () => 0n,
    owner: () => HUB,
    free: () => 0n,
    freeOf: () => 40n,
    lockedOf: () => 2n,
    withdrawalOf: () => [0n, 0n],
    allowance: ([from, to]) => (from === job.hub && to === tools.access.signer.address ? 7n : 0n),
  };
  const observe = createObserve(
    { ...tools, engine: idleEngine, referees: [referee] },
    policy,
    job.hub,
    () => heard.announced,
  );
  return { set, heard, told: () => done.happenings, journal: tools.journal, look: () => observe(sightOf()) };
}

test("a miner sees its free stake, what its hub has approved to it, and what it owes the disputes", async () => {
  const { look } = miner();
  const { freeStake, pay, disputes, now } = await look();
  assert.equal(freeStake, 40n);
  assert.deepEqual(pay, [{ hub: job.hub, amount: 7n }]);
  assert.deepEqual(disputes, { actions: [deed], wakeAt: now + 5 });
});

test("a miner knows whether its hub has heard of it in this life", async () => {
  const { look, heard } = miner();
  assert.equal((await look()).announced, false);
  heard.announced = true;
  assert.equal((await look()).announced, true);
});

test("a hub without a wallet has no owner yet; once there is one, it stays", async () => {
  const { look, set } = miner();
  set.code = undefined;
  assert.equal((await look()).hub, undefined);
  set.code = "0x00";
  assert.equal((await look()).hub, HUB);
  set.reads.owner = () => OTHER;
  assert.equal((await look()).hub, HUB);
});

test("a miner sees what of a job it does not know: its machine or its referee", async () => {
  const { look, journal } = miner();
  const jobs = {
    known: { ...job, machine: idleEngine.machine, referee: referee.address },
    "another machine": { ...job, referee: referee.address },
    "another referee": { ...job, machine: idleEngine.machine },
  };
  const assignment = { wallet: job.hub, job: id, batch: 0, attempt: 0, miner: MINER, pay: 1n, expiry: 1_000_000n };
  for (const [name, one] of Object.entries(jobs)) {
    journal.assignments.add(name, { id: name, job: one, assignment, signature: "0x", from: HUB });
  }
  const { works } = await look();
  assert.deepEqual(
    works.map(({ strange }) => strange !== undefined),
    [false, true, true],
  );
});

test("S1: a contract that is no wallet of a hub keeps a miner from nothing", async () => {
  const { look, set, told } = miner();
  set.reads.status = () => {
    throw new Error("execution reverted");
  };
  for (let i = 0; i < 2; i++) {
    const { hub, disputes } = await look();
    assert.equal(hub, undefined);
    assert.equal(disputes.actions.length, 1);
  }
  assert.deepEqual(told(), [{ kind: "put-aside", what: `hub ${job.hub}`, why: "execution reverted" }]);
});

test("S1: an assignment at which a look goes wrong costs itself alone", async () => {
  const { look, told, journal } = miner();
  const assignment = { wallet: job.hub, job: id, batch: 0, attempt: 0, miner: MINER, pay: 1n, expiry: 1_000_000n };
  journal.assignments.add("odd", { id: "odd", job: { ...job, referee: "0x" }, assignment, signature: "0x", from: HUB });
  journal.assignments.add("good", { id: "good", job, assignment, signature: "0x", from: HUB });
  const { works, disputes } = await look();
  assert.deepEqual(
    works.map((work) => work.id),
    ["good"],
  );
  assert.equal(disputes.actions.length, 1);
  const [{ kind, what } = assert.fail()] = told() as { kind: string; what: string }[];
  assert.deepEqual([kind, what], ["put-aside", "assignment odd"]);
});
