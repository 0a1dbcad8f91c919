// U4: the machine says how a run ends without a job and without keeping anything of it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { zeroAddress } from "viem";
import { createMachineEngine } from "../../../../../offchain/host/engines/machine/machine-engine.ts";
import { tryOut } from "../../../../../offchain/host/engines/machine/trial.ts";
import { wordcount } from "../../../cli/sonm.ts";

const engine = createMachineEngine({ machine: zeroAddress, fetch: () => assert.fail("nothing is fetched") });
after(() => engine.stop());
const image = readFileSync(wordcount);
const input = new TextEncoder().encode("one two two");

test("U4: a program that ends says after how many steps and with which exit code", async () => {
  const { steps, exitCode, fault } = await engine.tryOut(image, input, 8);
  assert.ok(steps > 100 && steps < 8 ** 8);
  assert.deepEqual([exitCode, fault], [0, undefined]);
  assert.equal((await engine.tryOut(image, new Uint8Array(5000), 8)).exitCode, 0);
});

test("U4: a program that does not end is stopped after its steps, not one later", async () => {
  const { steps, halt, exitCode, fault } = await engine.tryOut(image, input, 2);
  assert.deepEqual({ steps, halt, exitCode, fault }, { steps: 64, halt: 0, exitCode: undefined, fault: undefined });
});

test("U4: a fault is told in words", () => {
  const program = { entry: 0x10000, segments: [] };
  const { steps, exitCode, fault } = tryOut({ program, input, exponent: 8 });
  assert.deepEqual([steps, exitCode], [1, undefined]);
  assert.match(fault ?? "", /^illegal instruction at 0x00010000/);
});
