import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { nextOpening } from "@sonm/protocol/dispute/opening";

const commitment = { rank: 5n, committedAt: 1000 };
const opening = 30;
const windowEnd = 1005;
const live = { opening, windowEnd, ended: undefined };
const convicted = (at: number, winner: bigint) => ({
  opening,
  windowEnd,
  ended: { how: "convicted", at, winner } as const,
});
const settled = (at: number) => ({ opening, windowEnd, ended: { how: "settled", at, winner: 0n } as const });

describe("what becomes of an announced challenge", () => {
  it("is opened up to the last second", () => {
    assert.equal(nextOpening(commitment, live, 1030).kind, "open");
    assert.equal(nextOpening(commitment, live, 1031).kind, "none");
  });

  it("is opened after a conviction only if it would take the pool", () => {
    assert.equal(nextOpening(commitment, convicted(1010, 6n), 1020).kind, "open");
    assert.equal(nextOpening(commitment, convicted(1010, 4n), 1020).kind, "retract");
  });

  it("is not opened if it came after the window", () => {
    const late = { ...commitment, committedAt: windowEnd + 1 };
    assert.equal(nextOpening({ ...commitment, committedAt: windowEnd }, live, 1010).kind, "open");
    assert.equal(nextOpening(late, live, 1010).kind, "none");
    assert.equal(nextOpening(late, convicted(1010, 6n), 1020).kind, "retract");
  });

  it("is taken back once the claim has ended in time", () => {
    assert.equal(nextOpening(commitment, settled(1010), 1020).kind, "retract");
    assert.equal(nextOpening(commitment, settled(1030), 9999).kind, "retract");
    assert.equal(nextOpening(commitment, settled(1031), 9999).kind, "none");
    assert.equal(nextOpening(commitment, convicted(1010, 6n), 1031).kind, "retract");
  });
});
