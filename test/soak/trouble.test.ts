// The plan of a soak: the same for the same seed, with everything in it.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DEEPEST, type Planned, told, troubleKinds, troubles } from "./trouble.ts";

const mortal = ["hub", "miner-2"];
const all = [...mortal, "verifier-1"];

function first(count: number, seed: number, only = troubleKinds): Planned[] {
  const plan = troubles(seed, only, mortal, all);
  return Array.from({ length: count }, () => plan.next().value);
}

describe("the troubles of a soak", () => {
  it("are those of their seed", () => {
    assert.deepEqual(first(200, 7), first(200, 7));
    assert.notDeepEqual(first(200, 7), first(200, 8));
  });

  it("are of every kind, and of the named kinds alone", () => {
    const kindsOf = (plan: readonly Planned[]) => new Set(plan.map(({ trouble }) => trouble.kind));
    assert.deepEqual(kindsOf(first(200, 1)), new Set(troubleKinds));
    assert.deepEqual(kindsOf(first(200, 1, ["kill", "reorganise"])), new Set(["kill", "reorganise"]));
  });

  it("kill only those who may be killed, and replace no more blocks than are said", () => {
    for (const { after, trouble } of first(2000, 3)) {
      assert.ok(after > 0);
      if (trouble.kind === "kill") assert.ok(mortal.includes(trouble.who));
      if (trouble.kind === "reorganise") assert.ok(trouble.depth >= 1 && trouble.depth <= DEEPEST);
    }
  });

  it("are told in words", () => {
    assert.equal(told({ kind: "kill", who: "hub", seconds: 1.26 }), "hub is killed, and away for 1.3 s");
    const bad = { kind: "bad-way", to: "chain", who: "miner-2", fault: "html", seconds: 2 } as const;
    assert.equal(told(bad), "the way of miner-2 to the chain: html for 2.0 s");
    for (const { trouble } of first(200, 1)) assert.match(told(trouble), /^\w.* \S+$/);
  });
});
