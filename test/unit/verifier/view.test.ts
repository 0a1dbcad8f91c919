// What a verifier sees: the claims that it has chosen, and those that it has accused, from the chain and its journal.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Sight } from "@sonm/chain/market/observer";
import type { Job } from "@sonm/protocol/job/job";
import { claimId } from "@sonm/protocol/result/claim";
import type { ClaimId } from "@sonm/protocol/values/ids";
import { concat, keccak256, numberToHex } from "viem";
import type { AccusersReferee, Deed } from "../../../offchain/host/referees/referee.ts";
import { createGuard, unguarded } from "../../../offchain/host/role/guard.ts";
import type { Decision } from "../../../offchain/host/role/loop.ts";
import { openVerifierJournal } from "../../../verifier/journal.ts";
import { createView, isChosen } from "../../../verifier/view.ts";
import { claim, hashOf, job, OTHER, sightOf, verifierPolicy } from "../agents/fixtures.ts";

const claims = Array.from({ length: 4000 }, (_, i) => keccak256(numberToHex(i)) as ClaimId);
const chosen = (secret: `0x${string}`, share: number) => claims.filter((claim) => isChosen(secret, claim, share));

test("a share of nothing chooses nothing, a full share everything", () => {
  assert.equal(chosen(hashOf(1), 0).length, 0);
  assert.equal(chosen(hashOf(1), 1).length, claims.length);
});

test("about the share asked for is chosen", () => {
  const count = chosen(hashOf(1), 0.25).length;
  // Six standard deviations of a fair draw.
  assert.ok(Math.abs(count - 1000) < 6 * Math.sqrt(4000 * 0.25 * 0.75), `${count} of 4000`);
});

test("the choice is the same every time, and another with another secret", () => {
  assert.deepEqual(chosen(hashOf(1), 0.5), chosen(hashOf(1), 0.5));
  assert.notDeepEqual(chosen(hashOf(1), 0.5), chosen(hashOf(2), 0.5));
});

test("a larger share chooses all that a smaller one does", () => {
  const large = new Set(chosen(hashOf(1), 0.5));
  assert.ok(chosen(hashOf(1), 0.2).every((claim) => large.has(claim)));
});

test("a claim is chosen exactly if the share is above the claim's number", () => {
  const claim = claims[0] as ClaimId;
  // The first four bytes of keccak-256(secret, claim), divided by 2^32.
  const number = Number(keccak256(concat([hashOf(1), claim])).slice(0, 10)) / 2 ** 32;
  assert.equal(isChosen(hashOf(1), claim, number), false);
  assert.equal(isChosen(hashOf(1), claim, number + 2 ** -32), true);
});

/** A referee before which the verifier has announced accusations of these claims. */
function refereeWith(announced: readonly ClaimId[], address = job.referee): AccusersReferee {
  const deed = (kind: string) => ({ referee: address, kind, key: kind });
  return {
    address,
    guarantee: "proved",
    due: () => ({ actions: [deed("due")], wakeAt: 5 }),
    accusation: (_, { id }) =>
      announced.includes(id)
        ? { announced: true, reserved: 2n, next: { actions: [deed("next")], wakeAt: null } }
        : { announced: false, cost: 3n, deed: deed("accuse") },
    act: () => assert.fail("nothing is done"),
  };
}

const one = { ...claim, batch: 0 };
const two = { ...claim, batch: 1 };

/** A view of a verifier with an empty journal, unless `write` fills it. */
function viewOfAll(
  sight: Sight,
  { referees = [refereeWith([])], share = 1, runs = true, write = (_: Journal) => {} } = {},
) {
  const journal = openVerifierJournal(":memory:");
  write(journal);
  const engine = { runs: ({ machine }: Job) => runs && machine === job.machine };
  const view = createView(journal, { engine, referees, policy: verifierPolicy, share, guard: unguarded })(sight, 8n);
  return { ...view, ids: view.claims.map(({ id }) => id) };
}
type Journal = ReturnType<typeof openVerifierJournal>;

test("live claims are seen, with the outcome of their check and the way to accuse them", () => {
  const sight = sightOf({ claim: one }, { claim: two, claimedAt: 77 });
  const write = ({ checks }: Journal) => checks.put(claimId(two), "false");
  const { claims: seen, ids, ...view } = viewOfAll(sight, { write });
  assert.deepEqual(ids, [claimId(one), claimId(two)]);
  assert.deepEqual(
    seen.map(({ check }) => check),
    [undefined, "false"],
  );
  const { claim: _, job: about, status, claimedAt, chosen, accusation } = seen[1] ?? assert.fail();
  assert.deepEqual([about, status, claimedAt, chosen], [job, "live", 77, true]);
  assert.equal(accusation.announced || accusation.cost, 3n);
  assert.deepEqual([view.now, view.policy, view.freeStake], [sight.now, verifierPolicy, 8n]);
  assert.deepEqual([view.disputes.actions.map(({ kind }) => kind), view.disputes.wakeAt], [["due"], 5]);
});

test("claims outside the share, or of jobs that its engine cannot run, are seen but not chosen", () => {
  for (const reason of [{ share: 0 }, { runs: false }]) {
    const { claims: seen } = viewOfAll(sightOf({ claim: one }), reason);
    assert.deepEqual(
      seen.map(({ chosen }) => chosen),
      [false],
    );
  }
});

