// What a verifier sees: the claims that it has chosen, and those that it has accused, from the chain and its journal.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Sight } from "@sonm/chain/market/observer";
import type { Job } from "@sonm/protocol/job/job";
import { claimId } from "@sonm/protocol/result/claim";
import type { ClaimId } from "@sonm/protocol/values/ids";
import { concat, keccak256, numberToHex } from "viem";
import type { AccusersReferee } from "../../../offchain/host/referees/referee.ts";
import { openVerifierJournal } from "../../../verifier/journal.ts";
import { isChosen, viewOf } from "../../../verifier/view.ts";
import { claim, hashOf, job, OTHER, sightOf } from "../agents/fixtures.ts";

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
  const view = viewOf(sight, journal, { engine, referees, policy: { stake: 9n }, freeStake: 8n, share });
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
  assert.deepEqual([view.now, view.policy, view.freeStake], [sight.now, { stake: 9n }, 8n]);
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
