// What a claim is worth to a verifier, and what a least price excludes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { claimId } from "@sonm/protocol/result/claim";
import { pays, workOf } from "../../../verifier/worth.ts";
import { claim, job } from "../agents/fixtures.ts";

test("S5: a check is worth half the deposit until the window is over, and takes all steps of the batch at most", () => {
  const about = { id: claimId(claim), claim, job: { ...job, units: 6 }, claimedAt: 1000 };
  const { id, customer, ...work } = workOf(about);
  assert.deepEqual([id, customer], [claimId(claim), claim.job]);
  assert.deepEqual(work, { reward: 250n, deadline: 1000 + 86_400, steps: 4 * 8 ** 8 });
  assert.equal(workOf({ ...about, claim: { ...claim, batch: 1 } }).steps, 2 * 8 ** 8, "the last batch is shorter");
});

test("S5: a least price is for 10^9 steps", () => {
  assert.equal(pays({ reward: 10n, steps: 2e9 }, 5n), true);
  assert.equal(pays({ reward: 10n, steps: 2e9 + 1 }, 5n), false);
  assert.equal(pays({ reward: 0n, steps: 8 ** 16 * 32_768 }, 0n), true);
});
