// A miner's view, in which only what is open is kept, is the one that follows from all that it was ever assigned.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { batchKey } from "@sonm/chain/market/events";
import type { Sight } from "@sonm/chain/market/observer";
import type { JobId } from "@sonm/protocol/values/ids";
import fc from "fast-check";
import { decide, type MinerView, type Work } from "../../../../offchain/agents/miner/decide.ts";
import { openMinerJournal } from "../../../../offchain/agents/miner/journal.ts";
import { createObserve } from "../../../../offchain/agents/miner/observe.ts";
import { fuzz } from "../../../support/fuzz.ts";
import { HUB, hashOf, minerPolicy, OTHER, job as terms } from "../fixtures.ts";
import { accounts, idleEngine, stubTools } from "../stub-tools.ts";
import { createWorld, type WorldStep, worldStep } from "../world.ts";

const directory = mkdtempSync(join(tmpdir(), "sonm-miner-"));
after(() => rmSync(directory, { recursive: true }));
let files = 0;

const ME = accounts.me.address;
const HOUR = 3600;
const policy = { ...minerPolicy, slots: 100 };
const about = { ...terms, machine: idleEngine.machine };
const jobs = [about, { ...about, salt: hashOf(9) }, { ...about, salt: hashOf(8) }];

const ownStep = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("assigned"),
      which: fc.nat(2),
      batch: fc.nat(1),
      attempt: fc.nat(1),
      seconds: fc.constantFrom(30, 600, 5000),
    }),
  },
  {
    weight: 9,
    arbitrary: fc.record({
      kind: fc.constantFrom("accept", "decline", "tell", "compute", "publish", "deliver", "ask"),
      pick: fc.nat(20),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("restart") }) },
);
type OwnStep = typeof ownStep extends fc.Arbitrary<infer T> ? T : never;

/** A miner whose process can end at any moment. */
function open(path: string) {
  const { tools, set } = stubTools(() => openMinerJournal(path));
  set.reads = {
    status: () => 1,
    suspectedAt: () => 0n,
    owner: () => HUB,
    free: () => 0n,
    freeOf: () => 10n ** 9n,
    lockedOf: () => 0n,
    withdrawalOf: () => [0n, 0n],
    allowance: () => 0n,
  };
  const observe = createObserve({ ...tools, engine: idleEngine, referees: [] }, policy, terms.hub, () => true);
  return { journal: tools.journal, observe };
}

/** What there is to know of an assignment without the chain. */
type Known = Omit<Work, "posted" | "strange" | "batch" | "claim">;

/** A work as it follows from all claims of the sight. */
function workIn({ jobs, batches, claims }: Sight, known: Known): Work {
  const { job, batch, attempt, miner, pay } = known.assignment;
  const seen = batches.get(batchKey(job, batch));
  const claim = [...claims.values()].find(
    (one) =>
      one.claim.job === job &&
      one.claim.batch === batch &&
      one.claim.attempt === attempt &&
      one.claim.miner === miner &&
      one.claim.pay === pay &&
      one.claim.root === known.root,
  );
  return {
    ...known,
    posted: jobs.has(job),
    strange: known.answer === "declined" || known.root !== undefined ? undefined : `knows the referee  only`,
    batch: { status: seen?.status ?? "open", attempt: seen?.attempt ?? 0 },
    claim: claim && { id: claim.id, status: claim.status, games: claim.games, claimedAt: claim.claimedAt },
  };
}

/** Whether nothing can come of a work any more. */
function isOver({ answer, unsent, claim, assignment, delivered }: Work, { now, claims }: Sight): boolean {
  if (answer === "declined" && !unsent) return true;
  if (!claim) return now > Number(assignment.expiry) + HOUR;
  const endedAt = claims.get(claim.id)?.endedAt ?? now;
  return now > endedAt + HOUR && (delivered || claim.status !== "settled");
}

