// Random instructions that stay within bounds: loads and stores only in a window, jumps only forward.

import type { ProgramImage } from "@sonm/protocol/machine/elf";
import { INSTRUCTIONS, type Row } from "@sonm/protocol/machine/isa/instructions";
import fc from "fast-check";
import { code, START, word } from "./assemble.ts";

/** Registers that the stream reads but does not write: the middle of the window, and the base of indirect jumps. */
const WINDOW_REGISTER = 31;
const BASE_REGISTER = 30;
/** The window: its first double words are what the registers start with. */
const WINDOW_SIZE = 4096;
const WINDOW_MIDDLE = 0x2_1000;
const WINDOW_START = WINDOW_MIDDLE - WINDOW_SIZE / 2;

/** Numbers at which arithmetic often goes wrong, and others. */
export const edgeWord: fc.Arbitrary<bigint> = fc.oneof(
  fc.constantFrom(
    0n,
    1n,
    2n,
    31n,
    32n,
    63n,
    64n,
    65n,
    127n,
    128n,
    2n ** 31n - 1n,
    2n ** 31n,
    2n ** 32n - 1n,
    2n ** 32n,
  ),
  fc.constantFrom(2n ** 63n - 1n, 2n ** 63n, 2n ** 63n + 1n, 2n ** 64n - 2n, 2n ** 64n - 1n, 2n ** 64n - 2n ** 31n),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }),
);

/** Instructions that have the same effect in any user program: no traps, counters or machine-mode registers. */
const rows = INSTRUCTIONS.filter(({ format, name }) => !["csr", "csri", "fixed"].includes(format) && name !== "jalr");

/** One or two instructions that belong together. Jumps skip whole items, so that no jump lands between the two. */
type Item = { readonly size: number; readonly over: number; readonly words: (distance: number) => number[] };

const source = fc.integer({ min: 0, max: 31 });
const destination = fc.integer({ min: 0, max: 29 });
const registers = fc.record({ rd: destination, rs1: source, rs2: source });
const imm12 = fc.oneof(fc.integer({ min: -2048, max: 2047 }), fc.constantFrom(-2048, -1, 0, 1, 2047));
/** Number of items that a jump skips. */
const over = fc.integer({ min: 0, max: 7 });

/** An instruction of the row with random operands. */
function itemOf(row: Row): fc.Arbitrary<Item> {
  const one = (operands: fc.Arbitrary<Parameters<typeof word>[1]>): fc.Arbitrary<Item> =>
    operands.map((o) => ({ size: 1, over: 0, words: () => [word(row.name, o)] }));
  const withImmediate = (imm: fc.Arbitrary<number>) => one(fc.tuple(registers, imm).map(([o, imm]) => ({ ...o, imm })));
  switch (row.format) {
    case "shift6":
      return withImmediate(fc.nat(63));
    case "shift5":
      return withImmediate(fc.nat(31));
    case "load":
    case "store": {
      const inWindow = fc.integer({ min: -2048, max: 2040 });
      return one(fc.tuple(registers, inWindow).map(([o, imm]) => ({ ...o, rs1: WINDOW_REGISTER, imm })));
    }
    case "branch":
    case "J":
      return fc.tuple(registers, over).map(([o, over]) => ({
        size: 1,
        over,
        words: (distance) => [word(row.name, { ...o, imm: 4 + distance })],
      }));
    case "U":
      return withImmediate(fc.integer());
    case "I":
      return withImmediate(imm12);
    default:
      return one(row.format === "R" ? registers : fc.constant({}));
  }
}

/** An indirect jump forward. The lowest bit of the offset is random, because the machine ignores it. */
const indirect: fc.Arbitrary<Item> = fc.tuple(destination, over, fc.nat(1)).map(([rd, over, odd]) => ({
  size: 2,
  over,
  words: (distance) => [
    word("auipc", { rd: BASE_REGISTER, imm: 0 }),
    word("jalr", { rd, rs1: BASE_REGISTER, imm: 8 + distance + odd }),
  ],
}));

const item = fc.oneof(
  { weight: rows.length, arbitrary: fc.constantFrom(...rows).chain(itemOf) },
  { weight: 1, arbitrary: indirect },
);

function assembleItems(items: readonly Item[]): number[] {
  return items.flatMap(({ over, words }, i) => {
    const skipped = items.slice(i + 1, i + 1 + over);
    return words(skipped.reduce((bytes, { size }) => bytes + 4 * size, 0));
  });
}

/** Loads the registers from the window, runs a stream of that many items, reads the whole window, and exits. */
export function randomProgram(length: number): fc.Arbitrary<ProgramImage> {
  const contents = fc.array(edgeWord, { minLength: WINDOW_SIZE / 8, maxLength: WINDOW_SIZE / 8 });
  return fc.tuple(fc.array(item, { minLength: length, maxLength: length }), contents).map(([items, window]) => {
    const fromWindow = (rd: number, i: number) =>
      word("ld", { rd, rs1: WINDOW_REGISTER, imm: 8 * i - WINDOW_SIZE / 2 });
    const words = [
      word("lui", { rd: WINDOW_REGISTER, imm: WINDOW_MIDDLE }),
      ...Array.from({ length: 30 }, (_, i) => fromWindow(i + 1, i)),
      ...assembleItems(items),
      ...Array.from({ length: WINDOW_SIZE / 8 }, (_, i) => fromWindow(1 + (i % 29), i)),
      word("addi", { rd: 17, imm: 93 }),
      word("ecall"),
    ];
    return {
      entry: START,
      segments: [
        { address: START, data: code(words) },
        { address: WINDOW_START, data: new Uint8Array(BigUint64Array.from(window).buffer) },
      ],
    };
  });
}
