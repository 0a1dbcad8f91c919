// A verifier's challenges: the salt is on disk before the commitment is sent, only its own commitments count, and each ends only once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { bisectionIn, type ObservedCommitment } from "@sonm/chain/market/bisection";
import { commitmentOf } from "@sonm/protocol/dispute/opening";
import { claimId } from "@sonm/protocol/result/claim";
import type { Address } from "@sonm/protocol/values/ids";
import type { MachineEngine } from "../../../offchain/host/engines/machine/machine-engine.ts";
import { createAccuser } from "../../../offchain/host/referees/bisection/accuse.ts";
import { unitKey } from "../../../offchain/host/role/units.ts";
import { createActor } from "../../../verifier/act.ts";
import { decide } from "../../../verifier/decide.ts";
import { openVerifierJournal } from "../../../verifier/journal.ts";
import { createView } from "../../../verifier/view.ts";
import { claim, hashOf, id, job, kinds, MINER, OTHER, sightOf, verifierPolicy } from "../agents/fixtures.ts";
import { accounts, idleEngine, noQueue, stubTools } from "../agents/stub-tools.ts";

const down = new Error("the node is down");
const me = accounts.me.address;
const first = { ...claim, batch: 0 };
const second = { ...claim, batch: 1 };

/** A verifier that has found both claims to be false. */
function verifier(freeStake = 1000n, played: Partial<MachineEngine> = {}) {
  const { tools, set, done } = stubTools(openVerifierJournal);
  const { journal } = tools;
  journal.marks.put("staked", true);
  for (const one of [first, second]) journal.checks.put(claimId(one), "false");
  for (let unit = 0; unit < job.units; unit++) {
    journal.units.put(unitKey(id, unit), { resultHash: hashOf(8), opening: Array(8).fill(hashOf(8)) });
  }
  set.sight = sightOf({ claim: first });
  const engine = { ...idleEngine, runs: () => true, ...played };
  const referees = [createAccuser(job.referee, { ...tools, engine, patienceSeconds: 600, commitStake: 1n })];
  const act = createActor({ ...tools, engine, referees, queue: noQueue, lies: false });
  const view = createView(journal, { engine, referees, policy: verifierPolicy, share: 1, guard: tools.guard });
  const next = () => decide(view(set.sight, freeStake));
  return {
    journal,
    set,
    done,
    next: () => kinds(next()),
    async does(kind: string) {
      const wanted = next().actions.find((action) => kinds({ actions: [action] })[0] === kind);
      await act(wanted ?? assert.fail(`it does not want to ${kind}`));
    },
    /** The chain has a commitment with this hash by that challenger. */
    mined(hash: unknown, challenger: Address = me, fate: ObservedCommitment["fate"] = "waiting") {
      const disputes = bisectionIn(set.sight, job.referee);
      const rank = BigInt(disputes.commitments.size + 1);
      const commitment = { challenger, hash, rank, stake: 1n, committedAt: set.sight.now - 1, fate };
      const commitments = new Map([...disputes.commitments, [rank, commitment as ObservedCommitment]]);
      set.sight = { ...set.sight, disputes: new Map([[job.referee, { ...disputes, commitments }]]) };
    },
    hashOf: () =>
      commitmentOf(me, claimId(first), journal.salts.get(claimId(first)) ?? assert.fail("there is no salt")),
  };
}

test("the salt of a commitment is on disk before it is sent, and the same one is sent again", async () => {
  const { journal, set, done, next, does, hashOf } = verifier();
  assert.deepEqual(next(), ["commit"]);
  set.broken = down;
  await assert.rejects(does("commit"), /the node is down/);
  const salt = journal.salts.get(claimId(first));
  assert.ok(salt);
  set.broken = undefined;
  assert.deepEqual(next(), ["commit"]);
  await does("commit");
  assert.equal(journal.salts.get(claimId(first)), salt);
  assert.deepEqual(
    done.calls.map(({ functionName, args }) => [functionName, args[0]]),
    [["commit", hashOf()]],
  );
});

