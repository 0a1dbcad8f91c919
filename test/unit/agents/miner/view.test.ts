// What a miner sees of its journal and the chain together.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { emptyMarket } from "@sonm/chain/market/events";
import type { Sight } from "@sonm/chain/market/observer";
import type { Job } from "@sonm/protocol/job/job";
import { type Claim, type ClaimStatus, claimId } from "@sonm/protocol/result/claim";
import type { JobId } from "@sonm/protocol/values/ids";
import { type Address, getAddress, isAddressEqual } from "viem";
import { type MinerJournal, openMinerJournal } from "../../../../offchain/agents/miner/journal.ts";
import { createWorks, hubsOf, viewOf } from "../../../../offchain/agents/miner/view.ts";
import { claim, HUB, hashOf, id, job, MINER, NO_DISPUTES, OTHER, sightOf } from "../fixtures.ts";

const MIXED: Address = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
const mixed = MIXED.toLowerCase() as Address;
let directory: string;
let journal: MinerJournal;

function assigned(name: string, hub: Address, answer?: "accepted" | "declined"): void {
  const assignment = { wallet: hub, job: id, batch: 0, attempt: 0, miner: MINER, pay: 1n, expiry: 1n };
  journal.assignments.add(name, {
    id: name,
    job: { ...job, hub },
    assignment,
    signature: "0x",
    from: HUB,
  });
  if (answer) journal.answers.put(name, answer);
  if (answer === "accepted") journal.hubs.add(hub, hub);
}

before(() => {
  directory = mkdtempSync(join(tmpdir(), "sonm-miner-"));
  journal = openMinerJournal(join(directory, "journal.sqlite"));
  assigned("own", mixed, "accepted");
  assigned("other", job.hub, "accepted");
  assigned("again", job.hub, "accepted");
  assigned("declined", OTHER, "declined");
  assigned("unanswered", OTHER);
});
after(() => {
  journal.close();
  rmSync(directory, { recursive: true });
});

const surroundings = {
  me: MINER,
  policy: {
    slots: 1,
    minPay: 0n,
    leastPrice: 0n,
    pullFrom: 1n,
    stake: 1n,
    withhold: false,
    maxDepositTimes: 10,
    leastDeposit: 100n,
    stepsPerSecond: 10_000_000,
    stepsPerSecondInGames: 10_000_000,
  },
  freeStake: 0n,
  hub: HUB,
  announced: true,
  pay: [],
  disputes: NO_DISPUTES,
  strangeIn: ({ hub }: Job) => (isAddressEqual(hub, OTHER) ? "knows another" : undefined),
};
const sight = { ...emptyMarket, block: 1, now: 1 };

