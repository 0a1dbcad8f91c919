import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClaimId } from "@sonm/protocol/values/ids";
import { keccak256, numberToHex } from "viem";
import { isChosen } from "../../../verifier/view.ts";
import { hashOf } from "../agents/fixtures.ts";

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
