// Edge cases of every instruction that computes rd from registers or an immediate. Expected values were derived by hand from the manual.
import assert from "node:assert/strict";
import test from "node:test";
import { INSTRUCTIONS } from "@sonm/protocol/machine/isa/instructions";
import { createMachine } from "@sonm/protocol/machine/machine";
import { programOf, START, word } from "./assemble.ts";

const MAX = 2n ** 63n - 1n; // the largest signed number
const MIN = 2n ** 63n; // the smallest one
const ONES = 2n ** 64n - 1n; // −1
const INT_MAX = 2n ** 31n - 1n;
const INT_MIN = 2n ** 31n; // as 32 bits
const SIGN32 = 0xffff_ffff_8000_0000n; // the same, sign-extended
const WORD = 2n ** 32n; // the lowest bit that *w instructions ignore

/** Two source values, and the value of rd afterwards. */
const registerCases: Record<string, readonly (readonly [bigint, bigint, bigint])[]> = {
  add: [
    [1n, 2n, 3n],
    [ONES, 1n, 0n],
    [MAX, 1n, MIN],
    [MIN, MIN, 0n],
  ],
  sub: [
    [3n, 2n, 1n],
    [0n, 1n, ONES],
    [MIN, 1n, MAX],
  ],
  sll: [
    [1n, 63n, MIN],
    [1n, 64n, 1n],
    [3n, 65n, 6n],
    [ONES, 4n, ONES - 15n],
    [1n, ONES, MIN],
  ],
  slt: [
    [0n, 1n, 1n],
    [1n, 0n, 0n],
    [5n, 5n, 0n],
    [ONES, 0n, 1n],
    [MIN, MAX, 1n],
    [MAX, MIN, 0n],
  ],
  sltu: [
    [2n ** 31n, 1n, 0n],
    [1n, 2n ** 31n, 1n],
    [0n, 1n, 1n],
    [1n, 0n, 0n],
    [5n, 5n, 0n],
    [ONES, 0n, 0n],
    [MIN, MAX, 0n],
    [MAX, MIN, 1n],
  ],
  xor: [
    [0b1100n, 0b1010n, 0b0110n],
    [ONES, ONES, 0n],
    [ONES, MIN, MAX],
  ],
  srl: [
    [MIN, 63n, 1n],
    [MIN, 64n, MIN],
    [ONES, 65n, MAX],
    [ONES, 127n, 1n],
  ],
  sra: [
    [MIN, 63n, ONES],
    [MIN, 64n, MIN],
    [MAX, 62n, 1n],
    [ONES, 65n, ONES],
    [MIN, 1n, MIN | (MIN >> 1n)],
  ],
  or: [
    [0b1100n, 0b1010n, 0b1110n],
    [MIN, MAX, ONES],
  ],
  and: [
    [0b1100n, 0b1010n, 0b1000n],
    [MIN, MAX, 0n],
  ],
  addw: [
    [1n, 2n, 3n],
    [INT_MAX, 1n, SIGN32],
    [ONES, 1n, 0n],
    [WORD + 5n, WORD, 5n],
  ],
  subw: [
    [3n, 2n, 1n],
    [0n, 1n, ONES],
    [INT_MIN, 1n, INT_MAX],
    [WORD, 1n, ONES],
  ],
  sllw: [
    [1n, 31n, SIGN32],
    [1n, 32n, 1n],
    [3n, 33n, 6n],
    [WORD + 1n, 0n, 1n],
    [1n, ONES, SIGN32],
  ],
  srlw: [
    [INT_MIN, 31n, 1n],
    [INT_MIN, 32n, SIGN32],
    [ONES, 1n, INT_MAX],
    [ONES, 32n, ONES],
    [WORD, 0n, 0n],
  ],
  sraw: [
    [INT_MIN, 31n, ONES],
    [INT_MIN, 32n, SIGN32],
    [INT_MAX, 30n, 1n],
    [WORD + INT_MIN, 33n, 0xffff_ffff_c000_0000n],
  ],
  mul: [
    [3n, 5n, 15n],
    [ONES, ONES, 1n],
    [MIN, 2n, 0n],
    [MIN, ONES, MIN],
    [2n ** 32n, 2n ** 32n, 0n],
  ],
  mulh: [
    [3n, 5n, 0n],
    [ONES, ONES, 0n],
    [ONES, 1n, ONES],
    [MIN, MIN, 2n ** 62n],
    [MIN, ONES, 0n],
    [MAX, MAX, 2n ** 62n - 1n],
  ],
  mulhsu: [
    [3n, 5n, 0n],
    [ONES, ONES, ONES],
    [1n, ONES, 0n],
    [MIN, MIN, 2n ** 63n + 2n ** 62n],
    [ONES, 1n, ONES],
    [MAX, ONES, MAX - 1n],
  ],
  mulhu: [
    [3n, 5n, 0n],
    [ONES, ONES, ONES - 1n],
    [MIN, 2n, 1n],
    [MIN, MIN, 2n ** 62n],
  ],
  div: [
    [7n, 2n, 3n],
    [ONES - 6n, 2n, ONES - 2n],
    [7n, ONES - 1n, ONES - 2n],
    [5n, 0n, ONES],
    [MIN, ONES, MIN],
    [MIN, 0n, ONES],
    [0n, 0n, ONES],
  ],
  divu: [
    [7n, 2n, 3n],
    [ONES, 2n, MAX],
    [5n, 0n, ONES],
    [MIN, ONES, 0n],
    [ONES, 1n, ONES],
  ],
  rem: [
    [7n, 2n, 1n],
    [ONES - 6n, 2n, ONES],
    [7n, ONES - 1n, 1n],
    [5n, 0n, 5n],
    [MIN, ONES, 0n],
    [MIN, 0n, MIN],
  ],
  remu: [
    [7n, 2n, 1n],
    [ONES, 2n, 1n],
    [5n, 0n, 5n],
    [MIN, ONES, MIN],
    [ONES, 0n, ONES],
  ],
  mulw: [
    [3n, 5n, 15n],
    [INT_MIN, ONES, SIGN32],
    [WORD + 3n, WORD + 5n, 15n],
    [0xffffn, 0x1_0001n, ONES],
  ],
  divw: [
    [7n, 2n, 3n],
    [ONES - 6n, 2n, ONES - 2n],
    [5n, 0n, ONES],
    [INT_MIN, ONES, SIGN32],
    [WORD + 6n, WORD + 2n, 3n],
    [INT_MIN, WORD, ONES],
  ],
  divuw: [
    [7n, 2n, 3n],
    [ONES, 1n, ONES],
    [ONES, 2n, INT_MAX],
    [5n, 0n, ONES],
    [INT_MIN, ONES, 0n],
    [INT_MIN, 1n, SIGN32],
  ],
  remw: [
    [7n, 2n, 1n],
    [ONES - 6n, 2n, ONES],
    [INT_MIN, 0n, SIGN32],
    [INT_MIN, ONES, 0n],
    [WORD + 7n, WORD, 7n],
  ],
  remuw: [
    [7n, 2n, 1n],
    [ONES, 2n, 1n],
    [ONES, 0n, ONES],
    [INT_MIN, ONES, SIGN32],
    [WORD + 7n, WORD + 4n, 3n],
  ],
};

