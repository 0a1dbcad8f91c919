// A job whose unit never ends: the verifier still checks other claims and still plays, and stops computing when the claim has ended.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Job, jobId } from "@sonm/protocol/job/job";
import { type Claim, claimId } from "@sonm/protocol/result/claim";
import { contentIdOf } from "@sonm/protocol/result/delivery";
import { resultTreeOf } from "@sonm/protocol/result/tree";
import type { ClaimId } from "@sonm/protocol/values/ids";
import { zeroAddress } from "viem";
import type { Engine } from "../../../offchain/host/engines/engine.ts";
import type { AccusersReferee } from "../../../offchain/host/referees/referee.ts";
import { startLoop } from "../../../offchain/host/role/loop.ts";
import { createQueue } from "../../../offchain/host/role/queue.ts";
import { createActor } from "../../../verifier/act.ts";
import { decide, keyOf } from "../../../verifier/decide.ts";
import { openVerifierJournal } from "../../../verifier/journal.ts";
import { createObserve } from "../../../verifier/observe.ts";
import { fakeEngine, fakeOutput } from "../agents/fake-engine.ts";
import { hashOf, MINER, sightOf, job as terms, verifierPolicy } from "../agents/fixtures.ts";
import { stubTools } from "../agents/stub-tools.ts";

const endless: Job = { ...terms, machine: zeroAddress, units: 12, exponent: 16, allowance: 2 ** 32 - 1 };
const honest: Job = { ...endless, salt: hashOf(7), units: 4 };

function claimOf(job: Job, batch: number): Claim {
  const about = { job: jobId(job), batch, attempt: 0, miner: MINER, pay: 1n };
  const hashes = [0, 1, 2, 3].map((unit) => contentIdOf(fakeOutput(unit)));
  return { ...about, root: resultTreeOf(job, about, hashes).root };
}
const evil = [0, 1, 2].map((batch) => claimOf(endless, batch));
const good = claimOf(honest, 0);

test("S5: other claims are checked, games are played, and nobody computes what has ended", async (t) => {
  const { tools, set } = stubTools(openVerifierJournal);
  set.reads = { freeOf: () => 1000n, lockedOf: () => 0n, withdrawalOf: () => [0n, 0n] };
  tools.journal.marks.put("staked", true);
  let answers = 0;
  const deed = { referee: terms.referee, kind: "answer", key: "answer" };
  const referee: AccusersReferee = {
    address: terms.referee,
    guarantee: "replicated",
    due: () => ({ actions: [deed], wakeAt: null }),
    accusation: () => ({ announced: false, cost: 1n, deed }),
    async act() {
      await new Promise((resolve) => setImmediate(resolve));
      answers++;
    },
  };
  /** slices of runs that never end, and how many of them are in memory now */
  const spent = { slices: 0, begun: 0 };
  const engine: Engine = {
    ...fakeEngine(),
    parallel: 1,
    async compute(job, unit, lying, turn) {
      if (job.salt === honest.salt) return fakeEngine().compute(job, unit, lying);
      spent.begun++;
      try {
        for (let slice = 1; ; slice++) {
          await new Promise((resolve) => setImmediate(resolve));
          spent.slices++;
          await turn?.(slice);
        }
      } finally {
        spent.begun--;
      }
    },
  };
  const see = (...claims: readonly Claim[]) => {
    const jobs = [endless, honest].map((job) => [jobId(job), { id: jobId(job), job, postedAt: 1, block: 1 }] as const);
    set.sight = { ...sightOf(...claims.map((claim) => ({ claim }))), jobs: new Map(jobs), block: set.sight.block + 1 };
  };
  see(...evil, good);
  const queue = createQueue({ slots: 1, stepsPerSecond: 1e12, now: tools.now });
  const observe = createObserve({ ...tools, engine, referees: [referee], queue }, verifierPolicy, 1);
  const act = createActor({ ...tools, engine, referees: [referee], queue, lies: false });
  const glance = async () => ({ block: set.sight.block, hash: "0x", now: set.sight.now, mail: 0 });
  const failed: string[] = [];
  const loop = startLoop(
    { glance, observe: () => observe(set.sight), decide, act, keyOf },
    { emit: (event) => void (event.kind === "failed" && failed.push(event.why)), pollMs: 1 },
  );
  const until = async (what: string, condition: () => boolean) => {
    for (let tries = 0; !condition(); tries++) {
      if (tries > 2000) assert.fail(`${what}: ${failed}`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  const isChecked = (claim: Claim) => tools.journal.checks.get(claimId(claim) as ClaimId);

  t.after(() => {
    queue.keep(new Set());
    return loop.stop();
  });
  await until("the other claim is checked", () => isChecked(good) === "true");
  await until("games are played", () => answers > 3);
  await until("the endless runs go on", () => spent.slices > 50);
  see();
  await until("they are given up", () => spent.begun === 0);
  const { slices } = spent;
  await until("games are still played", () => answers > 6);
  assert.equal(spent.slices, slices);
  assert.deepEqual(failed, []);
  assert.deepEqual(evil.map(isChecked), [undefined, undefined, undefined]);
});
