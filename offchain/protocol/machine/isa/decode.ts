// From the 32-bit word to the instruction.
import { X0_READ, X0_WRITTEN } from "../hart.ts";
import { FORMAT_MASKS, type Format, ILLEGAL, INSTRUCTIONS, type Instruction, type Row } from "./instructions.ts";

/** Rows by opcode (the low 7 bits), so that only few are compared. */
const byOpcode: readonly Row[][] = Array.from({ length: 128 }, (_, opcode) =>
  INSTRUCTIONS.filter(({ match }) => (match & 0x7f) === opcode),
);

/** The row of the table that a word belongs to; `ILLEGAL` if none. */
export function rowOf(word: number): Row {
  const rows = byOpcode[word & 0x7f] as Row[];
  return rows.find(({ format, match }) => (word & FORMAT_MASKS[format]) >>> 0 === match) ?? ILLEGAL;
}

/** The immediate of a word, in the manual's layouts; 0 where the format has none. */
export function immediateOf(word: number, format: Format): number {
  const w = word | 0;
  switch (format) {
    case "I":
    case "load":
      return w >> 20;
    case "shift6":
      return (w >>> 20) & 63;
    case "shift5":
      return (w >>> 20) & 31;
    case "store":
      return ((w >> 25) << 5) | ((w >>> 7) & 31);
    case "branch":
      return ((w >> 31) << 12) | ((w << 4) & 0x800) | ((w >>> 20) & 0x7e0) | ((w >>> 7) & 0x1e);
    case "U":
      return w & 0xffff_f000;
    case "J":
      return ((w >> 31) << 20) | (w & 0xf_f000) | ((w >>> 9) & 0x800) | ((w >>> 20) & 0x7fe);
    default:
      return 0;
  }
}

/** The numbers in the three register fields, whether or not the format uses them. */
export function registersOf(word: number): { rd: number; rs1: number; rs2: number } {
  return { rd: (word >>> 7) & 31, rs1: (word >>> 15) & 31, rs2: (word >>> 20) & 31 };
}

/** Decodes a word (its low 32 bits). */
export function decode(word: number): Instruction {
  const row = rowOf(word);
  const { rd, rs1, rs2 } = registersOf(word);
  const imm = immediateOf(word, row.format);
  return {
    row,
    execute: row.body,
    word: word >>> 0,
    rd: rd || X0_WRITTEN,
    rs1: rs1 || X0_READ,
    rs2: rs2 || X0_READ,
    imm,
    imm64: BigInt(imm),
  };
}

/** Bytes that a load or store moves, 0 for any other instruction. */
export function accessSize({ row, word }: Instruction): number {
  return row.format === "load" || row.format === "store" ? 1 << ((word >>> 12) & 3) : 0;
}
