// A hub's view, kept up by changes and let go when things are over, is the one that follows from all that was ever signed and seen.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { hubStatuses } from "@sonm/chain/enums/hub-status";
import { batchKey } from "@sonm/chain/market/events";
import type { Sight } from "@sonm/chain/market/observer";
import type { ClaimStatus } from "@sonm/protocol/result/claim";
import type { Address, Hex } from "@sonm/protocol/values/ids";
import fc from "fast-check";
import type { AssignmentView, HubView } from "../../../../offchain/agents/hub/decide.ts";
import { openHubJournal, type Signed } from "../../../../offchain/agents/hub/journal.ts";
import { createObserve } from "../../../../offchain/agents/hub/observe.ts";
import { fuzz } from "../../../support/fuzz.ts";
import { HUB, hashOf, job, MINER, OTHER } from "../fixtures.ts";
import { stubTools } from "../stub-tools.ts";
import { createWorld, type WorldStep, worldStep } from "../world.ts";

const directory = mkdtempSync(join(tmpdir(), "sonm-hub-"));
after(() => rmSync(directory, { recursive: true }));
let files = 0;

const DAY = 86_400;
const policy = { funds: 50n, workSeconds: 3600, answerSeconds: 60, payBps: 7000n, settleAfterSeconds: 600 };
const MINERS = [MINER, OTHER] as const;
const minerOf = (by: number) => MINERS[by] as Address;
/** two of this hub, one of another */
const jobs = [job, { ...job, salt: hashOf(9), deposit: 300n }, { ...job, hub: HUB }];

const ownStep = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("sign"),
      which: fc.nat(1),
      batch: fc.nat(1),
      by: fc.nat(1),
      seconds: fc.constantFrom(30, 600, 5000),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom("accepted", "declined", "returned"), pick: fc.nat(20) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("restart") }) },
);
type OwnStep = typeof ownStep extends fc.Arbitrary<infer T> ? T : never;

function reads(read: Record<string, (args: readonly unknown[]) => unknown>) {
  return { ...read, status: () => hubStatuses.indexOf("registered"), suspectedAt: () => 0n, owner: () => HUB };
}

/** A hub whose process can end at any moment. */
async function open(path: string) {
  const { tools, set } = stubTools(() => openHubJournal(path));
  set.reads = reads({
    free: () => 30n,
    get: () => 10n,
    freeOf: () => 700n,
    lockedOf: () => 0n,
    withdrawalOf: () => [0n, 0n],
    waiting: () => ({ remainder: 0n, prices: 5n }),
  });
  return { journal: tools.journal, observe: await createObserve({ ...tools, referees: [] }, policy, job.hub) };
}

/** Everything that the hub has ever signed and seen, and what follows from it. */
function memory() {
  const signed: Signed[] = [];
  const claimed = new Set<string>();
  const seen = new Map<string, { readonly miner: Address; readonly status: ClaimStatus }>();
  const endOf = ({ answer, assignedAt, expiry }: AssignmentView) =>
    answer === "accepted" ? expiry : Math.min(expiry, assignedAt + policy.answerSeconds);

  return {
    signed,
    looked({ jobs, claims }: Sight): void {
      for (const { id, claim, status } of claims.values()) {
        if (jobs.get(claim.job)?.job.hub !== job.hub) continue;
        seen.set(id, { miner: claim.miner, status });
        for (const one of signed) {
          const { job, batch, attempt, miner } = one;
          if (job === claim.job && batch === claim.batch && attempt === claim.attempt && miner === claim.miner)
            claimed.add(one.id);
        }
      }
    },
    view({ jobs, batches, claims, now }: Sight): Pick<HubView, "jobs" | "claims" | "lapsed"> & { records: unknown } {
      const own = [...jobs.values()].filter((one) => one.job.hub === job.hub);
      const count = (miner: Address, ...of: ClaimStatus[]) =>
        [...seen.values()].filter((one) => one.miner === miner && of.includes(one.status)).length;
      return {
        jobs: own.map(({ id, job }) => ({
          id,
          job,
          open: [0, 1].flatMap((batch) => {
            const { status, attempt } = batches.get(batchKey(id, batch)) ?? { status: "open", attempt: 0 };
            const assignments = signed.filter(
              (one) => one.job === id && one.batch === batch && one.attempt === attempt,
            );
            return status === "open" ? [{ batch, attempt, assignments }] : [];
          }),
        })),
        claims: [...claims.values()].flatMap((claim) => {
          const about = own.find(({ id }) => id === claim.claim.job);
          return about && claim.status === "live" ? [{ ...claim, job: about.job }] : [];
        }),
        lapsed: signed.filter((one) => {
          if (claimed.has(one.id)) return false;
          const { returnedAt, assignedAt } = one;
          if (returnedAt !== undefined) return now <= returnedAt + Math.min(DAY, 24 * (returnedAt - assignedAt));
          return one.answer !== "declined" && endOf(one) < now && now <= endOf(one) + DAY;
        }),
        records: MINERS.map((miner) => [count(miner, "settled"), count(miner, "convicted", "awarded") > 0]),
      };
    },
  };
}