test("two commitments have two salts", async () => {
  const { journal, set, does } = verifier();
  await does("commit");
  set.sight = sightOf({ claim: second });
  await does("commit");
  assert.notEqual(journal.salts.get(claimId(first)), journal.salts.get(claimId(second)));
});

test("another challenger's copy of a commitment is not taken for one's own", async () => {
  const { next, does, mined, hashOf } = verifier();
  await does("commit");
  mined(hashOf(), OTHER);
  assert.deepEqual(next(), ["commit"]);
  mined(hashOf());
  assert.deepEqual(next(), ["ask"]);
});

test("bonds of what is announced and not mined yet are kept for it", async () => {
  const bothNeed = 2n * (1n + job.bond);
  const { set, next, does } = verifier(bothNeed - 1n);
  await does("commit");
  set.sight = sightOf({ claim: first }, { claim: second });
  // The first one is sent again if it was lost; the stake does not cover the bond of the second one.
  assert.deepEqual(next(), ["commit"]);
  const rich = verifier(bothNeed);
  await rich.does("commit");
  rich.set.sight = sightOf({ claim: first }, { claim: second });
  assert.deepEqual(rich.next(), ["commit", "commit"]);
});

test("a commitment to a settled claim is taken back, once", async () => {
  const { journal, set, done, next, does, mined, hashOf } = verifier();
  await does("commit");
  const settled = sightOf({ claim: first, status: "settled", endedAt: 1_000_000 });
  set.sight = settled;
  mined(hashOf());
  assert.deepEqual(next(), ["retract"]);
  await does("retract");
  assert.deepEqual(done.calls.at(-1)?.functionName, "retract");
  assert.deepEqual(done.calls.at(-1)?.args.at(-1), journal.salts.get(claimId(first)));
  for (const fate of ["retracted", "forfeited", "opened"] as const) {
    set.sight = settled;
    mined(hashOf(), me, fate);
    assert.deepEqual(next(), [], fate);
  }
});

test("a miner that could not be asked for its results is asked again", async () => {
  const { set, done, next, does, mined, hashOf } = verifier();
  await does("commit");
  mined(hashOf());
  set.broken = down;
  await assert.rejects(does("ask"), down);
  assert.deepEqual(next(), ["ask"]);
  set.broken = undefined;
  await does("ask");
  assert.deepEqual(done.letters, [{ to: MINER, message: { kind: "ask-results", claim: claimId(first) } }]);
  assert.deepEqual(next(), []);
});

const states = Array.from({ length: 8 }, (_, i) => hashOf(i));

/** A verifier whose journal lacks the opening states of the first batch, but for its first unit. */
function unprepared(onPlay = () => {}) {
  const asked: string[] = [];
  const it = verifier(1000n, {
    runOf: async (_, unit) => ({ program: { entry: 0, segments: [] }, input: Uint8Array.of(unit), exponent: 8 }),
    openInput: async () => ({ root: hashOf(1), path: [] }),
    async play(name, _question) {
      onPlay();
      asked.push(`${name}, ${it.done.calls.length} calls before`);
      return states as never;
    },
  });
  for (const unit of [1, 2, 3]) it.journal.units.put(unitKey(id, unit), { resultHash: hashOf(8) });
  return { ...it, asked };
}

test("S4: what opens a game is in the journal before the challenge is announced, and not computed again", async () => {
  const { journal, asked, does, next, mined, hashOf: hash } = unprepared();
  await does("commit");
  assert.deepEqual(asked, Array(3).fill("openingStates, 0 calls before"));
  for (const unit of [1, 2, 3]) assert.deepEqual(journal.units.get(unitKey(id, unit))?.opening, states);
  mined(hash());
  // The miner shows its results: the third one is false.
  journal.leaves.add(claimId(first), [hashOf(8), hashOf(8), hashOf(7), hashOf(8)]);
  assert.deepEqual(next(), ["open"]);
  await does("open");
  assert.equal(asked.length, 3);
});

test("S4: a claim that has ended meanwhile is not challenged", async () => {
  const it = unprepared(() => {
    it.set.sight = sightOf({ claim: first, status: "settled" });
  });
  await it.does("commit");
  assert.deepEqual([it.done.calls, it.journal.salts.get(claimId(first))], [[], undefined]);
});
