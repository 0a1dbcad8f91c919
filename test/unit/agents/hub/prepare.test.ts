// What a hub writes down from its letters, and whose answers count.
import assert from "node:assert/strict";
import { test } from "node:test";
import { claimId } from "@sonm/protocol/result/claim";
import { type Address, numberToHex, padHex } from "viem";
import { type HubJournal, openHubJournal, type Signed } from "../../../../offchain/agents/hub/journal.ts";
import { createPrepare } from "../../../../offchain/agents/hub/prepare.ts";
import { BUYER, claim, id, job, MINER, OTHER } from "../fixtures.ts";
import { receive, stubTools } from "../stub-tools.ts";

const signed: Signed = {
  id: "a",
  job: id,
  batch: 0,
  attempt: 0,
  miner: MINER,
  assignedAt: 1,
  expiry: 2,
  pay: 700n,
  deposit: job.deposit,
  signature: "0x",
  sent: true,
  answer: undefined,
};

function hub() {
  const { tools, set, done } = stubTools(openHubJournal);
  set.reads = { freeOf: () => 1n, lockedOf: () => 0n, withdrawalOf: () => [0n, 0n] };
  tools.journal.assignments.put(signed.id, signed);
  return { journal: tools.journal, set, done, prepare: createPrepare(tools) };
}

const person = (i: number) => padHex(numberToHex(i + 1), { size: 20 });

/** Miners who have announced themselves. */
function fill(journal: HubJournal, count: number, stake: bigint): void {
  for (let i = 0; i < count; i++) journal.miners.put(person(i), { address: person(i), slots: 1, minPay: 1n, stake });
}

test("a wish for a quote is kept once for each asker", async () => {
  const { journal, prepare } = hub();
  for (const from of [BUYER, OTHER, BUYER]) await receive(prepare, from, { kind: "ask-quote", job });
  assert.deepEqual(journal.requests.all(), [
    { job, id, from: BUYER },
    { job, id, from: OTHER },
  ]);
});

test("S7: strangers fill neither the list of requests nor that of miners", async () => {
  const { journal, prepare } = hub();
  const another = (i: number) => ({ ...job, salt: padHex(numberToHex(i + 1), { size: 32 }) });
  for (let i = 0; i < 9; i++) await receive(prepare, OTHER, { kind: "ask-quote", job: another(i) });
  assert.equal(journal.requests.all().length, 4);
  for (let i = 0; i < 90; i++) await receive(prepare, person(i), { kind: "ask-quote", job });
  assert.equal(journal.requests.all().length, 64);

  fill(journal, 10_000, 1n);
  await receive(prepare, MINER, { kind: "announce", slots: 1, minPay: 5n });
  assert.equal(journal.miners.get(MINER), undefined);
  await receive(prepare, person(7), { kind: "announce", slots: 2, minPay: 5n });
  assert.equal(journal.miners.get(person(7))?.slots, 2);
});

test("S7: a full list of requests has a place for a new asker, at the cost of who has most, and of nobody's only one", async () => {
  const { journal, prepare } = hub();
  const ask = (from: Address, i: number) =>
    receive(prepare, from, { kind: "ask-quote", job: { ...job, salt: padHex(numberToHex(i + 1), { size: 32 }) } });
  const waiting = (from: Address) => journal.requests.all().filter((one) => one.from === from);
  for (let i = 0; i < 64; i++) await ask(person(i >> 2), i);
  const [oldest, next] = waiting(person(0));
  await ask(BUYER, 100);
  assert.equal(journal.requests.all().length, 64);
  assert.equal(waiting(BUYER).length, 1);
  assert.equal(waiting(person(0)).includes(oldest as never), false);
  assert.deepEqual(waiting(person(0))[0], next);
  await ask(BUYER, 101);
  assert.equal(waiting(BUYER).length, 1, "a second one waits for a free place");
  for (let i = 0; i < 99; i++) await ask(person(100 + i), 200 + i);
  assert.equal(journal.requests.all().length, 64);
  assert.equal(new Set(journal.requests.all().map(({ from }) => from)).size, 64);
  assert.equal(waiting(BUYER).length, 1, "it was its only one");
});

