// Which letters a verifier accepts: results of claims that it challenges, if they fit the claim.
import assert from "node:assert/strict";
import { test } from "node:test";
import { claimId } from "@sonm/protocol/result/claim";
import { contentIdOf, encodeDelivery } from "@sonm/protocol/result/delivery";
import { resultTreeOf } from "@sonm/protocol/result/tree";
import type { Hex } from "@sonm/protocol/values/ids";
import { NetUnreachable } from "../../../offchain/host/net/errors.ts";
import { openVerifierJournal } from "../../../verifier/journal.ts";
import { createPrepare } from "../../../verifier/prepare.ts";
import { hashOf, id, job, OTHER, claim as template } from "../agents/fixtures.ts";
import { receive, stubTools } from "../agents/stub-tools.ts";

const resultHashes = [1, 2, 3, 4].map(hashOf);
const claim = { ...template, root: resultTreeOf(job, template, resultHashes).root };
const claimed = claimId(claim);

const deliveryOf = (hashes: readonly Hex[]) =>
  encodeDelivery(
    hashes.map((resultHash) => ({ resultHash, output: contentIdOf(new Uint8Array()), proof: new Uint8Array() })),
  );

/** A verifier that sees the claim, and by default challenges it. */
async function verifier({ challenges = true } = {}) {
  const { tools, set, store, done } = stubTools(openVerifierJournal);
  set.sight = {
    ...set.sight,
    jobs: new Map([[id, { id, job, postedAt: 1, block: 1 }]]),
    claims: new Map([
      [
        claimed,
        { id: claimed, claim, status: "live", games: 0, claimedAt: 1, endedAt: undefined, winner: undefined, block: 1 },
      ],
    ]),
  };
  if (challenges) tools.journal.salts.add(claimed, hashOf(6));
  const prepare = createPrepare(tools);
  return {
    leaves: () => tools.journal.leaves.get(claimed),
    set,
    done,
    journal: tools.journal,
    prepare,
    async shown(hashes: readonly Hex[], published = true, from = OTHER) {
      const bytes = deliveryOf(hashes);
      if (published) store.set(contentIdOf(bytes), bytes);
      await receive(prepare, from, { kind: "results", claim: claimed, content: contentIdOf(bytes) });
    },
  };
}

test("results that fit the root are taken, whoever shows them", async () => {
  const { leaves, shown } = await verifier();
  await shown(resultHashes);
  assert.deepEqual(leaves(), resultHashes);
});

test("results of a claim that is not challenged are neither fetched nor taken", async () => {
  const { leaves, shown, done } = await verifier({ challenges: false });
  await shown(resultHashes);
  assert.equal(leaves(), undefined);
  assert.deepEqual(done.fetched, []);
});

test("results of a claim or a job that the chain does not show are neither fetched nor taken", async () => {
  for (const unseen of [{ claims: new Map() }, { jobs: new Map() }]) {
    const { leaves, shown, set, done } = await verifier();
    set.sight = { ...set.sight, ...unseen };
    await shown(resultHashes);
    assert.equal(leaves(), undefined);
    assert.deepEqual(done.fetched, []);
  }
});

test("a letter of another kind changes nothing", async () => {
  const { leaves, prepare, done } = await verifier();
  await receive(prepare, OTHER, { kind: "ask-results", claim: claimed });
  assert.equal(leaves(), undefined);
  assert.deepEqual([done.fetched, done.letters], [[], []]);
});

test("later results do not replace the first ones", async () => {
  const { leaves, shown, journal } = await verifier();
  journal.leaves.add(claimed, [hashOf(9)]);
  await shown(resultHashes);
  assert.deepEqual(leaves(), [hashOf(9)]);
});

test("results that do not fit the root are not", async () => {
  const { leaves, shown } = await verifier();
  await shown(resultHashes.toReversed());
  await shown(resultHashes.slice(1));
  assert.equal(leaves(), undefined);
});

test("what nobody has published is as good as nothing", async () => {
  const { leaves, shown } = await verifier();
  await shown(resultHashes, false);
  assert.equal(leaves(), undefined);
});

test("while the store does not answer, the letter stays unread", async () => {
  const { leaves, shown, set } = await verifier();
  set.broken = new NetUnreachable("http://store", "it is down");
  await assert.rejects(shown(resultHashes), NetUnreachable);
  set.broken = undefined;
  await shown(resultHashes);
  assert.deepEqual(leaves(), resultHashes);
});

test("S2: results that could not be read twice are not fetched for a third letter", async () => {
  const { leaves, shown, done } = await verifier();
  for (let letter = 0; letter < 4; letter++) await shown(resultHashes.toReversed());
  assert.equal(done.fetched.length, 2);
  assert.deepEqual(
    done.happenings.map(({ kind }) => kind),
    ["quarantined"],
  );
  await shown(resultHashes);
  assert.deepEqual(leaves(), resultHashes, "other results of the same claim are read");
});

test("S2: a store that is down says nothing about the results", async () => {
  const { leaves, shown, set } = await verifier();
  set.broken = new NetUnreachable("http://store", "it is down");
  for (let look = 0; look < 4; look++) await assert.rejects(shown(resultHashes), NetUnreachable);
  set.broken = undefined;
  for (let letter = 0; letter < 4; letter++) await shown(resultHashes, false);
  await shown(resultHashes);
  assert.deepEqual(leaves(), resultHashes);
});

test("S1: strangers make a verifier read eight wrong contents for a claim, and keep nobody from showing the results", async () => {
  const { leaves, shown, done } = await verifier();
  const wrong = (number: number) => [hashOf(number), ...resultHashes.slice(1)];
  for (let letter = 0; letter < 20; letter++) await shown(wrong(100 + letter));
  assert.equal(done.fetched.length, 8);
  assert.equal(leaves(), undefined);
  await shown(resultHashes, true, claim.miner);
  assert.deepEqual(leaves(), resultHashes);
  await shown(wrong(200), true, claim.miner);
  assert.equal(done.fetched.length, 9, "what is known is not read again");
});