test("G2: what a miner sees follows from all it was ever assigned, after restarts, reorganisations, and when things leave the sight", async () => {
  let leftMemory = 0;
  let askedLate = 0;
  const history = fc.array(fc.oneof({ weight: 2, arbitrary: worldStep }, { weight: 3, arbitrary: ownStep }), {
    minLength: 60,
    maxLength: 120,
  });
  await fc.assert(
    fc.asyncProperty(history, async (steps) => {
      const path = join(directory, `${files++}.sqlite`);
      const all: Known[] = [];
      const over = new Set<string>();
      const asked: string[] = [];
      const world = createWorld(jobs, (job, batch, attempt, by) => {
        const other = { job, batch, attempt, miner: OTHER, pay: 700n, root: hashOf(5) };
        if (by === 1) return other;
        const own = all.find(
          ({ assignment: of, answer, root }) =>
            of.job === job && of.batch === batch && of.attempt === attempt && answer === "accepted" && root,
        );
        return own?.root && { ...other, miner: ME, pay: own.assignment.pay, root: own.root };
      });
      for (const which of [0, 1, 2]) world.happens({ kind: "post", which });
      let miner = open(path);
      miner.journal.marks.put("staked", true);

      /** What the miner writes down, in the journal and in the model. */
      function write(kind: OwnStep["kind"], work: Known, at: number): void {
        const { journal } = miner;
        const { id, assignment } = work;
        const change = (next: Partial<Known>) => {
          all[all.indexOf(work)] = { ...work, ...next };
        };
        if ((kind === "accept" || kind === "decline") && work.answer === undefined) {
          const { job, batch, attempt } = assignment;
          const answer = kind === "accept" ? "accepted" : "declined";
          journal.unsent.put(id, { kind: "accept", job, batch, attempt });
          journal.answers.put(id, answer);
          change({ answer, unsent: true });
        } else if (kind === "tell" && work.unsent) {
          journal.unsent.delete(id);
          change({ unsent: false });
        } else if (kind === "compute" && work.answer === "accepted" && work.root === undefined) {
          const root = hashOf(at % 9);
          journal.putRoot(work, root);
          change({ root });
        } else if (kind === "publish" && work.root !== undefined) {
          const delivery = hashOf(7) as NonNullable<Known["delivery"]>;
          journal.deliveries.put(id, delivery);
          change({ delivery });
        } else if (kind === "deliver" && work.delivery !== undefined) {
          journal.delivered.put(id, true);
          change({ delivered: true });
        } else if (kind === "ask" && work.root !== undefined) {
          const claim = journal.claims.get(id) ?? assert.fail();
          journal.asked.put(`${claim}/${OTHER}`, { claim, by: OTHER });
          if (!asked.includes(id)) asked.push(id);
        }
      }

      for (const [at, step] of steps.entries()) {
        const own = step as OwnStep;
        const { now } = world.sight();
        if (own.kind === "restart") {
          miner.journal.close();
          miner = open(path);
        } else if ("pick" in own) {
          const work = all[own.pick % Math.max(1, all.length)];
          if (work) write(own.kind, work, at);
        } else if ("attempt" in own) {
          const { which, batch, attempt, seconds } = own;
          const expiry = BigInt(now + seconds);
          const id = world.ids[which] as JobId;
          const assignment = { wallet: terms.hub, job: id, batch, attempt, miner: ME, pay: BigInt(at), expiry };
          const fresh = { id: `${at}`, job: jobs[which] ?? terms, assignment, signature: "0x12", from: HUB } as const;
          miner.journal.assignments.add(fresh.id, fresh);
          const nothing = { answer: undefined, root: undefined, delivery: undefined };
          all.push({ ...fresh, ...nothing, unsent: false, delivered: false });
        } else world.happens(step as WorldStep);

        const sight = world.sight();
        const view = await miner.observe(sight);
        const works = all.map((known) => workIn(sight, known));
        for (const work of works) if (isOver(work, sight)) over.add(work.id);
        const wanted = works.filter(({ id }) => !over.has(id));
        assert.deepEqual(view.works, wanted);
        assert.deepEqual(
          new Set(view.asked.map(({ work }) => work.id)),
          new Set(asked.filter((id) => over.has(id) || wanted.find((work) => work.id === id)?.claim)),
        );
        askedLate += view.asked.filter(({ work }) => over.has(work.id)).length;
        // Nothing would have come of what is left out.
        const none: MinerView = { ...view, works: [], asked: [], disputes: { actions: [], wakeAt: null } };
        const left = works.filter(
          ({ id, answer }) => over.has(id) && answer !== undefined && !miner.journal.unsent.get(id),
        );
        const idle = decide({ ...none, works: left.filter(({ claim }) => !claim) });
        assert.deepEqual(idle, { actions: [], wakeAt: null });
      }
      leftMemory += all.length - miner.journal.assignments.count();
      miner.journal.close();
    }),
    fuzz(25),
  );
  assert.ok(leftMemory > 20 && askedLate > 5, `${leftMemory} have left memory, ${askedLate} were asked for after that`);
});
