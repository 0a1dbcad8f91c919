// Random states of the machine, mostly where implementations tend to differ.

import { immediateOf, registersOf } from "@sonm/protocol/machine/isa/decode";
import { FORMAT_MASKS, INSTRUCTIONS, type Row } from "@sonm/protocol/machine/isa/instructions";
import {
  HALT,
  LEAF_SIZE,
  MCAUSE,
  MEPC,
  MSCRATCH,
  MTVAL,
  MTVEC,
  PC,
  REGION_SIZE,
  STEP,
  WORD_COUNT,
} from "@sonm/protocol/machine/layout";
import { emptyMachine, type Machine } from "@sonm/protocol/machine/machine";
import { writeBytes } from "@sonm/protocol/machine/memory";
import * as fc from "fast-check";

/** A state: words that are not 0, and what is written into memory, in this order. */
export type State = {
  readonly words: ReadonlyMap<number, bigint>;
  readonly memory: readonly { readonly address: number; readonly bytes: Uint8Array }[];
};

/** A machine in that state. */
export function machineIn({ words, memory }: State): Machine {
  const machine = emptyMachine();
  for (const [place, word] of words) machine.words[place] = word;
  for (const { address, bytes } of memory) writeBytes(machine.memory, address, bytes);
  return machine;
}

/** The bytes of a 32-bit word. */
export function instructionBytes(word: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, word, true);
  return bytes;
}

const u64 = (value: bigint): bigint => BigInt.asUintN(64, value);

/** 64 bits: small, around powers of two, sign-extended words, anything. */
export const word64: fc.Arbitrary<bigint> = fc.oneof(
  fc.constant(0n),
  fc.constantFrom(1n, -1n, 2n ** 63n, 2n ** 63n - 1n, -(2n ** 31n), 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n).map(u64),
  fc.bigInt({ min: -2048n, max: 2047n }).map(u64),
  fc
    .tuple(fc.integer({ min: 0, max: 63 }), fc.bigInt({ min: -1n, max: 1n }))
    .map(([n, d]) => u64((1n << BigInt(n)) + d)),
  fc.bigInt({ min: -(2n ** 31n), max: 2n ** 31n - 1n }).map(u64),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
);

/** 32 bits: anywhere, around the ends of regions and of memory, around the ends of leaves. */
const address: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  fc
    .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: -12, max: 40 }))
    .map(([region, offset]) => (region * REGION_SIZE + offset) >>> 0),
  fc
    .tuple(fc.integer({ min: 0, max: 2 ** 27 - 1 }), fc.integer({ min: -9, max: 9 }))
    .map(([leaf, offset]) => (leaf * LEAF_SIZE + offset) >>> 0),
);

const anyWord = fc.integer({ min: 0, max: 2 ** 32 - 1 });

const KNOWN_CSRS = [
  0x300, 0x301, 0x304, 0x305, 0x340, 0x341, 0x342, 0x343, 0x344, 0xb00, 0xb02, 0xc00, 0xc01, 0xc02, 0xf11, 0xf12, 0xf13,
  0xf14, 0xf15,
];

/** A valid encoding of a row, whose register fields are sometimes all below x4, so that they meet. */
export function encodingOf({ format, match }: Row): fc.Arbitrary<number> {
  const mask = FORMAT_MASKS[format];
  const isCsr = format === "csr" || format === "csri";
  return fc
    .tuple(anyWord, fc.boolean(), fc.constantFrom(...KNOWN_CSRS), fc.integer({ min: 0, max: 4 }))
    .map(([any, meet, csr, luck]) => {
      const fields = meet ? any & ~0x01ce_0e00 : any;
      const operands = isCsr && luck > 0 ? (fields & 0xf_ffff) | (csr << 20) : fields;
      return ((operands & ~mask) | match) >>> 0;
    });
}

/** Encodings with one flipped bit among those that identify the instruction: one for each such bit of each instruction. */
export const NEAR_MISSES: readonly fc.Arbitrary<number>[] = INSTRUCTIONS.flatMap((row) =>
  Array.from({ length: 32 }, (_, i) => (1 << i) >>> 0)
    .filter((bit) => FORMAT_MASKS[row.format] & bit)
    .map((bit) => encodingOf(row).map((word) => (word ^ bit) >>> 0)),
);

/** Words that are probably no instruction. */
export const strangeWord: fc.Arbitrary<number> = fc.oneof(
  anyWord,
  fc
    .tuple(anyWord, fc.constantFrom(0x73, 0x0f, 0x67, 0x63, 0x23, 0x03, 0x33, 0x3b, 0x13, 0x1b))
    .map(([any, opcode]) => ((any & ~0x7f) | opcode) >>> 0),
);