test("S7: a full list of miners has a place for one with more at stake than the least of those without a settled claim", async () => {
  const { journal, prepare, set } = hub();
  fill(journal, 10_000, 5n);
  const announce = (from: Address, stake: bigint) => {
    set.reads = { ...set.reads, freeOf: () => stake };
    return receive(prepare, from, { kind: "announce", slots: 1, minPay: 5n });
  };
  // The one with the least has settled a claim.
  journal.noteStakes([{ address: person(1), free: 1n, locked: 0n }]);
  journal.note([{ id: claimId(claim), claim: { ...claim, miner: person(1) }, end: "settled" }]);
  await announce(person(2), 4n);
  await announce(MINER, 4n);
  assert.equal(journal.miners.get(MINER), undefined);
  await announce(MINER, 5n);
  assert.deepEqual(journal.miners.get(MINER), { address: MINER, slots: 1, minPay: 5n, stake: 5n });
  assert.equal(journal.miners.get(person(2)), undefined);
  assert.ok(journal.miners.get(person(1)));
  assert.equal(journal.miners.count(), 10_000);
});

test("S6: who has nothing at stake is not remembered as a miner; what is locked counts", async () => {
  const { journal, prepare, set } = hub();
  set.reads = { ...set.reads, freeOf: () => 0n };
  await receive(prepare, MINER, { kind: "announce", slots: 1, minPay: 5n });
  assert.deepEqual(journal.miners.all(), []);
  set.reads = { ...set.reads, lockedOf: () => 1n };
  await receive(prepare, MINER, { kind: "announce", slots: 1, minPay: 5n });
  assert.equal(journal.miners.all().length, 1);
});

test("a miner that says the same again is not reported again, but what it has at stake is read anew", async () => {
  const { journal, prepare, set, done } = hub();
  for (const minPay of [5n, 5n, 6n]) await receive(prepare, MINER, { kind: "announce", slots: 1, minPay });
  assert.equal(done.happenings.length, 2);
  set.reads = { ...set.reads, lockedOf: () => 7n };
  await receive(prepare, MINER, { kind: "announce", slots: 1, minPay: 6n });
  assert.equal(journal.miners.get(MINER)?.stake, 8n);
  assert.equal(done.happenings.length, 2);
});

test("a miner that announces itself is known by what it said last", async () => {
  const { journal, prepare, done } = hub();
  for (const slots of [1, 2]) await receive(prepare, MINER, { kind: "announce", slots, minPay: 5n });
  assert.deepEqual(journal.miners.all(), [{ address: MINER, slots: 2, minPay: 5n, stake: 1n }]);
  assert.deepEqual(done.happenings.at(-1), { kind: "announced", miner: MINER, slots: 2, minPay: "5" });
});

const about = { job: id, batch: 0, attempt: 0 };
const answers = [
  ["accept", "accepted"],
  ["decline", "declined"],
] as const;
for (const [kind, answer] of answers) {
  const message = kind === "accept" ? { kind, ...about } : { kind, ...about, reason: "no" };

  test(`a miner's word counts: ${kind}`, async () => {
    const { journal, prepare } = hub();
    await receive(prepare, MINER, message);
    assert.equal(journal.assignments.get("a")?.answer, answer);
  });

  test(`a stranger's word does not: ${kind}`, async () => {
    const { journal, prepare } = hub();
    await receive(prepare, OTHER, message);
    assert.equal(journal.assignments.get("a")?.answer, undefined);
  });

  for (const change of [{ batch: 1 }, { attempt: 1 }]) {
    test(`a word about another ${Object.keys(change)[0]} does not: ${kind}`, async () => {
      const { journal, prepare } = hub();
      await receive(prepare, MINER, { ...message, ...change });
      assert.equal(journal.assignments.get("a")?.answer, undefined);
    });
  }
}

test("S2: what a miner has accepted it can give back, until it has claimed, but not take again", async () => {
  const { journal, prepare } = hub();
  const [accept, decline] = [
    { kind: "accept", ...about },
    { kind: "decline", ...about, reason: "no" },
  ] as const;
  await receive(prepare, MINER, accept);
  await receive(prepare, MINER, decline);
  const back = journal.assignments.get("a");
  assert.deepEqual([back?.answer, back?.returnedAt], ["declined", 1_000_000]);
  await receive(prepare, MINER, accept);
  assert.deepEqual(journal.assignments.get("a"), back);

  journal.assignments.put("a", { ...signed, answer: "accepted" });
  journal.note([{ id: claimId(claim), claim: { ...claim, miner: MINER }, end: undefined }]);
  await receive(prepare, MINER, decline);
  assert.equal(journal.assignments.get("a")?.answer, "accepted");
});

test("S2: what is declined at once was never held", async () => {
  const { journal, prepare } = hub();
  await receive(prepare, MINER, { kind: "decline", ...about, reason: "no" });
  assert.equal(journal.assignments.get("a")?.returnedAt, undefined);
});
