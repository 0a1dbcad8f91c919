// A verifier's look: it reads its stake, and reports each conviction that it has played for once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Claim, type ClaimStatus, claimId } from "@sonm/protocol/result/claim";
import type { MachineEngine } from "../../../offchain/host/engines/machine/machine-engine.ts";
import { refereesOfVerifier } from "../../../offchain/host/referees/referees.ts";
import { openVerifierJournal } from "../../../verifier/journal.ts";
import { createObserve } from "../../../verifier/observe.ts";
import { fakeEngine } from "../agents/fake-engine.ts";
import { hashOf, id, job, sightOf, claim as template, verifierPolicy } from "../agents/fixtures.ts";
import { noQueue, stubTools } from "../agents/stub-tools.ts";

const own: Claim = template;
const others: Claim = { ...template, batch: 1 };

test("a conviction that this verifier has played for is reported once", async () => {
  const { tools, set, done } = stubTools(openVerifierJournal);
  set.reads = { freeOf: () => 50n, lockedOf: () => 20n, withdrawalOf: () => [0n, 0n] };
  tools.journal.salts.add(claimId(own), hashOf(6));
  const engine = fakeEngine() as MachineEngine;
  const referees = refereesOfVerifier({ ...tools, engine, patienceSeconds: 600, commitStake: 7n });
  const observe = createObserve(
    { ...tools, engine: { runs: () => true }, referees, queue: noQueue },
    verifierPolicy,
    1,
  );
  const about = { ...job, referee: tools.access.deployment.addresses.bisection };
  const seenAs = (status: ClaimStatus) => ({
    ...set.sight,
    jobs: new Map([[id, { id, job: about, postedAt: 1, block: 1 }]]),
    claims: new Map(
      [own, others].map((claim) => {
        const times = { games: 0, claimedAt: 1, endedAt: 2, winner: undefined, block: 1 };
        return [claimId(claim), { id: claimId(claim), claim, status, ...times }];
      }),
    ),
  });

  const view = await observe(seenAs("live"));
  assert.deepEqual([view.freeStake, view.claims.length], [50n, 2]);
  const accused = view.claims.map(({ accusation }) => (accusation.announced ? "announced" : accusation.cost));
  assert.deepEqual(accused, ["announced", 7n + job.bond], "a commitment locks its stake, a game its bond");
  await observe(seenAs("settled"));
  assert.deepEqual(done.happenings, []);
  for (const status of ["convicted", "convicted", "awarded"] as const) {
    await observe(seenAs(status));
    assert.deepEqual(done.happenings, [
      { kind: "convicted", claim: claimId(own), miner: own.miner, slashed: String(job.deposit) },
    ]);
  }
});

test("a conviction is reported also if the reward was paid before this verifier looked", async () => {
  const { tools, set, done } = stubTools(openVerifierJournal);
  set.reads = { freeOf: () => 0n, lockedOf: () => 0n, withdrawalOf: () => [0n, 0n] };
  tools.journal.salts.add(claimId(own), hashOf(6));
  const observe = createObserve(
    { ...tools, engine: { runs: () => true }, referees: [], queue: noQueue },
    verifierPolicy,
    1,
  );
  await observe(sightOf({ claim: own, status: "awarded", endedAt: 2 }));
  assert.equal(done.happenings.length, 1);
});

test("a conviction for an unknown job is reported with 0 wei", async () => {
  const { tools, set, done } = stubTools(openVerifierJournal);
  set.reads = { freeOf: () => 0n, lockedOf: () => 0n, withdrawalOf: () => [0n, 0n] };
  tools.journal.salts.add(claimId(own), hashOf(6));
  const observe = createObserve(
    { ...tools, engine: { runs: () => true }, referees: [], queue: noQueue },
    verifierPolicy,
    1,
  );
  await observe({ ...sightOf({ claim: own, status: "convicted", endedAt: 2 }), jobs: new Map() });
  assert.deepEqual(done.happenings, [{ kind: "convicted", claim: claimId(own), miner: own.miner, slashed: "0" }]);
});
