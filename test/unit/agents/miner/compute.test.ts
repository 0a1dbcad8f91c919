// What a miner makes of a batch: a result for each unit, their root, and what it publishes. And where a liar lies.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import type { Claim } from "@sonm/protocol/result/claim";
import { contentIdOf, decodeDelivery } from "@sonm/protocol/result/delivery";
import { resultTreeOf } from "@sonm/protocol/result/tree";
import { createActor } from "../../../../offchain/agents/miner/act.ts";
import type { Work } from "../../../../offchain/agents/miner/decide.ts";
import { openMinerJournal } from "../../../../offchain/agents/miner/journal.ts";
import { outputFile } from "../../../../offchain/agents/miner/kept.ts";
import type { Engine } from "../../../../offchain/host/engines/engine.ts";
import { createQueue, type WorkQueue } from "../../../../offchain/host/role/queue.ts";
import { unitKey } from "../../../../offchain/host/role/units.ts";
import { fakeEngine, fakeOutput } from "../fake-engine.ts";
import { HUB, id, job, MINER, minerPolicy, newWork } from "../fixtures.ts";
import { noQueue, stubTools } from "../stub-tools.ts";

/** The second batch of the job. */
const UNITS = [4, 5, 6, 7];
const assignment = { wallet: job.hub, job: id, batch: 1, attempt: 0, miner: MINER, pay: 700n, expiry: 1_000_100n };
const work: Work = {
  id: "w",
  job,
  assignment,
  signature: "0x",
  from: HUB,
  ...newWork,
  answer: "accepted",
};

/** A miner that lies about this unit of each batch. */
function miner(lyingUnit?: number | "first" | "last", engine: Engine = fakeEngine(), queue: WorkQueue = noQueue) {
  const { tools, done, store } = stubTools(openMinerJournal);
  const policy = { ...minerPolicy, minPay: 1n, stake: 1n, pullFrom: 1n };
  const act = createActor({ ...tools, engine, referees: [], queue, policy, lyingUnit, onAnnounced: () => {} });
  return { act, done, store, journal: tools.journal, data: tools.data };
}

const hashesOf = (lie?: number) => UNITS.map((unit) => contentIdOf(fakeOutput(unit, unit === lie)));

test("a batch is computed unit by unit; each is written down and reported, and then their root", async () => {
  const { act, done, journal, data } = miner();
  await act({ kind: "compute", work });
  for (const [i, unit] of UNITS.entries()) {
    const kept = journal.units.get(unitKey(id, unit));
    assert.deepEqual([kept?.resultHash, kept?.output], [hashesOf()[i], contentIdOf(fakeOutput(unit))]);
    assert.deepEqual(new Uint8Array(readFileSync(outputFile(data, id, unit))), fakeOutput(unit));
  }
  const about = { kind: "unit-computed", job: id, batch: 1, steps: 0, halt: 0, exitCode: "0", lie: false };
  assert.deepEqual(
    done.happenings,
    UNITS.map((unit) => ({ ...about, unit })),
  );
  assert.equal(journal.roots.get("w"), resultTreeOf(job, assignment, hashesOf()).root);
});

for (const [lyingUnit, lie] of [
  ["first", 4],
  ["last", 7],
  [0, 4],
  [2, 6],
  // A batch that is shorter: its last one.
  [9, 7],
] as const) {
  test(`a liar that lies about its unit ${lyingUnit} lies about unit ${lie} of units 4 to 7, and about no other`, async () => {
    const { act, done, journal } = miner(lyingUnit);
    await act({ kind: "compute", work });
    assert.deepEqual(
      done.happenings.flatMap((one) => (one.kind === "unit-computed" && one.lie ? [one.unit] : [])),
      [lie],
    );
    assert.deepEqual(
      UNITS.map((unit) => journal.units.get(unitKey(id, unit))?.corruption),
      UNITS.map((unit) => (unit === lie ? "a lie" : undefined)),
    );
    assert.equal(journal.roots.get("w"), resultTreeOf(job, assignment, hashesOf(lie)).root);
  });
}

