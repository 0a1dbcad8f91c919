// Miner and verifier know only the interfaces of engine and referee: with an engine that has no machine, and with a referee that is no
// bisection, they compute, check, accuse and defend in the same way.
import assert from "node:assert/strict";
import { test } from "node:test";
import { jobId } from "@sonm/protocol/job/job";
import { type Claim, claimId } from "@sonm/protocol/result/claim";
import { contentIdOf } from "@sonm/protocol/result/delivery";
import { resultTreeOf } from "@sonm/protocol/result/tree";
import { zeroAddress } from "viem";
import { createActor as createMiner, type MinerTools } from "../../../offchain/agents/miner/act.ts";
import { decide as decideMiner, keyOf as keyOfMiner, type Work } from "../../../offchain/agents/miner/decide.ts";
import { openMinerJournal } from "../../../offchain/agents/miner/journal.ts";
import { viewOf as minerViewOf } from "../../../offchain/agents/miner/view.ts";
import type { Engine } from "../../../offchain/host/engines/engine.ts";
import { type AccusersReferee, type Deed, dueBefore } from "../../../offchain/host/referees/referee.ts";
import { createActor as createVerifier } from "../../../verifier/act.ts";
import { decide, keyOf } from "../../../verifier/decide.ts";
import { openVerifierJournal } from "../../../verifier/journal.ts";
import { createView } from "../../../verifier/view.ts";
import { fakeEngine, fakeOutput } from "./fake-engine.ts";
import { addressOf, HUB, MINER, minerPolicy, newWork, OTHER, job as terms, verifierPolicy } from "./fixtures.ts";
import { accounts, noQueue, stubTools } from "./stub-tools.ts";

const me = accounts.me.address;
const JURY = addressOf(9);
const job = { ...terms, referee: JURY, machine: zeroAddress };
const id = jobId(job);
const units = [0, 1, 2, 3];
const claimOf = (lyingUnit?: number): Claim => {
  const about = { job: id, batch: 0, attempt: 0, miner: MINER, pay: 1n };
  const resultHashes = units.map((unit) => contentIdOf(fakeOutput(unit, unit === lyingUnit)));
  return { ...about, root: resultTreeOf(job, about, resultHashes).root };
};

/** A referee that wants an answer once. An accusation before it costs 10 wei. `done` lists the deeds that it was told to do. */
function jury(announced = false): AccusersReferee & { readonly done: Deed[] } {
  const deed = (kind: string) => ({ referee: JURY, kind, key: `${kind} the jury` });
  const done: Deed[] = [];
  return {
    address: JURY,
    guarantee: "replicated",
    done,
    due: ({ now }) => ({ actions: [deed("answer")], wakeAt: now + 7 }),
    accusation: () =>
      announced
        ? { announced, reserved: 4n, next: { actions: [deed("reveal")], wakeAt: 1_000_005 } }
        : { announced, cost: 10n, deed: deed("accuse") },
    act: async (told) => void done.push(told),
  };
}

/** A verifier, and what it sees. */
function verifier(claim: Claim, referee = jury(), referees = [referee], engine = fakeEngine()) {
  const { tools, set } = stubTools(openVerifierJournal);
  tools.journal.marks.put("staked", true);
  const seen = { id: claimId(claim), claim, status: "live", games: 0, claimedAt: 999_999 } as const;
  set.sight = {
    ...set.sight,
    jobs: new Map([[id, { id, job, postedAt: 1, block: 1 }]]),
    claims: new Map([[seen.id, { ...seen, endedAt: undefined, winner: undefined, block: 1 }]]),
  };
  const act = createVerifier({ ...tools, engine, referees, queue: noQueue, lies: false });
  const { guard } = tools;
  const viewOf = createView(tools.journal, { engine, referees, policy: verifierPolicy, share: 1, guard });
  const look = (freeStake = 10n) => {
    const { actions, wakeAt } = decide(viewOf(set.sight, freeStake));
    return { actions, wakeAt, keys: actions.map(keyOf) };
  };
  return { look, act, referee, claim: seen.id };
}

