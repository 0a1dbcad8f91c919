// What a hub sees: its own jobs and claims, its miners, and how its wallet stands.
import assert from "node:assert/strict";
import { test } from "node:test";
import { hubStatuses } from "@sonm/chain/enums/hub-status";
import { parameterNames } from "@sonm/chain/enums/parameter";
import { batchKey } from "@sonm/chain/market/events";
import { claimId } from "@sonm/protocol/result/claim";
import { type Address, numberToHex, padHex } from "viem";
import { openHubJournal } from "../../../../offchain/agents/hub/journal.ts";
import { createObserve } from "../../../../offchain/agents/hub/observe.ts";
import { claim, HUB, hashOf, id, job, MINER, OTHER, sightOf } from "../fixtures.ts";
import { stubTools } from "../stub-tools.ts";

const policy = { funds: 50n, workSeconds: 3600, answerSeconds: 60, payBps: 7000n, settleAfterSeconds: 600 };

/** A hub with this wallet. */
async function hub(wallet = job.hub) {
  const { tools, set, done } = stubTools(openHubJournal);
  set.reads = {
    status: () => hubStatuses.indexOf("registered"),
    suspectedAt: () => 0n,
    owner: () => HUB,
    free: () => 30n,
    get: ([index]) => (parameterNames[Number(index)] === "ReserveWei" ? 10n : 1n),
    freeOf: ([of]) => (of === MINER ? 700n : 0n),
    lockedOf: () => 0n,
    withdrawalOf: () => [0n, 0n],
    waiting: ([of]) => ({ remainder: of === wallet ? 4n : 0n, prices: 5n }),
  };
  set.sight = sightOf();
  const observe = await createObserve({ ...tools, referees: [] }, policy, wallet);
  return { journal: tools.journal, set, done, look: () => observe(set.sight) };
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
  const terms = {
    job: id,
    miner: MINER,
    assignedAt: 1,
    expiry: 2,
    pay: 7n,
    deposit: job.deposit,
    signature: "0x",
    sent: true,
  } as const;
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
    const [free, settled] = [convicted ? 0n : 700n, status === "settled" ? 1 : 0];
    assert.deepEqual(miners, [{ address: MINER, slots: 1, minPay: 1n, convicted, free, settled }]);
  });
}

test("S6: stakes are read only where there is work to give, of the 64 miners that are most likely to get it", async () => {
  const { look, set, journal } = await hub();
  const person = (i: number) => padHex(numberToHex(i + 1), { size: 20 });
  for (let i = 0; i < 70; i++) journal.miners.put(person(i), { address: person(i), slots: 1, minPay: 1n });
  journal.miners.put(MINER, { address: MINER, slots: 1, minPay: 1n });
  const asked: unknown[] = [];
  set.reads = { ...set.reads, freeOf: ([of]) => asked.push(of) && 700n };
  const settled = { claim, status: "settled" as const };
  set.sight = sightOf(settled);
  const { miners } = await look();
  assert.equal(asked.length, 64);
  assert.equal(miners.filter(({ free }) => free === 700n).length, 64);
  assert.equal(
    miners.find(({ address }) => address === MINER)?.free,
    700n,
    "the last to come, but with a settled claim",
  );
  const taken = [0, 1].map((batch) => ({ job: id, batch, status: "taken", attempt: 0, claim: undefined }) as const);
  set.sight = { ...set.sight, batches: new Map(taken.map((batch) => [batchKey(id, batch.batch), batch])) };
  await look();
  assert.equal(asked.length, 64);
});

test("S6: among miners without a settled claim, stakes are read of those who had most, and what is read is remembered", async () => {
  const { look, set, journal } = await hub();
  const person = (i: number) => padHex(numberToHex(i + 1), { size: 20 });
  const announce = (address: Address, stake: bigint) =>
    journal.miners.put(address, { address, slots: 1, minPay: 1n, stake });
  for (let i = 0; i < 64; i++) announce(person(i), 10n);
  announce(OTHER, 8n);
  announce(MINER, 9n);
  set.reads = { ...set.reads, freeOf: ([of]) => (of === person(5) ? 1n : 6n), lockedOf: () => 1n };
  const freeOf = async (of: Address) => (await look()).miners.find(({ address }) => address === of)?.free;
  assert.equal(await freeOf(MINER), 0n, "64 others had more");
  assert.equal(journal.miners.get(person(5))?.stake, 2n, "and have it no longer");
  assert.equal(await freeOf(MINER), 6n);
  assert.equal(await freeOf(person(5)), 0n);
});

