// The first stake: raised to the wanted amount, once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openMinerJournal } from "../../../../offchain/agents/miner/journal.ts";
import { stakeOnce, watchStake } from "../../../../offchain/host/role/stake.ts";
import { stubTools } from "../../agents/stub-tools.ts";

/** A role with this stake. `deposited` has the amounts that it has added, `look` is its look at a block. */
function role({ free = 0n, locked = 0n }) {
  const { tools, set, done } = stubTools(openMinerJournal);
  set.reads = {
    freeOf: () => free,
    lockedOf: () => locked,
    withdrawalOf: () => [0n, 0n],
    nonces: () => 0n,
  };
  return {
    stake: () => stakeOnce(tools, 1000n),
    isNoted: () => tools.journal.marks.get("staked") === true,
    deposited: () => done.calls.map(({ args }) => args[0]),
    happenings: done.happenings,
    look: (stake: { free?: bigint; locked?: bigint }, block: number) =>
      watchStake(tools, { free: 0n, locked: 0n, ...stake }, 1000n, block),
    set,
  };
}

test("a role without a stake puts all of it down, and reports it", async () => {
  const { stake, isNoted, deposited, happenings } = role({});
  await stake();
  assert.deepEqual(deposited(), [1000n]);
  assert.deepEqual(happenings, [{ kind: "staked", amount: "1000" }]);
  assert.equal(isNoted(), true);
});

test("what is staked already is not staked again, locked or not", async () => {
  for (const { has, adds } of [
    { has: { free: 600n, locked: 400n }, adds: [] },
    { has: { locked: 2000n }, adds: [] },
    { has: { free: 600n, locked: 300n }, adds: [100n] },
  ]) {
    const { stake, isNoted, deposited } = role(has);
    await stake();
    assert.deepEqual(deposited(), adds);
    assert.equal(isNoted(), true);
  }
});

test("a stake that was not mined is not noted as made", async () => {
  const { stake, isNoted, set } = role({});
  set.broken = new Error("the node is down");
  await assert.rejects(stake(), /the node is down/);
  assert.equal(isNoted(), false);
});

test("S8: a stake that a reorganisation has taken away is no stake: it is made again", async () => {
  const { stake, look, isNoted, deposited, set } = role({});
  await stake();
  await look({ free: 1000n }, 2);
  assert.equal(isNoted(), true);
  set.isKnown = false;
  await look({}, 3);
  assert.equal(isNoted(), false);
  await stake();
  await look({ free: 1000n }, 4);
  assert.equal(isNoted(), true);
  assert.deepEqual(deposited(), [1000n, 1000n]);
});

test("a stake whose transaction waits for a block again, and one that was lost in a dispute, are not made again", async () => {
  const { stake, look, isNoted } = role({});
  await stake();
  await look({}, 2);
  await look({ locked: 10n }, 3);
  assert.equal(isNoted(), true);
});

test("a stake that no reorganisation reaches any more is not looked for: old transactions are forgotten by some nodes", async () => {
  const { stake, look, isNoted, set } = role({});
  await stake();
  await look({ free: 1000n }, 65);
  set.isKnown = false;
  await look({}, 66);
  assert.equal(isNoted(), true);
});

test("a stake that was there before the first start is not looked for", async () => {
  const { stake, look, isNoted, set } = role({ free: 1000n });
  await stake();
  set.isKnown = false;
  await look({}, 2);
  assert.equal(isNoted(), true);
});
