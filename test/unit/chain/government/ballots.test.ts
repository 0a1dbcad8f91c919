// A ballot comes from a stranger. Any input is read, or refused with a reason.
import assert from "node:assert/strict";
import { test } from "node:test";
import { MOST_REASON_BYTES, readBallot } from "@sonm/chain/government/ballots";
import { Failure } from "@sonm/protocol/values/failure";
import fc from "fast-check";
import { fuzz } from "../../../support/fuzz.ts";

const ballot = {
  chainId: 31_337,
  governor: "0x5FbDB2315678afecb367f032d93F642f64180aa3",
  proposal: `0x${"1f".repeat(32)}`,
  vote: "for",
  reason: "",
  voter: "0x90F79bf6EB2c4f870365E785982E1f101E93b906",
  nonce: "0",
  signature: `0x${"ab".repeat(65)}`,
};

test("a ballot is read as it was written, and nothing else with it", () => {
  assert.deepEqual(readBallot(JSON.parse(JSON.stringify({ ...ballot, note: "mine" }))), ballot);
});

test("each field is checked", () => {
  const wrong: Record<keyof typeof ballot, unknown[]> = {
    chainId: ["31337", 0, 1.5, null],
    governor: ["0x12", 7, `${ballot.governor.slice(0, -1)}A`],
    proposal: ["0x1f2e", ballot.proposal.slice(2), 1],
    vote: ["yes", 1, "For", "__proto__"],
    reason: [null, 1, "é".repeat(MOST_REASON_BYTES / 2 + 1)],
    voter: ["", {}],
    nonce: [0, "-1", "0x1", "1e3"],
    signature: ["0x", "0xabc", "ab", null],
  };
  for (const [field, values] of Object.entries(wrong)) {
    for (const value of values) {
      const refused = (error: unknown) => error instanceof Failure && error.why.includes(`\`${field}\``);
      assert.throws(() => readBallot({ ...ballot, [field]: value }), refused, `${field} ${JSON.stringify(value)}`);
    }
    assert.throws(() => readBallot({ ...ballot, [field]: undefined }), /it lacks/);
  }
});

test("anything else is refused in words too", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => assert.throws(() => readBallot(value), Failure)),
    fuzz(100),
  );
});
