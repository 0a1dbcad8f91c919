// What a hub sees: its own jobs and claims, its miners, and how its wallet stands.
import assert from "node:assert/strict";
import { test } from "node:test";
import { hubStatuses } from "@sonm/chain/enums/hub-status";
import { parameterNames } from "@sonm/chain/enums/parameter";
import { batchKey } from "@sonm/chain/market/events";
import { claimId } from "@sonm/protocol/result/claim";
import { openHubJournal } from "../../../../offchain/agents/hub/journal.ts";
import { createObserve } from "../../../../offchain/agents/hub/observe.ts";
import { claim, HUB, id, job, MINER, OTHER, sightOf } from "../fixtures.ts";
import { stubTools } from "../stub-tools.ts";

const policy = { funds: 50n, workSeconds: 3600, answerSeconds: 60, payBps: 7000n, settleAfterSeconds: 600 };

/** A hub with this wallet. */
async function hub(wallet = job.hub) {
  const { tools, set } = stubTools(openHubJournal);
  set.reads = {
    status: () => hubStatuses.indexOf("registered"),
    suspectedAt: () => 0n,
    owner: () => HUB,
    free: () => 30n,
    get: ([index]) => (parameterNames[Number(index)] === "ReserveWei" ? 10n : 1n),
    waiting: ([of]) => ({ remainder: of === wallet ? 4n : 0n, prices: 5n }),
  };
  set.sight = sightOf();
  const observe = await createObserve(tools, policy, wallet);
  return { journal: tools.journal, set, look: () => observe(set.sight) };
}

test("a hub sees how its wallet stands, and what waits for it", async () => {
  const { look } = await hub();
  const { wallet, waiting } = await look();
  assert.deepEqual(wallet, { status: "registered", free: 30n, reserve: 10n });
  assert.equal(waiting, 4n);
});

test("a hub without a wallet has nothing in it", async () => {
  const { look, set } = await hub();
  set.code = undefined;
  assert.deepEqual((await look()).wallet, { status: "absent", free: 0n, reserve: 10n });
});

test("a hub sees the open batches of its own jobs, each with what it has signed for this attempt", async () => {
  const { look, set, journal } = await hub();
  const terms = { job: id, miner: MINER, assignedAt: 1, expiry: 2, pay: 7n, signature: "0x", sent: true } as const;
  const signed = (name: string, attempt: number) => ({
    ...terms,
    id: name,
    batch: 1,
    attempt,
    answer: "accepted" as const,
  });
  for (const [name, attempt] of [
    ["a", 0],
    ["b", 1],
    ["c", 1],
  ] as const) {
    journal.assignments.put(name, signed(name, attempt));
  }
  const batches = [
    { job: id, batch: 0, status: "taken", attempt: 0, claim: undefined },
    { job: id, batch: 1, status: "open", attempt: 1, claim: undefined },
  ] as const;
  set.sight = { ...set.sight, batches: new Map(batches.map((batch) => [batchKey(id, batch.batch), batch])) };
  const open = [{ batch: 1, attempt: 1, assignments: [signed("b", 1), signed("c", 1)] }];
  assert.deepEqual((await look()).jobs, [{ id, job, open }]);
});

test("a hub sees all batches of a new job as open", async () => {
  const { look } = await hub();
  const open = [0, 1].map((batch) => ({ batch, attempt: 0, assignments: [] }));
  assert.deepEqual((await look()).jobs, [{ id, job, open }]);
});

test("a hub sees only its own jobs and claims", async () => {
  const { look, set } = await hub(OTHER);
  set.sight = sightOf({ claim });
  const { jobs, claims } = await look();
  assert.deepEqual([jobs, claims], [[], []]);
});

for (const status of ["live", "settled", "convicted", "awarded"] as const) {
  test(`a claim that is ${status} ${status === "live" ? "is still to be settled" : "is over"}`, async () => {
    const { look, set, journal } = await hub();
    journal.miners.put(MINER, { address: MINER, slots: 1, minPay: 1n });
    set.sight = sightOf({ claim, status });
    const { claims, miners } = await look();
    assert.deepEqual(
      claims.map((one) => one.id),
      status === "live" ? [claimId(claim)] : [],
    );
    const convicted = status === "convicted" || status === "awarded";
    assert.deepEqual(miners, [{ address: MINER, slots: 1, minPay: 1n, convicted }]);
  });
}
