// A miner's answers and work are on disk before they are sent, and are sent again until they have arrived.
import assert from "node:assert/strict";
import { test } from "node:test";
import { claimId } from "@sonm/protocol/result/claim";
import type { ContentId } from "@sonm/protocol/values/ids";
import { createActor } from "../../../../offchain/agents/miner/act.ts";
import { decide, type MinerAction, type MinerPolicy } from "../../../../offchain/agents/miner/decide.ts";
import { openMinerJournal } from "../../../../offchain/agents/miner/journal.ts";
import { viewOf } from "../../../../offchain/agents/miner/view.ts";
import {
  BUYER,
  HUB,
  hashOf,
  id,
  job,
  kinds,
  MINER,
  minerPolicy,
  NO_DISPUTES,
  sightOf,
  claim as template,
  VERIFIER,
} from "../fixtures.ts";
import { idleEngine, noQueue, stubTools } from "../stub-tools.ts";

const down = new Error("the store is down");
const assignment = { wallet: job.hub, job: id, batch: 0, attempt: 0, miner: MINER, pay: 700n, expiry: 1_000_100n };
const about = { job: id, batch: 0, attempt: 0 };

/** A miner that has been given one batch. */
function miner() {
  const { tools, set, done } = stubTools(openMinerJournal);
  const { journal } = tools;
  let policy: MinerPolicy = { ...minerPolicy, minPay: 1n, stake: 1n, pullFrom: 1n };
  let announced = true;
  journal.marks.put("staked", true);
  journal.assignments.add("w", { id: "w", job, assignment, signature: "0x", from: HUB });
  set.sight = sightOf();
  const act = createActor({
    ...tools,
    engine: idleEngine,
    queue: noQueue,
    referees: [],
    policy,
    lyingUnit: undefined,
    onAnnounced: () => {
      announced = true;
    },
  });
  const next = () => {
    const seen = { me: MINER, policy, freeStake: 5000n, hub: HUB, announced, pay: [], disputes: NO_DISPUTES };
    const strange = () => undefined;
    return decide(viewOf(set.sight, journal, { ...seen, strangeIn: strange }));
  };
  return {
    journal,
    set,
    done,
    act,
    next: () => kinds(next()),
    /** Does the first action of this kind that it decides. */
    async does(kind: MinerAction["kind"]) {
      await act(next().actions.find((action) => action.kind === kind) ?? assert.fail(`it does not want to ${kind}`));
    },
    demands(minPay: bigint) {
      policy = { ...policy, minPay };
    },
    isNew() {
      announced = false;
    },
  };
}

test("what is accepted is on disk before the hub hears of it, and is told until it has been", async () => {
  const { journal, set, done, next, does } = miner();
  assert.deepEqual(next(), ["accept"]);
  await does("accept");
  assert.equal(journal.answers.get("w"), "accepted");
  assert.deepEqual(done.letters, []);
  set.broken = down;
  await assert.rejects(does("send"), down);
  assert.deepEqual(next(), ["send", "compute"]);
  set.broken = undefined;
  await does("send");
  assert.deepEqual(done.letters, [{ to: HUB, message: { kind: "accept", ...about } }]);
  assert.deepEqual(next(), ["compute"]);
});

test("what is declined stays declined, with its reason, whatever changes before the hub hears of it", async () => {
  const { journal, done, next, does, demands } = miner();
  demands(701n);
  await does("decline");
  assert.equal(journal.answers.get("w"), "declined");
  demands(1n);
  assert.deepEqual(next(), ["send"]);
  await does("send");
  const reason = "the pay is below 701 wei a unit";
  assert.deepEqual(done.letters, [{ to: HUB, message: { kind: "decline", ...about, reason } }]);
  assert.deepEqual(done.happenings, [{ kind: "declined", job: id, batch: 0, reason }]);
  assert.deepEqual(next(), []);
});

test("an announcement that could not be sent is made again", async () => {
  const { set, done, next, does, isNew } = miner();
  isNew();
  set.broken = down;
  await assert.rejects(does("announce"), down);
  assert.deepEqual(next(), ["announce", "accept"]);
  set.broken = undefined;
  await does("announce");
  assert.deepEqual(done.letters, [{ to: HUB, message: { kind: "announce", slots: 1, minPay: 1n } }]);
  assert.deepEqual(next(), ["accept"]);
});