describe("the miner's view", () => {
  test("looks for pay at its own hub and at all it has worked for, each once, however it is written", () => {
    assert.deepEqual(hubsOf(journal, MIXED), [MIXED, getAddress(job.hub)]);
    assert.deepEqual(hubsOf(journal, mixed), [MIXED, getAddress(job.hub)]);
  });

  test("knows its claims from the moment it has their root", () => {
    const { assignment } = journal.assignments.get("own") ?? assert.fail();
    const claim = claimId({ ...assignment, root: hashOf(7) });
    assert.equal(journal.ofClaim(claim), undefined);
    journal.putRoot({ id: "own", assignment }, hashOf(7));
    assert.deepEqual([journal.ofClaim(claim), journal.claims.get("own")], ["own", claim]);
    assert.equal(journal.ofClaim(claimId({ ...assignment, root: hashOf(8) })), undefined);
  });

  test("knows which jobs are on the chain", () => {
    const posted = { ...sight, jobs: new Map([[id, { id, job, postedAt: 1, block: 1 }]]) };
    assert.ok(viewOf(sight, journal, surroundings).works.every((work) => !work.posted));
    assert.ok(viewOf(posted, journal, surroundings).works.every((work) => work.posted));
    assert.equal(viewOf(posted, journal, surroundings).works.length, 5);
    const strange = viewOf(posted, journal, surroundings).works.filter((work) => work.strange === "knows another");
    assert.deepEqual(
      strange.map(({ id }) => id),
      ["unanswered"],
      "what is answered needs no reason",
    );
  });

  test("begins with nothing staked, answered, computed, published or delivered", () => {
    const fresh = openMinerJournal(":memory:");
    const { assignment } = journal.assignments.get("own") ?? assert.fail();
    const assigned = { id: "w", job, assignment, signature: "0x", from: HUB } as const;
    fresh.assignments.add("w", assigned);
    const { staked, works, asked } = viewOf(sight, fresh, surroundings);
    assert.deepEqual([staked, asked], [false, []]);
    const nothing = { answer: undefined, unsent: false, root: undefined, claim: undefined, delivery: undefined };
    const batch = { status: "open", attempt: 0 };
    assert.deepEqual(works, [{ ...assigned, ...nothing, posted: false, strange: undefined, batch, delivered: false }]);
    fresh.marks.put("staked", true);
    fresh.delivered.put("w", true);
    const later = viewOf(sight, fresh, surroundings);
    assert.deepEqual([later.staked, later.works[0]?.delivered], [true, true]);
    fresh.close();
  });

  test("knows its claim from others of other miners, jobs, batches, attempts and roots", () => {
    const own = openMinerJournal(":memory:");
    const { root, ...terms } = claim;
    const { job: _, ...rest } = terms;
    const assignment = { wallet: job.hub, job: id, ...rest, expiry: 1n };
    own.assignments.add("w", { id: "w", job, assignment, signature: "0x", from: HUB });
    own.putRoot({ id: "w", assignment }, root);
    const seen = (change: Partial<Claim>) => viewOf(sightOf({ claim: { ...claim, ...change } }), own, surroundings);
    assert.deepEqual(seen({}).works[0]?.claim, { id: claimId(claim), status: "live", games: 0, claimedAt: 999_990 });
    const others: Partial<Claim>[] = [
      { root: hashOf(9) },
      { job: hashOf(9) as JobId },
      { batch: 1 },
      { attempt: 1 },
      { miner: OTHER },
    ];
    for (const change of others) assert.equal(seen(change).works[0]?.claim, undefined, JSON.stringify(change));
    own.close();
  });

  test("G2: a look finds out anew only what has changed, and gives the same list if nothing has", () => {
    const own = openMinerJournal(":memory:");
    const { root, job: _, ...terms } = claim;
    const assignmentOf = (batch: number) => ({ wallet: job.hub, job: id, ...terms, batch, expiry: 2_000_000n });
    for (const batch of [0, 1]) {
      const assignment = assignmentOf(batch);
      own.assignments.add(`${batch}`, { id: `${batch}`, job, assignment, signature: "0x", from: HUB });
      own.answers.put(`${batch}`, "accepted");
      own.putRoot({ id: `${batch}`, assignment }, root);
    }
    const looked: string[] = [];
    const worksOf = createWorks(
      own,
      () => undefined,
      (what, _of, look) => {
        looked.push(what);
        return look();
      },
    );
    const look = (at: Sight) => {
      looked.length = 0;
      return worksOf(at).works;
    };
    const live = sightOf({ claim });
    const first = look(live);
    assert.deepEqual([first.length, looked.length], [2, 2]);
    assert.equal(look({ ...live, block: 2, now: live.now + 12 }), first);
    assert.deepEqual(looked, []);
    // Somebody else has claimed something.
    assert.equal(look({ ...live, claims: new Map(live.claims), batches: new Map() }), first);
    const settled = sightOf({ claim, status: "settled" });
    const second = look({ ...live, claims: settled.claims });
    assert.deepEqual([second[0]?.claim?.status, second[1] === first[1]], ["settled", true]);
    assert.deepEqual(looked, ["assignment 0"]);
    own.delivered.put("1", true);
    const third = look({ ...live, claims: settled.claims });
    assert.deepEqual([third[1]?.delivered, third[0] === second[0]], [true, true]);
    assert.deepEqual(looked, ["assignment 1"]);
    own.close();
  });

  test("G2: a look that fails in the middle costs nothing of what it had to find out", () => {
    const own = openMinerJournal(":memory:");
    const { root: _, job: __, ...terms } = claim;
    const assignment = { wallet: job.hub, job: id, ...terms, expiry: 2_000_000n };
    own.assignments.add("w", { id: "w", job, assignment, signature: "0x", from: HUB });
    let broken = false;
    const worksOf = createWorks(
      own,
      () => undefined,
      (_what, _of, look) => {
        if (broken) throw new Error("the disk is full");
        return look();
      },
    );
    const at = sightOf();
    assert.equal(worksOf(at).works[0]?.answer, undefined);
    own.answers.put("w", "accepted");
    broken = true;
    assert.throws(() => worksOf(at), /full/);
    broken = false;
    assert.equal(worksOf(at).works[0]?.answer, "accepted");
    own.close();
  });

  test("G2: what a miner learns about a job is seen at the next look, without any other news", () => {
    const own = openMinerJournal(":memory:");
    const { root: _, job: __, ...terms } = claim;
    const assignment = { wallet: job.hub, job: id, ...terms, expiry: 2_000_000n };
    own.assignments.add("w", { id: "w", job, assignment, signature: "0x", from: HUB });
    let strange: string | undefined;
    const worksOf = createWorks(own, () => strange);
    const at = sightOf();
    assert.equal(worksOf(at).works[0]?.strange, undefined);
    strange = "gives a run less memory";
    assert.equal(worksOf(at).works[0]?.strange, strange);
    own.answers.put("w", "declined");
    assert.equal(worksOf(at).works[0]?.strange, undefined);
    own.close();
  });

  test("G2: an assignment is over when it is declined and told, or its time is over and its claim out of sight", () => {
    const own = openMinerJournal(":memory:");
    const { root, job: _, ...terms } = claim;
    const assignment = { wallet: job.hub, job: id, ...terms, expiry: 1_000_000n };
    own.assignments.add("w", { id: "w", job, assignment, signature: "0x", from: HUB });
    const over = (change: Partial<Sight>) => createWorks(own, () => undefined)({ ...sightOf(), ...change }).over;
    const late = 1_000_000 + 3600;
    assert.deepEqual(over({ now: late }), []);
    assert.deepEqual(over({ now: late + 1 }), ["w"], "never answered");
    own.answers.put("w", "declined");
    own.unsent.put("w", { kind: "decline", job: id, batch: 0, attempt: 0, reason: "no" });
    assert.deepEqual(over({}), [], "the hub is still to be told");
    own.unsent.delete("w");
    assert.deepEqual(over({}), ["w"]);
    own.answers.put("w", "accepted");
    own.putRoot({ id: "w", assignment }, root);
    assert.deepEqual(over({}), []);
    const endedAt = 2_000_000;
    const ended = (status: ClaimStatus, now: number) => over({ ...sightOf({ claim, status, endedAt }), now });
    assert.deepEqual(over({ ...sightOf({ claim }), now: 3 * late }), [], "the claim is live");
    for (const status of ["convicted", "awarded"] as const) {
      assert.deepEqual(ended(status, endedAt + 3600), [], "a reorganisation could make it live again");
      assert.deepEqual(ended(status, endedAt + 3601), ["w"]);
    }
    assert.deepEqual(ended("settled", endedAt + 3601), [], "its results are still owed to the buyer");
    own.delivered.put("w", true);
    assert.deepEqual(ended("settled", endedAt + 3600), []);
    assert.deepEqual(ended("settled", endedAt + 3601), ["w"]);
    assert.deepEqual(over({ now: late + 1 }), ["w"], "the claim is no longer in the sight");
    own.close();
  });

  test("G2: whoever asks for results is shown those of claims that are on the chain or over, of no others", () => {
    const own = openMinerJournal(":memory:");
    const { root, job: _, ...terms } = claim;
    const assignment = { wallet: job.hub, job: id, ...terms, expiry: 1n };
    own.assignments.add("w", { id: "w", job, assignment, signature: "0x", from: HUB });
    own.putRoot({ id: "w", assignment }, root);
    const [mine, others] = [claimId(claim), claimId({ ...claim, root: hashOf(9) })];
    for (const about of [mine, others]) own.asked.put(`${about}/${OTHER}`, { claim: about, by: OTHER });
    const asked = (sight: Sight) =>
      viewOf(sight, own, surroundings).asked.map(({ work, by }) => `${work.id} ${work.claim?.status} ${by}`);
    assert.deepEqual(asked(sightOf()), [], "it is not on the chain yet");
    assert.deepEqual(asked(sightOf({ claim })), [`w live ${OTHER}`]);
    own.assignments.end(["w"]);
    assert.deepEqual(viewOf(sightOf(), own, surroundings).works, []);
    assert.deepEqual(asked(sightOf()), [`w undefined ${OTHER}`]);
    own.close();
  });
});