/** Mostly values that programs have in these words, sometimes any value. */
const special = (usual: fc.Arbitrary<bigint>): fc.Arbitrary<bigint> =>
  fc.oneof({ weight: 4, arbitrary: usual }, { weight: 1, arbitrary: word64 });

const always = (value: bigint): fc.Arbitrary<bigint> => fc.constant(value);

const specials = fc.record({
  pc: fc.oneof(
    { weight: 8, arbitrary: address.map((at) => BigInt(at - (at % 4))) },
    { weight: 1, arbitrary: address.map(BigInt) },
    { weight: 1, arbitrary: word64 },
  ),
  step: special(fc.bigInt({ min: 0n, max: 2n ** 48n })),
  halt: fc.oneof({ weight: 15, arbitrary: always(0n) }, { weight: 1, arbitrary: word64 }),
  mtvec: fc.oneof(
    { weight: 2, arbitrary: always(0n) },
    { weight: 2, arbitrary: address.map((at) => BigInt(at - (at % 4))) },
    { weight: 1, arbitrary: word64 },
  ),
  mepc: special(address.map((at) => BigInt(at - (at % 4)))),
  others: fc.array(word64, { minLength: 3, maxLength: 3 }),
  reserved: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.tuple(fc.integer({ min: MTVAL + 1, max: WORD_COUNT - 1 }), word64)) },
  ),
});

/** A state whose next step executes a word of that kind. */
export function stateBefore(instruction: fc.Arbitrary<number>): fc.Arbitrary<State> {
  return fc
    .record({
      instruction,
      specials,
      registers: fc.array(word64, { minLength: 31, maxLength: 31 }),
      equalOperands: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
      target: address,
      targetHigh: special(always(0n)),
      /** bytes from the pc to the target, for an access near the code */
      near: fc.option(fc.integer({ min: -10, max: 10 }), { freq: 4 }),
      code: fc.uint8Array({ minLength: LEAF_SIZE, maxLength: LEAF_SIZE }),
      data: fc.uint8Array({ minLength: 2 * LEAF_SIZE, maxLength: 2 * LEAF_SIZE }),
      far: fc.array(address, { maxLength: 3 }),
    })
    .map((r) => {
      const { pc, step, halt, mtvec, mepc, others, reserved } = r.specials;
      const words = new Map<number, bigint>([
        [PC, pc],
        [STEP, step],
        [HALT, halt],
        [MTVEC, mtvec],
        [MEPC, mepc],
        ...reserved,
      ]);
      for (const [i, place] of [MSCRATCH, MCAUSE, MTVAL].entries()) words.set(place, others[i] as bigint);
      for (const [i, value] of r.registers.entries()) words.set(i + 1, value);

      const at = Number(BigInt.asUintN(32, pc));
      const row = INSTRUCTIONS.find(({ format, match }) => (r.instruction & FORMAT_MASKS[format]) >>> 0 === match);
      const { rs1, rs2 } = registersOf(r.instruction);
      const target = r.near === null ? r.target : (at + r.near) >>> 0;
      const addressed = row?.format === "load" || row?.format === "store" || row?.name === "jalr";
      if (row !== undefined && addressed && rs1 !== 0) {
        words.set(rs1, u64((r.targetHigh << 32n) + BigInt(target - immediateOf(r.instruction, row.format))));
      } else if (r.equalOperands && rs1 !== 0 && rs2 !== 0) {
        words.set(rs1, words.get(rs2) as bigint);
      }
      const leafOf = (a: number): number => a - (a % LEAF_SIZE);
      const memory = [
        ...r.far.map((a) => ({ address: a, bytes: Uint8Array.of(1) })),
        { address: leafOf(target), bytes: r.data },
        { address: leafOf(at), bytes: r.code },
        { address: at - (at % 4), bytes: instructionBytes(r.instruction) },
      ];
      return { words, memory };
    });
}

/** A state as text that can be read, kept and converted back: hexadecimal, without zero words. */
export type FrozenState = { why?: string; words: Record<string, string>; memory: Record<string, string>[] };

export function freeze({ words, memory }: State): FrozenState {
  return {
    words: Object.fromEntries(
      [...words].filter(([, w]) => w !== 0n).map(([place, w]) => [place, `0x${w.toString(16)}`]),
    ),
    memory: memory.map(({ address: at, bytes }) => ({ [`0x${at.toString(16)}`]: Buffer.from(bytes).toString("hex") })),
  };
}

export function thaw({ words, memory }: FrozenState): State {
  return {
    words: new Map(Object.entries(words).map(([place, w]) => [Number(place), BigInt(w)])),
    memory: memory.flatMap((piece) =>
      Object.entries(piece).map(([at, hex]) => ({
        address: Number(at),
        bytes: new Uint8Array(Buffer.from(hex, "hex")),
      })),
    ),
  };
}
