// What has deadlines holds the gate, and the rest waits.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createGate } from "../../../../../offchain/host/engines/machine/gate.ts";

test("S4: whoever comes to the gate waits until nothing holds it, also if what held it has failed", async () => {
  const gate = createGate();
  await gate.passed();
  const [one, two] = [Promise.withResolvers<number>(), Promise.withResolvers<number>()];
  const held = [gate.hold(one.promise), gate.hold(two.promise)] as const;
  let passed = false;
  const passing = gate.passed().then(() => {
    passed = true;
  });
  one.resolve(1);
  assert.equal(await held[0], 1);
  assert.equal(passed, false);
  two.reject(new Error("lost"));
  await assert.rejects(held[1], /lost/);
  await passing;
});
