import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { canMove, longestGame, passTurn, startClock } from "@sonm/protocol/dispute/clock";

const grace = 10;

describe("the clock of a game", () => {
  it("gives the whole allowance to the first move", () => {
    const clock = startClock(1000, 100, grace);
    assert.equal(clock.deadline, 1100);
    assert.ok(canMove(clock, 1100));
    assert.ok(!canMove(clock, 1101));
  });

  it("takes the time used from the mover and nothing from the other", () => {
    const clock = passTurn(startClock(1000, 100, grace), "miner", 1030, grace);
    assert.deepEqual(clock, { deadline: 1130, rest: { miner: 70, challenger: 100 } });
  });

  it("never gives less than the grace, and never gives time back", () => {
    let clock = startClock(1000, 100, grace);
    clock = passTurn(clock, "miner", 1100, grace);
    assert.equal(clock.rest.miner, 0);
    clock = passTurn(clock, "challenger", 1100, grace);
    assert.equal(clock.deadline, 1110);
    clock = passTurn(clock, "miner", 1105, grace);
    assert.deepEqual(clock, { deadline: 1205, rest: { miner: 0, challenger: 100 } });
  });

  it("ends by the formula", () => {
    assert.equal(longestGame({ rounds: 0, exponent: 12, allowance: 86_400, grace: 3600 }), 2 * 86_400 + 10 * 3600);
    assert.equal(longestGame({ rounds: 2, exponent: 2, allowance: 100, grace: 10 }), 240);
  });
});