test("a verifier checks with its engine, and has its referee announce and carry out", async () => {
  const { look, act, referee, claim } = verifier(claimOf(2));
  const first = look();
  assert.deepEqual(first.keys, ["answer the jury", `check ${claim}`]);
  assert.equal(first.wakeAt, 1_000_007);
  for (const action of first.actions) await act(action);
  const second = look();
  assert.deepEqual(second.keys, ["answer the jury", "accuse the jury"], "one unit is a lie");
  for (const action of second.actions) await act(action);
  assert.deepEqual(
    referee.done.map(({ kind }) => kind),
    ["answer", "answer", "accuse"],
  );
});

test("a verifier accuses of nothing that is true, and not without the stake for it", async () => {
  for (const [claim, freeStake] of [
    [claimOf(), 10n],
    [claimOf(2), 9n],
  ] as const) {
    const { look, act } = verifier(claim);
    for (const action of look().actions) await act(action);
    assert.deepEqual(look(freeStake).keys, ["answer the jury"]);
  }
});

test("a verifier goes on with what it has announced, as its referee says", () => {
  const { keys, wakeAt } = verifier(claimOf(2), jury(true)).look();
  assert.deepEqual(keys, ["answer the jury", "reveal the jury"]);
  assert.equal(wakeAt, 1_000_005);
});

test("a claim before a referee that the verifier does not know is nothing to it", () => {
  const other = { ...jury(), address: OTHER };
  assert.deepEqual(verifier(claimOf(2), jury(), [other]).look().keys, ["answer the jury"]);
});

test("a claim about a job of an engine that the verifier does not have is not checked", () => {
  const other: Engine = { ...fakeEngine(), runs: () => false };
  assert.deepEqual(verifier(claimOf(2), jury(), undefined, other).look().keys, ["answer the jury"]);
});

test("a deed of a referee that is not known is refused", async () => {
  const { act } = verifier(claimOf());
  const deed = { referee: OTHER, kind: "answer", key: "answer" };
  await assert.rejects(act({ kind: "dispute", deed }), /is no referee known here/);
});

test("a miner computes with its engine, lies through it, and defends before its referee", async () => {
  const { tools, set, done } = stubTools(openMinerJournal);
  const referee = jury();
  tools.journal.marks.put("staked", true);
  const assignment = { wallet: job.hub, job: id, batch: 0, attempt: 0, miner: MINER, pay: 1n, expiry: 2_000_000n };
  const assigned = { id: "w", job, assignment, signature: "0x", from: HUB } as const;
  const policy = minerPolicy;
  const more: Omit<MinerTools, keyof typeof tools> = {
    engine: fakeEngine(),
    referees: [referee],
    queue: noQueue,
    policy,
    lyingUnit: 2,
    onAnnounced() {},
  };
  const act = createMiner({ ...tools, ...more });
  const disputes = dueBefore([referee], set.sight);
  const surroundings = {
    me,
    policy,
    freeStake: 0n,
    hub: undefined,
    announced: true,
    pay: [],
    disputes,
    strangeIn: () => undefined,
  };
  const { actions, wakeAt } = decideMiner(minerViewOf(set.sight, tools.journal, surroundings));
  assert.deepEqual(actions.map(keyOfMiner), ["answer the jury"]);
  assert.equal(wakeAt, 1_000_007);
  for (const action of actions) await act(action);
  assert.equal(referee.done.length, 1);

  const work: Work = {
    ...assigned,
    ...newWork,
    answer: "accepted",
  };
  await act({ kind: "compute", work });
  assert.equal(tools.journal.roots.get("w"), claimOf(2).root);
  const lies = done.happenings.map((happening) => happening.kind === "unit-computed" && happening.lie);
  assert.deepEqual(lies.sort(), [false, false, false, true]);
});
