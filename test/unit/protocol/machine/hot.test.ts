// The JavaScript engine compiles code again if it runs often, by other rules, and that compiler has had faults (see
// offchain/protocol/machine/isa/halves.ts). Every instruction must give the same result before and after.
import assert from "node:assert/strict";
import test from "node:test";
import { INSTRUCTIONS } from "@sonm/protocol/machine/isa/instructions";
import { createMachine, type Machine } from "@sonm/protocol/machine/machine";
import { load64, store64, writeBytes } from "@sonm/protocol/machine/memory";
import fc from "fast-check";
import { code, programOf, START, word } from "./assemble.ts";
import { edgeWord } from "./random-program.ts";

const edges = [0n, 1n, 31n, 32n, 33n, 63n, 64n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n];
const operands = [...edges, ...fc.sample(edgeWord, { numRuns: 8, seed: 7 })].flatMap((a, _, all) =>
  all.map((b) => [a, b] as const),
);
/** Enough for every tier of the engine's compilers. */
const PASSES = 80;

/** Executes the instruction on these sources and returns all that it may change. */
function run(machine: Machine, a: bigint, b: bigint, at: number): string {
  machine.words.set([BigInt(START), a, b, 0n]);
  machine.words.fill(0n, 32, 39);
  store64(machine.memory, at, a ^ 0x5555n);
  machine.advance(1);
  const [pc, , , rd] = machine.words;
  return `${pc} ${rd} ${machine.words[33]} ${load64(machine.memory, at)}`;
}

for (const row of INSTRUCTIONS) {
  test(`${row.name} gives the same when it has run often`, () => {
    const access = row.format === "load" || row.format === "store";
    // Loads and stores within a page and over two.
    for (const at of access ? [0x4000_0100, 0x4000_0ffc] : [0x4000_0100]) {
      const machine = createMachine(programOf([]), new Uint8Array());
      const instruction = word(row.name, { rd: 3, rs1: access ? 4 : 1, rs2: 2, imm: 8, csr: 0x340 });
      writeBytes(machine.memory, START, code([instruction]));
      machine.words[4] = BigInt(at - 8);
      const cold = operands.map(([a, b]) => run(machine, a, b, at));
      for (let pass = 0; pass < PASSES; pass++) for (const [a, b] of operands) run(machine, a, b, at);
      const hot = operands.map(([a, b]) => run(machine, a, b, at));
      const differs = hot.findIndex((value, i) => value !== cold[i]);
      assert.equal(differs, -1, `${operands[differs]}: at first ${cold[differs]}, then ${hot[differs]}`);
    }
  });
}
