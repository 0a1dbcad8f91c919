// Loads and stores of every size at every kind of place.
import assert from "node:assert/strict";
import test from "node:test";
import { createMachine, type Machine } from "@sonm/protocol/machine/machine";
import { load8, readBytes, writeBytes } from "@sonm/protocol/machine/memory";
import fc from "fast-check";
import { fuzz } from "../../../support/fuzz.ts";
import { code, programOf, START, word } from "./assemble.ts";

const BYTES = Uint8Array.of(0xf0, 0xe1, 0xd2, 0xc3, 0xb4, 0xa5, 0x96, 0x87);
const loads: readonly (readonly [string, bigint])[] = [
  ["lb", 0xffff_ffff_ffff_fff0n],
  ["lbu", 0xf0n],
  ["lh", 0xffff_ffff_ffff_e1f0n],
  ["lhu", 0xe1f0n],
  ["lw", 0xffff_ffff_c3d2_e1f0n],
  ["lwu", 0xc3d2_e1f0n],
  ["ld", 0x8796_a5b4_c3d2_e1f0n],
];
const stores: readonly (readonly [string, number])[] = [
  ["sb", 1],
  ["sh", 2],
  ["sw", 4],
  ["sd", 8],
];

/** Addresses within a leaf, across leaves, across pages, across regions, at the last words of regions, across the end of memory. */
const places = [
  ...[0x4000_0000, 0x4000_0001, 0x4000_0007, 0x4000_0008, 0x4000_001f, 0x4000_0019, 0x4000_0ffd, 0x4000_0fff],
  ...[0x3fff_fff8, 0x3fff_fffd, 0x7fff_fff8, 0x7fff_ffff, 0xbfff_fff8, 0xbfff_fffb],
  ...[0xffff_fff8, 0xffff_fffc, 0xffff_ffff, 0],
];

function machineFor(instruction: number): Machine {
  return createMachine(programOf([instruction]), new Uint8Array());
}

for (const [name, expected] of loads) {
  test(`${name} anywhere`, () => {
    for (const place of places) {
      for (const imm of [0, -2048, 2047]) {
        const machine = machineFor(word(name, { rd: 3, rs1: 1, imm }));
        writeBytes(machine.memory, place, BYTES);
        // Only the low 32 bits of the sum are an address.
        machine.words[1] = BigInt.asUintN(64, BigInt(place) - BigInt(imm)) ^ (0xabcdn << 48n);
        machine.advance(1);
        assert.equal(machine.words[3], expected, `${name} at 0x${place.toString(16)}`);
      }
    }
  });

  test(`${name} to x0 loads nothing`, () => {
    const machine = machineFor(word(name, { rd: 0, rs1: 1, imm: 0 }));
    machine.words[1] = BigInt(START);
    machine.advance(1);
    assert.equal(machine.words[0], BigInt(START) + 4n);
  });
}

for (const [name, size] of stores) {
  test(`${name} anywhere`, () => {
    for (const place of places) {
      const machine = machineFor(word(name, { rs1: 1, rs2: 2, imm: -5 }));
      const around = (place - 8) >>> 0;
      const before = Uint8Array.from({ length: 24 }, (_, i) => i + 1);
      writeBytes(machine.memory, around, before);
      machine.words[1] = BigInt(place) + 5n;
      machine.words[2] = 0x8796_a5b4_c3d2_e1f0n;
      machine.advance(1);
      before.set(BYTES.subarray(0, size), 8);
      assert.deepEqual(readBytes(machine.memory, around, 24), before, `${name} at 0x${place.toString(16)}`);
    }
  });
}