test("results that could not be sent are sent again: to the buyer, and to whoever asks", async () => {
  const { journal, set, done, next, does } = miner();
  const claim = { ...template, root: hashOf(7) };
  const content = hashOf(8) as ContentId;
  journal.answers.put("w", "accepted");
  journal.putRoot({ id: "w", assignment }, claim.root);
  journal.deliveries.put("w", content);
  set.sight = sightOf({ claim });
  const message = { kind: "results", claim: claimId(claim), content } as const;

  set.broken = down;
  await assert.rejects(does("deliver"), down);
  set.broken = undefined;
  assert.deepEqual(next(), ["deliver"]);
  await does("deliver");
  assert.deepEqual(done.letters, [{ to: BUYER, message }]);
  assert.deepEqual(done.happenings, [{ kind: "delivered", claim: claimId(claim), content }]);
  assert.deepEqual(next(), []);

  journal.asked.put(`${claimId(claim)}/${VERIFIER}`, { claim: claimId(claim), by: VERIFIER });
  set.broken = down;
  await assert.rejects(does("deliver"), down);
  set.broken = undefined;
  await does("deliver");
  assert.deepEqual(done.letters.at(-1), { to: VERIFIER, message });
  assert.deepEqual(next(), []);
});

test("results that only a verifier has seen are still owed to the buyer", async () => {
  const { journal, set, done, next, does } = miner();
  const claim = { ...template, root: hashOf(7) };
  journal.answers.put("w", "accepted");
  journal.putRoot({ id: "w", assignment }, claim.root);
  journal.deliveries.put("w", hashOf(8) as ContentId);
  journal.asked.put(`${claimId(claim)}/${VERIFIER}`, { claim: claimId(claim), by: VERIFIER });
  set.sight = sightOf({ claim });
  assert.deepEqual(next(), ["deliver", "deliver"]);
  await does("deliver");
  await does("deliver");
  assert.deepEqual(done.letters.map(({ to }) => to).sort(), [BUYER, VERIFIER].sort());
  assert.deepEqual(next(), []);
});

test("a claim is posted with the hub's signature and what the hub has signed", async () => {
  const { journal, done, does } = miner();
  journal.answers.put("w", "accepted");
  journal.putRoot({ id: "w", assignment }, hashOf(7));
  await does("claim");
  const { wallet: _, expiry, ...terms } = assignment;
  assert.deepEqual(
    done.calls.map(({ functionName, args }) => [functionName, args]),
    [["claim", [job, { ...terms, root: hashOf(7) }, expiry, "0x"]]],
  );
});

test("a posted claim is reported", async () => {
  const { journal, done, does } = miner();
  journal.answers.put("w", "accepted");
  journal.putRoot({ id: "w", assignment }, hashOf(7));
  await does("claim");
  const claim = claimId({ ...template, root: hashOf(7) });
  assert.deepEqual(done.happenings, [
    { kind: "claimed", claim, ...about, miner: MINER, units: job.batchSize, root: hashOf(7) },
  ]);
});

test("a claim whose window is over is settled, and reported", async () => {
  const { journal, set, done, does } = miner();
  const claim = { ...template, root: hashOf(7) };
  journal.answers.put("w", "accepted");
  journal.putRoot({ id: "w", assignment }, claim.root);
  set.sight = { ...sightOf({ claim }), now: 2_000_000 };
  await does("settle");
  assert.deepEqual(
    done.calls.map(({ functionName, args }) => [functionName, args]),
    [["settle", [job, claim]]],
  );
  assert.deepEqual(done.happenings, [
    { kind: "settled", claim: claimId(claim), job: id, batch: 0, units: job.batchSize },
  ]);
});

test("pay is pulled from its hub, and reported with what the hub calls itself", async () => {
  for (const [isHub, hubName] of [
    [true, "Aurora"],
    [false, null],
  ] as const) {
    const { act, set, done } = miner();
    set.reads = { isHub: () => isHub, hub: () => ({ name: "Aurora" }) };
    await act({ kind: "pull", hub: job.hub, amount: 5n });
    const [pulled, ...more] = done.calls;
    assert.deepEqual([pulled?.functionName, pulled?.args[0], pulled?.args.at(-1)], ["transferFrom", job.hub, 5n]);
    assert.deepEqual(more, []);
    assert.deepEqual(done.happenings, [{ kind: "paid", hub: job.hub, hubName, amount: "5" }]);
  }
});
