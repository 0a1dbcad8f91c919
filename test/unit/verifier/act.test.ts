// A verifier's challenges: the salt is on disk before the commitment is sent, only its own commitments count, and each ends only once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { bisectionIn, type ObservedCommitment } from "@sonm/chain/market/bisection";
import { commitmentOf } from "@sonm/protocol/dispute/opening";
import { claimId } from "@sonm/protocol/result/claim";
import type { Address } from "@sonm/protocol/values/ids";
import { createAccuser } from "../../../offchain/host/referees/bisection/accuse.ts";
import { createActor } from "../../../verifier/act.ts";
import { decide } from "../../../verifier/decide.ts";
import { openVerifierJournal } from "../../../verifier/journal.ts";
import { viewOf } from "../../../verifier/view.ts";
import { claim, job, kinds, MINER, OTHER, sightOf } from "../agents/fixtures.ts";
import { accounts, idleEngine, stubTools } from "../agents/stub-tools.ts";

const down = new Error("the node is down");
const me = accounts.me.address;
const first = { ...claim, batch: 0 };
const second = { ...claim, batch: 1 };

/** A verifier that has found both claims to be false. */
function verifier(freeStake = 1000n) {
  const { tools, set, done } = stubTools(openVerifierJournal);
  const { journal } = tools;
  journal.marks.put("staked", true);
  for (const one of [first, second]) journal.checks.put(claimId(one), "false");
  set.sight = sightOf({ claim: first });
  const engine = { ...idleEngine, runs: () => true };
  const referees = [createAccuser(job.referee, { ...tools, engine, patienceSeconds: 600, commitStake: 1n })];
  const act = createActor({ ...tools, engine, referees, lies: false });
  const policy = { stake: 1000n };
  const next = () => decide(viewOf(set.sight, journal, { engine, referees, policy, freeStake, share: 1 }));
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
