// A verifier recomputes a batch: it finds every lie, continues after an interruption, and lies itself only if it is configured to.
import assert from "node:assert/strict";
import { test } from "node:test";
import { batchRange, jobId } from "@sonm/protocol/job/job";
import { type Claim, claimId } from "@sonm/protocol/result/claim";
import { contentIdOf } from "@sonm/protocol/result/delivery";
import { resultTreeOf } from "@sonm/protocol/result/tree";
import type { Hex } from "@sonm/protocol/values/ids";
import { zeroAddress } from "viem";
import type { Engine } from "../../../offchain/host/engines/engine.ts";
import { createActor } from "../../../verifier/act.ts";
import type { VerifierClaim } from "../../../verifier/decide.ts";
import { openVerifierJournal } from "../../../verifier/journal.ts";
import { fakeEngine, fakeOutput } from "../agents/fake-engine.ts";
import { MINER, job as terms } from "../agents/fixtures.ts";
import { noQueue, stubTools } from "../agents/stub-tools.ts";

const job = { ...terms, machine: zeroAddress };

const deed = { referee: job.referee, kind: "accuse", key: "accuse" };
const accusation = { announced: false, cost: 1n, deed } as const;
const LIVE = { status: "live", claimedAt: 1, chosen: true, check: undefined, accusation } as const;

/** The claim of a miner that is right about all units of the batch except `lyingUnit`. */
function claimOf(batch: number, lyingUnit?: number): Claim {
  const about = { job: jobId(job), batch, attempt: 0, miner: MINER, pay: 1n };
  const { first, count } = batchRange(job, batch);
  const hashes = Array.from({ length: count }, (_, i) => contentIdOf(fakeOutput(first + i, first + i === lyingUnit)));
  return { ...about, root: resultTreeOf(job, about, hashes).root };
}

/** A verifier whose engine computes one unit after another, lists them in `computed`, and fails at the units in `broken`. */
function verifier({ lies = false } = {}) {
  const { tools, done } = stubTools(openVerifierJournal);
  const computed: number[] = [];
  const broken = new Set<number>();
  const honest = fakeEngine();
  const engine: Engine = {
    ...honest,
    parallel: 1,
    async compute(about, unit, lying) {
      if (broken.has(unit)) throw new Error("the computer is tired");
      computed.push(unit);
      return { ...(await honest.compute(about, unit, lying)), steps: 100 + unit };
    },
  };
  const act = createActor({ ...tools, engine, referees: [], queue: noQueue, lies });
  return {
    journal: tools.journal,
    happenings: done.happenings,
    computed,
    broken,
    check(claim: Claim) {
      const of: VerifierClaim = { id: claimId(claim), job, claim, ...LIVE };
      return act({ kind: "check", of });
    },
    found: (claim: Claim) => tools.journal.checks.get(claimId(claim)),
    kept: (unit: number) => tools.journal.units.get(`${jobId(job)}/${unit}`),
  };
}

test("a true claim is found true: each unit is computed, kept and reported, then the batch", async () => {
  const { check, found, kept, happenings, computed } = verifier();
  const claim = claimOf(1);
  await check(claim);
  assert.equal(found(claim), "true");
  assert.deepEqual(computed, [4, 5, 6, 7]);
  for (const unit of computed) assert.equal(kept(unit)?.resultHash, contentIdOf(fakeOutput(unit)));
  const about = { claim: claimId(claim) };
  assert.deepEqual(happenings, [
    ...computed.map((unit) => ({ kind: "unit-checked", ...about, unit, steps: 100 + unit })),
    { kind: "checked", ...about, batch: 1, miner: MINER, units: 4, ok: true },
  ]);
});

for (const lyingUnit of [0, 3]) {
  test(`a claim that lies only about unit ${lyingUnit} is found false, and the true result is kept`, async () => {
    const { check, found, kept, happenings } = verifier();
    const claim = claimOf(0, lyingUnit);
    await check(claim);
    assert.equal(found(claim), "false");
    assert.equal(kept(lyingUnit)?.resultHash, contentIdOf(fakeOutput(lyingUnit)));
    assert.deepEqual(happenings.at(-1), {
      kind: "checked",
      claim: claimId(claim),
      batch: 0,
      miner: MINER,
      units: 4,
      ok: false,
    });
  });
}

test("capital letters in the claim's root make no difference", async () => {
  const { check, found } = verifier();
  const claim = claimOf(0);
  const loud = { ...claim, root: `0x${claim.root.slice(2).toUpperCase()}` as Hex };
  await check(loud);
  assert.equal(found(loud), "true");
});

test("an interrupted check has no outcome, and the next one computes only the missing units", async () => {
  const { check, found, happenings, computed, broken } = verifier();
  const claim = claimOf(0);
  broken.add(2);
  await assert.rejects(check(claim), /tired/);
  assert.equal(found(claim), undefined);
  assert.ok(happenings.every(({ kind }) => kind === "unit-checked"));
  broken.clear();
  await check(claim);
  assert.equal(found(claim), "true");
  assert.deepEqual(computed.toSorted(), [0, 1, 2, 3], "each once");
});

test("a second claim about the same batch is checked without computing again", async () => {
  const { check, found, computed } = verifier();
  await check(claimOf(0, 1));
  const second = { ...claimOf(0), attempt: 1 };
  await check(second);
  assert.equal(found(second), "true");
  assert.equal(computed.length, 4);
});

test("a lying verifier lies about the first unit of a batch, and keeps the corruption of its run", async () => {
  const { check, found, kept } = verifier({ lies: true });
  const claim = claimOf(1);
  await check(claim);
  assert.equal(found(claim), "false");
  assert.deepEqual(kept(4), { resultHash: contentIdOf(fakeOutput(4, true)), corruption: "a lie" });
  for (const unit of [5, 6, 7]) {
    assert.deepEqual([kept(unit)?.resultHash, kept(unit)?.corruption], [contentIdOf(fakeOutput(unit)), undefined]);
  }
});