test("G1: what a hub sees follows from its whole history, after restarts, reorganisations, and when things leave the sight", async () => {
  let leftMemory = 0;
  const history = fc.array(fc.oneof({ weight: 2, arbitrary: worldStep }, ownStep), { minLength: 60, maxLength: 120 });
  await fc.assert(
    fc.asyncProperty(history, async (steps) => {
      const path = join(directory, `${files++}.sqlite`);
      const world = createWorld(jobs, (id, batch, attempt, by) => {
        return { job: id, batch, attempt, miner: minerOf(by), pay: 700n, root: hashOf(5) };
      });
      for (const which of [0, 1, 2]) world.happens({ kind: "post", which });
      const all = memory();
      let hub = await open(path);
      for (const miner of MINERS) hub.journal.miners.put(miner, { address: miner, slots: 1, minPay: 1n });

      for (const [at, step] of steps.entries()) {
        const own = step as OwnStep;
        const { now, jobs: posted, batches } = world.sight();
        if (own.kind === "restart") {
          hub.journal.close();
          hub = await open(path);
        } else if ("pick" in own) {
          const one = all.signed[own.pick % Math.max(1, all.signed.length)];
          const answer = own.kind === "accepted" ? "accepted" : "declined";
          const returnedAt = own.kind === "returned" ? { returnedAt: now } : {};
          if (one && one.answer === (own.kind === "returned" ? "accepted" : undefined) && now <= one.expiry) {
            const answered: Signed = { ...one, answer, ...returnedAt };
            all.signed[all.signed.indexOf(one)] = answered;
            hub.journal.assignments.put(one.id, answered);
          }
        } else if ("seconds" in own && own.kind === "sign" && "by" in own) {
          const id = world.ids[own.which] ?? assert.fail();
          const seen = batches.get(batchKey(id, own.batch)) ?? { status: "open", attempt: 0 };
          const about = posted.get(id)?.job;
          if (about && seen.status === "open") {
            const fresh: Signed = {
              id: `${at}`,
              job: id,
              batch: own.batch,
              attempt: seen.attempt,
              miner: minerOf(own.by),
              pay: 700n,
              deposit: about.deposit,
              signature: "0x12" as Hex,
              sent: true,
              assignedAt: now,
              expiry: now + own.seconds,
              answer: undefined,
            };
            const { answer: _, ...kept } = fresh;
            hub.journal.assignments.put(fresh.id, fresh);
            all.signed.push(kept as Signed);
          }
        } else world.happens(step as WorldStep);

        const sight = world.sight();
        const view = await hub.observe(sight);
        all.looked(sight);
        const { records, ...wanted } = all.view(sight);
        assert.deepEqual({ jobs: view.jobs, claims: view.claims, lapsed: view.lapsed }, wanted);
        assert.deepEqual(
          view.miners.map(({ settled, convicted }) => [settled, convicted]),
          records,
        );
      }
      leftMemory += all.signed.length - hub.journal.assignments.count();
      hub.journal.close();
    }),
    fuzz(25),
  );
  assert.ok(leftMemory > 5, `only ${leftMemory} assignments have left memory`);
});