/** A source value, the immediate, and the value of rd afterwards. */
const immediateCases: Record<string, readonly (readonly [bigint, number, bigint])[]> = {
  addi: [
    [1n, 2, 3n],
    [0n, -1, ONES],
    [ONES, 2047, 2046n],
    [0n, -2048, ONES - 2047n],
    [MAX, 1, MIN],
  ],
  slti: [
    [0n, 1, 1n],
    [0n, -1, 0n],
    [ONES, 0, 1n],
    [MIN, -2048, 1n],
    [ONES, -1, 0n],
  ],
  sltiu: [
    [0n, 1, 1n],
    [0n, -1, 1n],
    [ONES, -1, 0n],
    [ONES - 1n, -1, 1n],
    [1n, 1, 0n],
    [ONES - 2048n, -2048, 1n],
  ],
  xori: [
    [0b1100n, 0b1010, 0b0110n],
    [5n, -1, ONES - 5n],
  ],
  ori: [
    [0b1100n, 0b1010, 0b1110n],
    [0n, -2048, ONES - 2047n],
  ],
  andi: [
    [0b1100n, 0b1010, 0b1000n],
    [ONES, -2048, ONES - 2047n],
    [ONES, 2047, 2047n],
  ],
  slli: [
    [1n, 63, MIN],
    [3n, 63, MIN],
    [1n, 32, WORD],
    [5n, 0, 5n],
  ],
  srli: [
    [MIN, 63, 1n],
    [ONES, 1, MAX],
    [ONES, 0, ONES],
    [WORD, 32, 1n],
  ],
  srai: [
    [MIN, 63, ONES],
    [MAX, 62, 1n],
    [ONES, 1, ONES],
    [MIN, 0, MIN],
  ],
  addiw: [
    [1n, 2, 3n],
    [INT_MAX, 1, SIGN32],
    [WORD + 5n, 0, 5n],
    [0n, -1, ONES],
    [INT_MIN, -1, INT_MAX],
  ],
  slliw: [
    [1n, 31, SIGN32],
    [WORD + 1n, 1, 2n],
    [3n, 31, SIGN32],
  ],
  srliw: [
    [INT_MIN, 31, 1n],
    [ONES, 0, ONES],
    [ONES, 1, INT_MAX],
    [WORD, 1, 0n],
  ],
  sraiw: [
    [INT_MIN, 31, ONES],
    [INT_MAX, 30, 1n],
    [WORD + INT_MIN, 0, SIGN32],
  ],
  lui: [
    [0n, 0x1234_5000, 0x1234_5000n],
    [0n, 0x8000_0000, SIGN32],
    [0n, 0xffff_f000, ONES - 0xfffn],
  ],
  auipc: [
    [0n, 0x1000, BigInt(START) + 0x1000n],
    [0n, 0xffff_f000, BigInt(START) - 0x1000n],
    [0n, 0x8000_0000, SIGN32 + BigInt(START)],
  ],
};

