import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { decode, immediateOf } from "@sonm/protocol/machine/isa/decode";
import { disassemble } from "@sonm/protocol/machine/isa/disassemble";
import { foreignRow, marchOf } from "@sonm/protocol/machine/isa/foreign";
import { FORMAT_MASKS, INSTRUCTIONS } from "@sonm/protocol/machine/isa/instructions";
import fc from "fast-check";
import { fuzz } from "../../../support/fuzz.ts";
import { word } from "./assemble.ts";

/** Instruction words, and their text at pc 0x10000. */
const listing: readonly (readonly [number, string])[] = [
  [0x0000_0013, "addi zero, zero, 0"],
  [0xfff5_0513, "addi a0, a0, -1"],
  [0x4000_05b7, "lui a1, 0x40000"],
  [0x0000_0197, "auipc gp, 0x0"],
  [0x0080_00ef, "jal ra, 0x10008"],
  [0x0000_8067, "jalr zero, 0(ra)"],
  [0xfe73_1ee3, "bne t1, t2, 0xfffc"],
  [0x0085_b383, "ld t2, 8(a1)"],
  [0xfe65_bc23, "sd t1, -8(a1)"],
  [0x0253_0e33, "mul t3, t1, t0"],
  [0x4023_5e1b, "sraiw t3, t1, 2"],
  [0x03f3_1313, "slli t1, t1, 63"],
  [0x3052_9073, "csrrw zero, mtvec, t0"],
  [0x3400_65f3, "csrrsi a1, mscratch, 0"],
  [0x3ff0_25f3, "csrrs a1, 0x3ff, zero"],
  [0x0000_0073, "ecall"],
  [0x3020_0073, "mret"],
  [0x0000_100f, "fence.i"],
  [0x0000_0000, ".word 0x00000000"],
  [0xffff_ffff, ".word 0xffffffff"],
];

for (const [instruction, text] of listing) {
  test(text, () => assert.equal(disassemble(instruction, 0x1_0000), text));
}

test("U9: instructions of other RISC-V processors are named as binutils names them, with the -march that has them", () => {
  const listed = readFileSync(new URL("cases/foreign.txt", import.meta.url), "utf8")
    .trim()
    .split("\n");
  for (const line of listed) {
    const [digits = "", march, ...text] = line.split(" ");
    const instruction = Number.parseInt(digits, 16);
    assert.equal(disassemble(instruction, 0x1_0000), text.join(" "));
    assert.equal(marchOf(instruction), march, line);
  }
});

test("U9: nothing that the machine executes is taken for another processor's", () => {
  for (const { match, name } of INSTRUCTIONS) assert.equal(foreignRow(match), undefined, name);
});

test("U9: the other extensions are known by their place, and zeros belong to none", () => {
  const marches = [0x0205_7057, 0x0205_6407, 0x0001, 0x0030_2573, 0, 0xffff_ffff, 0x1020_0073].map(marchOf);
  assert.deepEqual(marches, ["rv64imv", "rv64imv", "rv64imc", "rv64imf", undefined, undefined, undefined]);
});

test("what is assembled is decoded: every row, every operand", () => {
  const register = fc.integer({ min: 1, max: 31 });
  fc.assert(
    fc.property(
      fc.constantFrom(...INSTRUCTIONS),
      register,
      register,
      register,
      fc.integer(),
      (row, rd, rs1, rs2, bits) => {
        // The immediate's range by format; the lowest bits that a format cannot hold are zero.
        const imm = {
          R: 0,
          I: bits >> 20,
          load: bits >> 20,
          store: bits >> 20,
          shift6: bits & 63,
          shift5: bits & 31,
          branch: (bits >> 20) * 2,
          U: bits & ~0xfff,
          J: (bits >> 12) * 2,
          fence: 0,
          csr: 0,
          csri: 0,
          fixed: 0,
        }[row.format];
        const instruction = decode(word(row.name, { rd, rs1, rs2, imm }));
        assert.equal(instruction.row.name, row.name);
        assert.equal(instruction.imm, imm);
        assert.equal(instruction.imm64, BigInt(imm));
        if (["R", "I", "load", "U", "J"].includes(row.format)) assert.equal(instruction.rd, rd);
        if (["R", "I", "load", "store", "branch"].includes(row.format)) assert.equal(instruction.rs1, rs1);
        if (["R", "store", "branch"].includes(row.format)) assert.equal(instruction.rs2, rs2);
      },
    ),
    fuzz(500),
  );
});

test("no word belongs to two rows, and the fixed bits of a row are within its mask", () => {
  for (const [i, a] of INSTRUCTIONS.entries()) {
    const mask = FORMAT_MASKS[a.format];
    assert.equal((a.match & mask) >>> 0, a.match, a.name);
    for (const b of INSTRUCTIONS.slice(i + 1)) {
      const both = mask & FORMAT_MASKS[b.format];
      // Two rows differ in a bit that both of them check.
      assert.notEqual((a.match ^ b.match) & both, 0, `${a.name} and ${b.name}`);
    }
  }
});

test("an immediate is 0 where a format has none", () => {
  assert.equal(immediateOf(0xffff_ffff, "R"), 0);
  assert.equal(immediateOf(0xffff_ffff, "fixed"), 0);
});
