// The time from which a buyer takes its money back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { refundableFrom } from "../../../../offchain/agents/buyer/observe.ts";

const DEADLINE = 2_000_000;
const SUSPICION = 1000;
const from = (status: "registered" | "suspected" | "punished", suspectedAt = 0) =>
  refundableFrom({ deadline: BigInt(DEADLINE) }, { status, suspectedAt }, SUSPICION);

test("after the deadline, whatever is known of the hub", () => {
  assert.equal(refundableFrom({ deadline: BigInt(DEADLINE) }, undefined, SUSPICION), DEADLINE);
  assert.equal(from("registered"), DEADLINE);
});

test("earlier if the hub is suspected, and never later than the deadline", () => {
  assert.equal(from("suspected", 500), 1500);
  assert.equal(from("suspected", DEADLINE - SUSPICION + 1), DEADLINE);
});

test("at once if the hub is punished", () => {
  assert.equal(from("punished"), 0);
});
