// The invariants that a soak checks are broken by what breaks them, and by nothing else.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { longestGame } from "@sonm/protocol/dispute/clock";
import { claim, gameOf, hashOf, id, job } from "../unit/agents/fixtures.ts";
import { brokenIn, openEscrow, type Told } from "./invariants.ts";

const START = 1_000_000;
const claimed = hashOf(3);
const game = hashOf(9);
/** what a game of the job may take, until its winner, or the hub an hour later, ends it */
const LONGEST = longestGame({ ...job, rounds: 1 }) + 4200;

const posted = { eventName: "JobPosted", args: { id, job }, at: START } as unknown as Told;
const post = (about = claim, at = START) => ({ eventName: "ClaimPosted", args: { id: claimed, ...about }, at }) as Told;
const settled = { eventName: "ClaimSettled", args: { id: claimed, confirmed: false }, at: START } as Told;
const convicted = {
  eventName: "ClaimConvicted",
  args: { id: claimed, job: id, batch: 0 },
  at: START,
} as unknown as Told;
const opened = {
  eventName: "GameOpened",
  args: { id: game, game: gameOf("miner", START).game },
  at: START,
} as unknown as Told;
const over = (at: number) => ({ eventName: "GameOver", args: { id: game, claim: claimed, outcome: 2 }, at }) as Told;

describe("a history", () => {
  it("breaks nothing if everything happens once and in time", () => {
    assert.deepEqual(brokenIn([posted, post(), opened, over(START + LONGEST), settled]), []);
    assert.deepEqual(brokenIn([posted, post(), opened, over(START + 1), convicted]), []);
    assert.deepEqual(brokenIn([posted, post(), post({ ...claim, batch: 1 })]), [], "two batches");
  });

  const ill: readonly (readonly [string, readonly Told[], RegExp])[] = [
    ["INV-14: a job is posted twice", [posted, posted], /^INV-14: job .* twice$/],
    ["INV-14: an assignment serves twice", [posted, post(), post()], /^INV-14: attempt 0 of batch 0 .* twice$/],
    ["INV-14: a game is opened twice", [posted, opened, opened, over(START)], /^INV-14: game .* twice$/],
    ["INV-6: a convicted claim is settled", [posted, post(), convicted, settled], /^INV-6: /],
    ["INV-6: a settled claim is convicted", [posted, post(), settled, convicted], /^INV-6: /],
    ["INV-5: a game is too long", [posted, opened, over(START + LONGEST + 1)], /^INV-5: .* 1 s too late$/],
    ["INV-5: a game has no end", [posted, opened], /^INV-5: .* no end$/],
  ];
  for (const [what, events, words] of ill) {
    it(what, () => {
      const broken = brokenIn(events);
      assert.equal(broken.length, 1, broken.join());
      assert.match(broken[0] ?? "", words);
    });
  }
});

it("INV-12: the escrow owes the price of what is neither paid nor refunded", () => {
  const all = job.price * BigInt(job.units);
  const ofBatch = job.price * BigInt(Math.min(job.batchSize, job.units));
  const paid = { eventName: "BatchPaid", args: { job: id, batch: 0 }, at: START } as unknown as Told;
  const refunded = { eventName: "BatchesRefunded", args: { job: id, batches: [0] }, at: START } as unknown as Told;
  assert.equal(openEscrow([posted]), all);
  assert.equal(openEscrow([posted, paid]), all - ofBatch);
  assert.equal(openEscrow([posted, refunded]), all - ofBatch);
});
