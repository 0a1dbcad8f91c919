import assert from "node:assert/strict";
import test from "node:test";
import { createMachine, type Machine, outputOf } from "@sonm/protocol/machine/machine";
import { store64, writeBytes } from "@sonm/protocol/machine/memory";
import { OutputProofWrong, openOutput, outputRoot, proveOutput } from "@sonm/protocol/machine/output";
import fc from "fast-check";
import { fuzz } from "../../../support/fuzz.ts";
import { SUM } from "./programs.ts";

const OUTPUT = 0xc000_0000;

function machineWith(output: Uint8Array, length: bigint = BigInt(output.length)): Machine {
  const machine = createMachine(SUM, Uint8Array.of(1, 2, 3));
  store64(machine.memory, OUTPUT, length);
  writeBytes(machine.memory, OUTPUT + 8, output);
  return machine;
}

const outputs = fc.oneof(fc.uint8Array({ maxLength: 100 }), fc.uint8Array({ minLength: 8000, maxLength: 9000 }));

test("an output is proved from its state, whatever else the program left in the region", () => {
  fc.assert(
    fc.property(outputs, fc.uint8Array({ maxLength: 50 }), fc.integer({ min: 0, max: 20_000 }), (output, junk, gap) => {
      const machine = machineWith(output);
      writeBytes(machine.memory, OUTPUT + 8 + output.length + gap, junk);
      assert.deepEqual(outputOf(machine), output);
      const opened = openOutput(machine.stateHash(), output, proveOutput(machine));
      assert.deepEqual(opened.outputRoot, outputRoot(machine));
    }),
    fuzz(40),
  );
});

test("a proof read from a file or the network, into a part of a shared buffer, is as good", () => {
  const machine = machineWith(Uint8Array.of(4, 5, 6));
  const pool = Buffer.alloc(8192, 0xee);
  const proof = proveOutput(machine);
  pool.set(proof, 101);
  const opened = openOutput(machine.stateHash(), Buffer.from([4, 5, 6]), pool.subarray(101, 101 + proof.length));
  assert.deepEqual(opened.outputRoot, outputRoot(machine));
});

test("another output, another state or a damaged proof are refused", () => {
  fc.assert(
    fc.property(outputs, fc.nat(), fc.integer({ min: 1, max: 255 }), (output, at, xor) => {
      const machine = machineWith(output);
      const [hash, proof] = [machine.stateHash(), proveOutput(machine)];
      const refused = (state: Uint8Array, bytes: Uint8Array, shown: Uint8Array) =>
        assert.throws(() => openOutput(state, bytes, shown), OutputProofWrong);
      const changed = (bytes: Uint8Array) => bytes.map((byte, i) => (i === at % bytes.length ? byte ^ xor : byte));
      refused(changed(hash), output, proof);
      if (output.length > 0) refused(hash, changed(output), proof);
      if (output.length > 0) refused(hash, output.subarray(1), proof);
      refused(hash, Uint8Array.of(...output, 0), proof);
      refused(hash, output, proof.subarray(0, at % proof.length));
      refused(hash, output, Uint8Array.of(...proof, 0));
    }),
    fuzz(40),
  );
});

test("no byte of a proof can be changed, save bits of the mask that are beyond the tree", () => {
  const machine = machineWith(Uint8Array.of(1, 2, 3));
  writeBytes(machine.memory, OUTPUT + 100, Uint8Array.of(9));
  const [hash, proof] = [machine.stateHash(), proveOutput(machine)];
  const maskAt = proof.length - 32 - 4;
  for (const at of proof.keys()) {
    if (at === maskAt) continue;
    const changed = proof.slice();
    changed[at] = (changed[at] as number) ^ 1;
    assert.throws(() => openOutput(hash, Uint8Array.of(1, 2, 3), changed), OutputProofWrong, `byte ${at}`);
  }
});

test("a length beyond the region stands for no output", () => {
  const nothing = new Uint8Array();
  for (const length of [2n ** 30n - 7n, 2n ** 31n, 2n ** 64n - 1n]) {
    const machine = machineWith(Uint8Array.of(1, 2, 3), length);
    assert.deepEqual(outputOf(machine), nothing);
    openOutput(machine.stateHash(), nothing, proveOutput(machine));
    assert.throws(() => openOutput(machine.stateHash(), Uint8Array.of(1), proveOutput(machine)), OutputProofWrong);
  }
});

test("how a run ended is read from the words", () => {
  const ends = (halt: bigint, a0: bigint) => {
    const machine = machineWith(new Uint8Array());
    machine.words.set([a0], 10);
    machine.words.set([77n, halt], 32);
    const { outputRoot: _, ...ending } = openOutput(machine.stateHash(), new Uint8Array(), proveOutput(machine));
    return ending;
  };
  assert.deepEqual(ends(12n, 3n), { steps: 77, halt: 12, exitCode: 3 });
  assert.deepEqual(ends(12n, 2n ** 64n - 1n), { steps: 77, halt: 12, exitCode: -1 });
  assert.deepEqual(ends(3n, 3n), { steps: 77, halt: 3, exitCode: undefined });
  assert.deepEqual(ends(0n, 3n), { steps: 77, halt: 0, exitCode: undefined });
});

test("a proof is short: what the output shows is not sent, nor what is zero", () => {
  const machine = machineWith(new Uint8Array(4096).fill(7));
  // 40 nibbles, 3 bytes of pc, two roots, the length, 24 bytes to the end of the last leaf, and a mask.
  assert.equal(proveOutput(machine).length, 40 + 3 + 64 + 8 + 24 + 4);
});