test("a program that did not end by itself has no exit code", async () => {
  const engine = fakeEngine();
  const compute: Engine["compute"] = async (...unit) => ({ ...(await engine.compute(...unit)), exitCode: undefined });
  const { act, done } = miner(undefined, { ...engine, compute });
  await act({ kind: "compute", work });
  const codes = done.happenings.map((one) => (one.kind === "unit-computed" ? one.exitCode : assert.fail(one.kind)));
  assert.deepEqual(codes, ["", "", "", ""]);
});

test("U9: what ended a program against its will is reported", async () => {
  const engine = fakeEngine();
  const fault = "illegal instruction at 0x00010000";
  const compute: Engine["compute"] = async (...unit) => ({ ...(await engine.compute(...unit)), fault });
  const { act, done } = miner(undefined, { ...engine, compute });
  await act({ kind: "compute", work });
  const faults = done.happenings.map((one) => (one.kind === "unit-computed" ? one.fault : assert.fail(one.kind)));
  assert.deepEqual(faults, [fault, fault, fault, fault]);
});

test("U12: a lie that changes nothing is reported as that, and about its unit alone", async () => {
  const engine = fakeEngine();
  const compute: Engine["compute"] = (job, unit) => engine.compute(job, unit, false);
  const { act, done } = miner("last", { ...engine, compute });
  await act({ kind: "compute", work });
  const vain = done.happenings.flatMap((one) =>
    one.kind === "unit-computed" && one.vain ? [[one.unit, one.lie]] : [],
  );
  assert.deepEqual(vain, [[7, false]]);
});

test("a batch that is not computed cannot be claimed", async () => {
  await assert.rejects(miner().act({ kind: "claim", work }), /the batch is not computed/);
});

test("what is published fits the claim: every output, and the delivery that lists them", async () => {
  const { act, store, journal } = miner();
  await act({ kind: "compute", work });
  await act({ kind: "publish", work });
  const { batch, attempt, miner: by, pay } = assignment;
  const root = journal.roots.get("w") ?? assert.fail("there is no root");
  const claim: Claim = { job: id, batch, attempt, miner: by, pay, root };
  const content = journal.deliveries.get("w") ?? assert.fail("nothing was published");
  const { units } = decodeDelivery(store.get(content) ?? assert.fail("it is not in the store"), job, claim);
  assert.deepEqual(
    units.map(({ output }) => [...store].find(([key]) => key === output)?.[1]),
    UNITS.map((unit) => fakeOutput(unit)),
  );
});

test("G5: an output that was damaged on the disk is not delivered; a copy in its place is", async () => {
  const { act, journal, data, store } = miner();
  await act({ kind: "compute", work });
  writeFileSync(outputFile(data, id, 5), "something else");
  await assert.rejects(act({ kind: "publish", work }), /The output of unit 5 is damaged/);
  assert.equal(journal.deliveries.get("w"), undefined);
  writeFileSync(outputFile(data, id, 5), fakeOutput(5));
  await act({ kind: "publish", work });
  assert.ok(journal.deliveries.get("w"));
  assert.deepEqual(store.get(contentIdOf(fakeOutput(5))), fakeOutput(5));
});

test("S5: a batch that is not needed any more is computed no longer, and is no failure", async () => {
  const queue = createQueue({ slots: 2, stepsPerSecond: 1, now: () => 1_000_000 });
  let slices = 0;
  const compute: Engine["compute"] = async (_job, _unit, _lying, turn) => {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (++slices === 20) queue.keep(new Set());
      await turn?.(slices);
    }
  };
  const { act, done, journal } = miner(undefined, { ...fakeEngine(), compute }, queue);
  await act({ kind: "compute", work });
  assert.ok(slices <= 21, `${slices}`);
  assert.deepEqual([done.happenings, journal.roots.get("w")], [[], undefined]);
});