test("finished claims are seen only if it has accused them", () => {
  const referees = [refereeWith([claimId(one)])];
  for (const status of ["settled", "convicted", "awarded"] as const) {
    const { ids } = viewOfAll(sightOf({ claim: one, status }, { claim: two, status }), { referees });
    assert.deepEqual(ids, [claimId(one)], status);
  }
  const { ids } = viewOfAll(sightOf({ claim: one }, { claim: two }), { referees });
  assert.deepEqual(ids, [claimId(one), claimId(two)], "live ones are seen either way");
});

test("it ignores claims with an unknown referee or an unknown job", () => {
  const sight = sightOf({ claim: one });
  assert.deepEqual(viewOfAll(sight, { referees: [refereeWith([claimId(one)], OTHER)] }).ids, []);
  assert.deepEqual(viewOfAll({ ...sight, jobs: new Map() }, { referees: [refereeWith([claimId(one)])] }).ids, []);
});

test("it has staked if its journal says so", () => {
  assert.equal(viewOfAll(sightOf()).staked, false);
  assert.equal(viewOfAll(sightOf(), { write: ({ marks }) => marks.put("staked", true) }).staked, true);
});

/** A verifier that looks again and again, and what each look costs. */
function looking(announced: readonly ClaimId[] = [], next: Decision<Deed> = { actions: [], wakeAt: null }) {
  const journal = openVerifierJournal(":memory:");
  const cost = { runs: 0, accusations: 0 };
  const deed = { referee: job.referee, kind: "accuse", key: "accuse" };
  const referee: AccusersReferee = {
    ...refereeWith([]),
    accusation(_, { id }) {
      cost.accusations++;
      if (id === claimId(odd)) throw new Error("it is odd");
      return announced.includes(id) ? { announced: true, reserved: 0n, next } : { announced: false, cost: 3n, deed };
    },
  };
  const engine = { runs: () => ++cost.runs > 0 };
  const aside: string[] = [];
  const guard = createGuard((what, why) => void aside.push(`${what}: ${why}`));
  const view = createView(journal, { engine, referees: [referee], policy: verifierPolicy, share: 1, guard });
  const look = (sight: Sight) => {
    Object.assign(cost, { runs: 0, accusations: 0 });
    return view(sight, 8n);
  };
  return { journal, cost, aside, look };
}
const odd = { ...claim, batch: 1, attempt: 7 };

test("G2: a look at claims that have not changed finds nothing out again", () => {
  const { journal, cost, look } = looking();
  const sight = sightOf({ claim: one }, { claim: two }, { claim: { ...one, attempt: 1 }, status: "settled" });
  const first = look(sight);
  assert.deepEqual([cost.runs, cost.accusations], [2, 3]);
  journal.checks.put(claimId(one), "true");
  // A new look at the same things, with other disputes.
  const later = { ...sight, now: sight.now + 1, disputes: new Map([[job.referee, {}]]) };
  const second = look(later);
  assert.deepEqual([cost.runs, cost.accusations], [0, 1], "one claim has been checked");
  assert.deepEqual(
    second.claims.map(({ check }) => check),
    ["true", undefined],
  );
  assert.equal(second.claims[1], first.claims[1]);
  look({ ...later, disputes: new Map() });
  assert.deepEqual([cost.runs, cost.accusations], [0, 0]);
});

test("G2: a claim that has changed is looked at again, and what has ended leaves the view", () => {
  const { cost, look } = looking();
  const sight = sightOf({ claim: one }, { claim: two });
  look(sight);
  const settled = sightOf({ claim: one, status: "settled" });
  const claims = new Map([...sight.claims, ...settled.claims]);
  assert.deepEqual(
    look({ ...sight, claims }).claims.map(({ id }) => id),
    [claimId(two)],
  );
  assert.equal(cost.accusations, 1);
  assert.deepEqual(look({ ...sight, claims: new Map() }).claims, []);
});

test("G2: of what it has accused, it looks again only at what is not over, or if there is news of disputes", () => {
  const { cost, look } = looking([claimId(one)]);
  const sight = sightOf({ claim: one, status: "awarded" });
  assert.deepEqual(look(sight).claims, []);
  assert.deepEqual([look(sight).claims.length, cost.accusations], [0, 0]);
  look({ ...sight, disputes: new Map([[job.referee, {}]]) });
  assert.equal(cost.accusations, 1);
  const due = looking([claimId(one)], { actions: [], wakeAt: 7 });
  assert.equal(due.look(sight).claims.length, 1);
  assert.equal(due.look({ ...sight, now: 8 }).claims.length, 1);
  assert.equal(due.cost.accusations, 1);
});

test("S1: a claim about which nothing can be found out costs itself alone", () => {
  const { aside, look } = looking();
  const view = look(sightOf({ claim: odd }, { claim: one }));
  assert.deepEqual(
    view.claims.map(({ id }) => id),
    [claimId(one)],
  );
  assert.equal(view.disputes.actions.length, 1);
  assert.deepEqual(aside, [`claim ${claimId(odd)}: it is odd`]);
});