test("a store over instructions that have been decoded changes what is executed", () => {
  const at = START + 256;
  // In another page, because writing the store into the same page would drop the decoded instructions anyway.
  const elsewhere = START + 0x2000;
  const loop = [word("addi", { rd: 5, rs1: 5, imm: 1 }), word("addi", { rd: 6, rs1: 6, imm: 1 })];
  const replaced = [word("addi", { rd: 7, imm: 7 }), word("addi", { rd: 8, imm: 8 }), word("addi", { rd: 9, imm: 9 })];
  for (const [name, size] of stores) {
    // From completely before the instructions to completely after them.
    for (let offset = -size; offset <= 12; offset++) {
      const bytes = code([...loop, word("addi", { rd: 10, rs1: 10, imm: 1 })]);
      const machine = createMachine({ entry: at, segments: [{ address: at, data: bytes }] }, new Uint8Array());
      machine.advance(3);
      // The store is in the other page. It writes the bytes that the new instructions have at this place.
      const fresh = new Uint8Array(12 + 2 * size);
      fresh.set(code(replaced), size);
      const value = fresh.slice(offset + size, offset + 2 * size);
      const wide = new Uint8Array(8);
      wide.set(value);
      machine.words[1] = BigInt(at + offset);
      machine.words[2] = new DataView(wide.buffer).getBigUint64(0, true);
      writeBytes(machine.memory, elsewhere, code([word(name, { rs1: 1, rs2: 2 })]));
      machine.words[0] = BigInt(elsewhere);
      machine.advance(1);
      // A machine that never saw the old instructions.
      const other = createMachine({ entry: at, segments: [] }, new Uint8Array());
      writeBytes(other.memory, at - 8, readBytes(machine.memory, at - 8, 64));
      other.words.set(machine.words);
      for (const each of [machine, other]) each.words[0] = BigInt(at);
      machine.advance(3);
      other.advance(3);
      assert.deepEqual(machine.words, other.words, `${name} at ${offset}`);
    }
  }
});

test("a store may overwrite the next instruction, and itself", () => {
  const exit = word("ecall");
  const next = createMachine(
    programOf([word("sw", { rs1: 1, rs2: 2, imm: 4 }), word("addi", { rd: 5, imm: 1 })]),
    new Uint8Array(),
  );
  next.words[1] = BigInt(START);
  next.words[2] = BigInt(exit);
  next.advance(10);
  assert.equal(next.words[33], 12n);
  assert.equal(next.words[5], 0n);
  const itself = createMachine(programOf([word("sd", { rs1: 1, rs2: 0, imm: 0 })]), new Uint8Array());
  itself.words[1] = BigInt(START);
  assert.equal(itself.advance(1), 1);
  assert.deepEqual([itself.words[33], itself.words[0]], [0n, BigInt(START) + 4n]);
});

test("memory behaves as a map from addresses to bytes", () => {
  const nearby = fc
    .tuple(fc.constantFrom(0, 0x1000, 0x4000_0000, 0x7fff_f000, 0xffff_f000), fc.integer({ min: -40, max: 40 }))
    .map(([base, offset]) => (base + offset) >>> 0);
  const store = fc.tuple(
    fc.constantFrom(...stores),
    nearby,
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    fc.constantFrom(...loads.map(([name]) => name)),
  );
  fc.assert(
    fc.property(fc.array(store, { maxLength: 60 }), (operations) => {
      const model = new Map<number, number>();
      const machine = createMachine({ entry: 0x2000_0000, segments: [] }, new Uint8Array());
      const code = 0x2000_0000;
      for (const [[name, size], at, value, load] of operations) {
        const pair = [word(name, { rs1: 1, rs2: 2 }), word(load, { rd: 3, rs1: 1 })];
        writeBytes(machine.memory, code, new Uint8Array(Uint32Array.from(pair).buffer));
        machine.words.set([BigInt(code), BigInt(at), value]);
        machine.advance(2);
        for (let i = 0; i < size; i++) model.set((at + i) % 2 ** 32, Number((value >> BigInt(8 * i)) & 255n));
        const width = { b: 1, h: 2, w: 4, d: 8 }[load[1] as "b" | "h" | "w" | "d"];
        let loaded = 0n;
        for (let i = 0; i < width; i++) loaded |= BigInt(model.get((at + i) % 2 ** 32) ?? 0) << BigInt(8 * i);
        if (!load.endsWith("u")) loaded = BigInt.asIntN(8 * width, loaded);
        assert.equal(machine.words[3], BigInt.asUintN(64, loaded));
      }
      for (const [at, byte] of model) assert.equal(load8(machine.memory, at), byte);
    }),
    fuzz(100),
  );
});
