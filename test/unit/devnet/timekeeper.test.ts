import assert from "node:assert/strict";
import { test } from "node:test";
import { isQuiet, nextJump, type Standing } from "../../../offchain/devnet/timekeeper.ts";

const head = { block: 7, time: 1000, mail: 3 };

function idle(wakeAt: number | null, seen: { block?: number; mail?: number } = {}): Standing {
  return { kind: "idle", block: 7, mail: 3, wakeAt, ...seen };
}

test("jumps to the earliest moment that somebody waits for, once all are quiet", () => {
  assert.equal(nextJump([idle(1500), idle(1200), idle(null)], head), 1200);
});

test("somebody at work holds the clock", () => {
  assert.equal(nextJump([idle(1500), { kind: "busy" }], head), null);
});

test("somebody who has not seen the latest block or the latest mail holds the clock", () => {
  assert.equal(nextJump([idle(1500), idle(1200, { block: 6 })], head), null);
  assert.equal(nextJump([idle(1500), idle(1200, { mail: 2 })], head), null);
});

test("a head that somebody has seen beyond is out of date: what holds the clock may be in the later blocks", () => {
  // The liar has moved in block 8 and is idle again. The verifier has not seen that block, and `head` is older than it.
  const [liar, verifier] = [idle(1500, { block: 8 }), idle(1200)];
  assert.equal(nextJump([liar, verifier], head), null);
  assert.equal(isQuiet([liar, verifier], head), false);
  assert.equal(nextJump([liar, verifier], { ...head, block: 8 }), null);
  assert.equal(nextJump([liar, idle(1200, { block: 8 })], { ...head, block: 8 }), 1200);
});

test("never jumps backwards, nor when nobody waits for anything", () => {
  assert.equal(nextJump([idle(1500), idle(1000)], head), null);
  assert.equal(nextJump([idle(null)], head), null);
  assert.equal(nextJump([], head), null);
});