/** What rd (by default x3) holds after one instruction on x1 and x2; the rest of the state is checked not to have changed. */
function result(name: string, a: bigint, b: bigint, imm: number, operands = { rd: 3, rs1: 1, rs2: 2 }): bigint {
  const machine = createMachine(programOf([word(name, { ...operands, imm })]), new Uint8Array());
  for (const [register] of machine.words.entries()) if (register > 2 && register < 32) machine.words[register] = 77n;
  machine.words[1] = a;
  machine.words[2] = b;
  const expected = machine.words.slice();
  assert.equal(machine.advance(1), 1);
  const value = machine.words[operands.rd] as bigint;
  expected[0] = BigInt(START) + 4n;
  expected[32] = 1n;
  if (operands.rd !== 0) expected[operands.rd] = value;
  assert.deepEqual(machine.words, expected, `${name} changes something besides rd`);
  return value;
}

for (const [name, cases] of Object.entries(registerCases)) {
  test(name, () => {
    for (const [a, b, expected] of cases) assert.equal(result(name, a, b, 0), expected, `${name} ${a} ${b}`);
    const [a, b, expected] = cases[0] as readonly [bigint, bigint, bigint];
    // rd may be a source.
    assert.equal(result(name, a, b, 0, { rd: 1, rs1: 1, rs2: 2 }), expected);
    assert.equal(result(name, a, b, 0, { rd: 2, rs1: 1, rs2: 2 }), expected);
    // x0 as rd drops the result, and x0 as a source is 0, although the machine keeps the pc in its place.
    result(name, a, b, 0, { rd: 0, rs1: 1, rs2: 2 });
    assert.equal(result(name, 0n, b, 0), result(name, 1n, b, 0, { rd: 3, rs1: 0, rs2: 2 }));
    assert.equal(result(name, a, 0n, 0), result(name, a, 1n, 0, { rd: 3, rs1: 1, rs2: 0 }));
  });
}

for (const [name, cases] of Object.entries(immediateCases)) {
  test(name, () => {
    for (const [a, imm, expected] of cases) assert.equal(result(name, a, 0n, imm), expected, `${name} ${a} ${imm}`);
    const [, imm] = cases[0] as readonly [bigint, number, bigint];
    result(name, 1n, 0n, imm, { rd: 0, rs1: 1, rs2: 0 });
    assert.equal(result(name, 0n, 0n, imm), result(name, 9n, 0n, imm, { rd: 3, rs1: 0, rs2: 0 }));
  });
}

test("every computing instruction has its cases", () => {
  const computing = INSTRUCTIONS.filter(
    ({ format, name }) => ["R", "I", "shift5", "shift6", "U"].includes(format) && name !== "jalr",
  );
  assert.deepEqual(
    computing.map(({ name }) => name).sort(),
    [...Object.keys(registerCases), ...Object.keys(immediateCases)].sort(),
  );
});
