// What a miner's claims will bring: only its own, only those still open, for every unit of the batch, the first to settle first.
import assert from "node:assert/strict";
import { test } from "node:test";
import { outstandingOf } from "@sonm/chain/hub/earnings";
import { claimId } from "@sonm/protocol/result/claim";
import { claim, job, MINER, OTHER, sightOf } from "../../agents/fixtures.ts";

const second = { ...claim, batch: 1 };
const idOf = (one: typeof claim) => claimId(one);

test("an open claim brings its pay for each unit, after its window", () => {
  const [only, ...rest] = outstandingOf(sightOf({ claim, claimedAt: 1000 }), MINER);
  const settlesFrom = only?.settlesFrom ?? 0;
  assert.deepEqual(only, { claim: idOf(claim), hub: job.hub, amount: 2800n, settlesFrom, disputed: false });
  assert.ok(settlesFrom >= 1000 + job.window);
  assert.deepEqual(rest, []);
});

test("claims of others, and those that have ended, bring nothing", () => {
  assert.deepEqual(outstandingOf(sightOf({ claim }), OTHER), []);
  for (const status of ["settled", "convicted", "awarded"] as const)
    assert.deepEqual(outstandingOf(sightOf({ claim, status }), MINER), []);
});

test("neither do claims on a job that is not known", () => {
  assert.deepEqual(outstandingOf({ ...sightOf({ claim }), jobs: new Map() }, MINER), []);
});

test("a claim with an open game is disputed", () => {
  const disputed = (games: number) => outstandingOf(sightOf({ claim, games }), MINER)[0]?.disputed;
  assert.deepEqual([disputed(0), disputed(1), disputed(2)], [false, true, true]);
});

test("the first to settle comes first", () => {
  const sight = sightOf({ claim, claimedAt: 2000 }, { claim: second, claimedAt: 1000 });
  assert.deepEqual(
    outstandingOf(sight, MINER).map((one) => one.claim),
    [idOf(second), idOf(claim)],
  );
});
