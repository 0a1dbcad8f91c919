// The machine must never execute decoded instructions that differ from those in memory.
import assert from "node:assert/strict";
import test from "node:test";
import { instructionAt } from "@sonm/protocol/machine/code-cache";
import { decode } from "@sonm/protocol/machine/isa/decode";
import { createMachine } from "@sonm/protocol/machine/machine";
import { store32 } from "@sonm/protocol/machine/memory";
import { programOf, START, word } from "./assemble.ts";

/** Adds `imm` to a0, and begins again. */
const adding = (imm: number) =>
  createMachine(programOf([word("addi", { rd: 10, rs1: 10, imm }), word("jal", { imm: -4 })]), new Uint8Array());

test("a word is decoded once as long as it stays where it is", () => {
  const add = word("add", { rd: 1, rs1: 2, rs2: 3 }) | 0;
  const first = instructionAt(START, add);
  assert.deepEqual(first, decode(add));
  assert.equal(instructionAt(START, add), first);
});

test("a word of zero is decoded like any other", () => {
  assert.deepEqual(instructionAt(0x1234, 0), decode(0));
});

test("machines with other code at the same address do not disturb each other", () => {
  const [one, ten] = [adding(1), adding(10)];
  for (let turn = 0; turn < 5; turn++) {
    one.advance(2);
    ten.advance(2);
  }
  assert.deepEqual([one.words[10], ten.words[10]], [5n, 50n]);
});

test("code at addresses that share an entry is told apart", () => {
  const far = START + 2 ** 18;
  const add = word("addi", { rd: 10, rs1: 10, imm: 1 });
  const other = word("addi", { rd: 11, rs1: 11, imm: 1 });
  const segments = [
    ...programOf([add, word("jal", { imm: far - START - 4 })], START).segments,
    ...programOf([other, word("jal", { imm: START - far - 4 })], far).segments,
  ];
  const machine = createMachine({ entry: START, segments }, new Uint8Array());
  machine.advance(20);
  assert.deepEqual([machine.words[10], machine.words[11]], [5n, 5n]);
});

test("a snapshot brings back the code that it was taken with", () => {
  const machine = adding(1);
  machine.advance(2);
  const before = machine.snapshot();
  store32(machine.memory, START, word("addi", { rd: 10, rs1: 10, imm: 100 }));
  machine.advance(2);
  assert.equal(machine.words[10], 101n);
  const after = machine.snapshot();
  machine.restore(before);
  machine.advance(2);
  assert.equal(machine.words[10], 2n);
  // Another machine, which shares the pages.
  const second = adding(7);
  second.restore(after);
  second.advance(2);
  assert.equal(second.words[10], 201n);
});
