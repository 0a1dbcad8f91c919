// Witnesses contain enough to compute the next state, also if accesses cross leaves.
import assert from "node:assert/strict";
import test from "node:test";
import { decodeWords, EncodingError, encodeWords, readerOf } from "@sonm/protocol/machine/codec";
import { createMachine, type Machine } from "@sonm/protocol/machine/machine";
import { readBytes, writeBytes } from "@sonm/protocol/machine/memory";
import { memoryRoot } from "@sonm/protocol/machine/memory-root";
import { hashState } from "@sonm/protocol/machine/state";
import { decodeWitness, nextInstruction, witnessOf } from "@sonm/protocol/machine/witness";
import { foldPath } from "@sonm/protocol/merkle/tree";
import fc from "fast-check";
import { fuzz } from "../../../support/fuzz.ts";
import { programOf, START, word } from "./assemble.ts";
import { FIBONACCI, MISALIGNED, SELF_MODIFYING, SUM } from "./programs.ts";
import { edgeWord } from "./random-program.ts";

/** The leaves that the next step touches, in the order of PROTOCOL.md, 3.4. Computed independently. */
function leavesTouched(machine: Machine): { leaves: number[]; isStore: boolean } {
  const leaves = [Number((machine.words[0] as bigint) & 0xffff_ffffn) >>> 5];
  const instruction = nextInstruction(machine);
  const format = instruction?.row.format;
  if (instruction === undefined || (format !== "load" && format !== "store")) return { leaves, isStore: false };
  const base = (instruction.word >>> 15) & 31;
  const at = Number(BigInt.asUintN(32, (base === 0 ? 0n : (machine.words[base] as bigint)) + BigInt(instruction.imm)));
  const size = { b: 1, h: 2, w: 4, d: 8 }[instruction.row.name[1] as "b" | "h" | "w" | "d"];
  leaves.push(at >>> 5);
  if ((at % 32) + size > 32) leaves.push(((at >>> 5) + 1) % 2 ** 27);
  return { leaves, isStore: format === "store" };
}

/** Checks the witness of the next step like a verifier that knows only the state's hash. Then executes the step. */
function checkStep(machine: Machine): void {
  const hash = machine.stateHash();
  const words = machine.words.slice();
  const { leaves, isStore } = leavesTouched(machine);
  const { words: shown, accesses } = decodeWitness(witnessOf(machine));
  assert.deepEqual(machine.stateHash(), hash, "making a witness changes the machine");
  assert.deepEqual(machine.words, words);
  assert.deepEqual(shown, words);
  assert.equal(accesses.length, leaves.length);

  machine.advance(1);
  let root: Uint8Array | undefined;
  for (const [i, { leaf, path }] of accesses.entries()) {
    const index = leaves[i] as number;
    const folded = foldPath(leaf, index, path);
    if (root === undefined) assert.deepEqual(hashState(folded, words), hash);
    else assert.deepEqual(folded, root, `access ${i} is not proved against the root as it then is`);
    root = isStore && i > 0 ? foldPath(readBytes(machine.memory, 32 * index, 32), index, path) : folded;
  }
  assert.deepEqual(root, memoryRoot(machine.memory), "the accesses do not lead to the root after the step");
}

test("every step of whole programs can be checked from its witness", () => {
  for (const [program, steps] of [
    [SUM, 40],
    [FIBONACCI, 60],
    [SELF_MODIFYING, 60],
    [MISALIGNED, 300],
  ] as const) {
    const machine = createMachine(program, Uint8Array.of(1, 2, 3));
    for (let i = 0; i < steps; i++) checkStep(machine);
  }
});

test("loads and stores at any alignment, over leaves, pages, regions and the end of memory", () => {
  const address = fc
    .tuple(fc.constantFrom(0, 32, START, 0x4000_0000, 0x8000_0000, 0xc000_1000), fc.integer({ min: -9, max: 9 }))
    .map(([base, offset]) => base + offset);
  const access = fc.constantFrom("lb", "lhu", "lw", "ld", "sb", "sh", "sw", "sd");
  fc.assert(
    fc.property(
      access,
      address,
      edgeWord,
      fc.uint8Array({ minLength: 64, maxLength: 64 }),
      (name, at, value, around) => {
        const program = programOf([word(name, { rd: 3, rs1: 1, rs2: 2 })], 0x1000_0000);
        const machine = createMachine(program, Uint8Array.of(1));
        writeBytes(machine.memory, (at - 32) >>> 0, around);
        machine.words[1] = BigInt.asUintN(64, BigInt(at));
        machine.words[2] = value;
        checkStep(machine);
      },
    ),
    fuzz(150),
  );
});

test("a store over its own instruction and into the leaf after it", () => {
  const machine = createMachine(programOf([word("sd", { rs1: 1, rs2: 2 })], START + 28), new Uint8Array());
  machine.words[1] = BigInt(START + 28);
  machine.words[2] = 2n ** 64n - 3n;
  checkStep(machine);
});

test("halted, misaligned and illegal states have a witness with the leaf of the pc alone", () => {
  const at = (pc: number, halt: bigint) => {
    const machine = createMachine(programOf([0]), new Uint8Array());
    machine.words[0] = BigInt(pc);
    machine.words[33] = halt;
    return machine;
  };
  for (const machine of [at(START, 5n), at(START + 2, 0n), at(START, 0n), at(0xffff_fffc, 0n)]) checkStep(machine);
});

test("words are encoded as PROTOCOL 3.4 says, and come back", () => {
  const words = new BigUint64Array(80);
  words.set([
    0n,
    1n,
    0xffn,
    0x100n,
    2n ** 64n - 1n,
    2n ** 64n - 2n ** 31n,
    2n ** 63n,
    0x00ff_ffff_ffff_ffffn,
    2n ** 64n - 257n,
  ]);
  const encoded = Buffer.from(encodeWords(words)).toString("hex");
  assert.equal(encoded.slice(0, 80), "01129c87a".padEnd(80, "0"));
  assert.equal(encoded.slice(80), "01ff0100ff800000008000000000000000ffffffffffffff" + "feff");
  fc.assert(
    fc.property(fc.array(edgeWord, { minLength: 80, maxLength: 80 }), (values) => {
      const original = BigUint64Array.from(values);
      const reader = readerOf(encodeWords(original));
      assert.deepEqual(decodeWords(reader), original);
      assert.ok(reader.done());
    }),
    fuzz(100),
  );
});

test("a witness is short: subtrees that are zero are not sent", () => {
  const machine = createMachine(programOf([word("addi", { rd: 1, rs1: 1, imm: 1 })]), new Uint8Array());
  // 40 nibbles, 3 bytes of pc, a leaf and a mask: one page of one leaf has no siblings but zeros.
  assert.equal(witnessOf(machine).length, 40 + 3 + 32 + 4);
});

test("a witness cut off anywhere is refused", () => {
  const machine = createMachine(MISALIGNED, new Uint8Array());
  machine.advance(10);
  const witness = witnessOf(machine);
  const whole = decodeWitness(witness);
  for (let length = 0; length < witness.length; length++) {
    // If it is cut between two accesses, the rest is a witness of fewer accesses.
    try {
      assert.ok(decodeWitness(witness.subarray(0, length)).accesses.length < whole.accesses.length);
    } catch (error) {
      assert.ok(error instanceof EncodingError, String(error));
    }
  }
});
