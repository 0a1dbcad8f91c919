// The first stake: raised to the wanted amount, once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openMinerJournal } from "../../../../offchain/agents/miner/journal.ts";
import { stakeOnce } from "../../../../offchain/host/role/stake.ts";
import { stubTools } from "../../agents/stub-tools.ts";

/** A role with this stake. `deposited` has the amounts that it has added. */
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