test("S6: an assignment that is neither declined nor claimed is remembered for a day after its end", async () => {
  const { look, set, journal } = await hub();
  const end = 1_000_000;
  const signed = (name: string, change: object) => {
    const terms = {
      miner: MINER,
      assignedAt: end - 61,
      expiry: end + 100,
      pay: 7n,
      deposit: job.deposit,
      signature: "0x",
      sent: true,
    } as const;
    journal.assignments.put(name, { id: name, job: id, batch: 0, attempt: 0, answer: undefined, ...terms, ...change });
  };
  const lapsedAt = async (now: number) => {
    set.sight = { ...set.sight, now };
    return (await look()).lapsed.map(({ miner, deposit }) => `${miner} ${deposit}`);
  };
  const one = `${MINER} ${job.deposit}`;
  signed("unanswered", {});
  assert.deepEqual(await lapsedAt(end - 1), [], "its time to answer is not over");
  assert.deepEqual(await lapsedAt(end), [one]);
  assert.deepEqual(await lapsedAt(end - 1 + 86_400), [one]);
  assert.deepEqual(await lapsedAt(end + 86_400), []);
  signed("unanswered", { answer: "accepted" });
  assert.deepEqual(await lapsedAt(end + 100), [], "it may still claim");
  assert.deepEqual(await lapsedAt(end + 101), [one]);
  signed("unanswered", { answer: "declined" });
  assert.deepEqual(await lapsedAt(end + 101), []);
  // It was held for 60 s, and is remembered for 24 times as long; never for more than a day.
  signed("unanswered", { answer: "declined", returnedAt: end - 1 });
  assert.deepEqual(await lapsedAt(end - 1 + 24 * 60), [one]);
  assert.deepEqual(await lapsedAt(end + 24 * 60), []);
  signed("unanswered", { answer: "declined", returnedAt: end - 61 + 3601 });
  assert.deepEqual(await lapsedAt(end - 61 + 3601 + 86_400), [one]);
  assert.deepEqual(await lapsedAt(end - 60 + 3601 + 86_400), []);
  signed("unanswered", { answer: "accepted" });
  set.sight = sightOf({ claim });
  assert.deepEqual(await lapsedAt(end + 101), [], "it has claimed");
  signed("again", { answer: "accepted", attempt: 1 });
  assert.deepEqual(await lapsedAt(end + 101), [one], "an earlier attempt");
});

test("G1: an assignment leaves memory when its batch is finally paid, or its job is no longer in the sight", async () => {
  const { look, set, journal } = await hub();
  const signed = (name: string, miner: typeof MINER) =>
    journal.assignments.put(name, {
      id: name,
      job: id,
      batch: 0,
      attempt: 0,
      miner,
      assignedAt: 900_000,
      expiry: 1_000_000,
      pay: 7n,
      deposit: job.deposit,
      signature: "0x",
      sent: true,
      answer: "accepted",
    });
  const open = () => journal.assignments.all().map((one) => one.id);
  for (const [name, miner] of [["its", MINER] as const, ["lapsed", OTHER] as const]) signed(name, miner);
  const paid = { job: id, batch: 0, status: "paid", attempt: 0, claim: claimId(claim) } as const;
  const endedAt = 1_000_000;
  const sight = {
    ...sightOf({ claim, status: "settled", endedAt }),
    batches: new Map([[batchKey(id, 0), paid]]),
  };
  const lookAt = (now: number, change: object = {}) => {
    set.sight = { ...sight, now, ...change };
    return look();
  };
  await lookAt(endedAt + 3600);
  assert.deepEqual(open(), ["its", "lapsed"], "a reorganisation could take the payment back");
  await lookAt(endedAt + 3601);
  assert.deepEqual(open(), ["lapsed"], "who let it lapse is remembered for a day");
  assert.equal(journal.assignments.get("its")?.miner, MINER, "it is on the disk");
  await lookAt(1_000_000 + 86_401);
  assert.deepEqual(open(), []);

  signed("gone", MINER);
  const gone = { jobs: new Map(), claims: new Map(), batches: new Map() };
  await lookAt(1_000_000 + 3600, gone);
  assert.deepEqual(open(), ["gone"]);
  await lookAt(1_000_000 + 2 * 86_400, gone);
  assert.deepEqual(open(), []);
});

test("G1: how a claim ended counts once, whatever a reorganisation makes of it, and when it is no longer in the sight", async () => {
  const { look, set, journal } = await hub();
  journal.miners.put(MINER, { address: MINER, slots: 1, minPay: 1n });
  const seen = async (sight: typeof set.sight) => {
    set.sight = sight;
    const [miner] = (await look()).miners;
    return [miner?.settled, miner?.convicted];
  };
  assert.deepEqual(await seen(sightOf({ claim })), [0, false]);
  assert.deepEqual(await seen(sightOf({ claim, status: "settled" })), [1, false]);
  assert.deepEqual(await seen(sightOf({ claim, status: "settled" })), [1, false]);
  assert.deepEqual(await seen(sightOf({ claim })), [0, false], "its settlement was taken back");
  assert.deepEqual(await seen(sightOf({ claim, status: "convicted" })), [0, true]);
  assert.deepEqual(await seen(sightOf({ claim, status: "awarded" })), [0, true]);
  assert.deepEqual(await seen(sightOf()), [0, true]);
});

test("S1: a job at which a look goes wrong costs itself alone", async () => {
  const { look, set, done } = await hub();
  const odd = { ...job, batchSize: 0n as unknown as number };
  const sight = sightOf();
  const jobs = new Map([[hashOf(9) as typeof id, { id: hashOf(9) as typeof id, job: odd, postedAt: 1, block: 1 }]]);
  set.sight = { ...sight, jobs: new Map([...jobs, ...sight.jobs]) };
  for (let i = 0; i < 2; i++) {
    assert.deepEqual(
      (await look()).jobs.map((one) => one.id),
      [id],
    );
  }
  assert.equal(done.happenings.length, 1);
});
