// Instructions from names and operands, for tests: written from the manual's encodings, independently of the decoder.
import type { ProgramImage } from "@sonm/protocol/machine/elf";
import { INSTRUCTIONS, type Row } from "@sonm/protocol/machine/isa/instructions";

export type Operands = { rd?: number; rs1?: number; rs2?: number; imm?: number; csr?: number };

const rows = new Map<string, Row>(INSTRUCTIONS.map((row) => [row.name, row]));

/** The bits `high … low` of an immediate, put at `at`. */
function bits(imm: number, high: number, low: number, at: number): number {
  const count = high - low + 1;
  return Number((((BigInt(imm) >> BigInt(low)) & ((1n << BigInt(count)) - 1n)) << BigInt(at)) & 0xffff_ffffn);
}

/** The 32-bit word of an instruction. `imm` is its plain value: a byte offset, a shift amount, or for lui and auipc all 32 bits. */
export function word(name: string, { rd = 0, rs1 = 0, rs2 = 0, imm = 0, csr = 0 }: Operands = {}): number {
  const row = rows.get(name);
  if (row === undefined) throw new Error(`no instruction ${name}`);
  const r = (rd << 7) | (rs1 << 15) | (rs2 << 20);
  const fields = {
    R: r,
    I: (rd << 7) | (rs1 << 15) | bits(imm, 11, 0, 20),
    load: (rd << 7) | (rs1 << 15) | bits(imm, 11, 0, 20),
    shift6: (rd << 7) | (rs1 << 15) | bits(imm, 5, 0, 20),
    shift5: (rd << 7) | (rs1 << 15) | bits(imm, 4, 0, 20),
    store: (rs1 << 15) | (rs2 << 20) | bits(imm, 4, 0, 7) | bits(imm, 11, 5, 25),
    branch:
      (rs1 << 15) |
      (rs2 << 20) |
      bits(imm, 11, 11, 7) |
      bits(imm, 4, 1, 8) |
      bits(imm, 10, 5, 25) |
      bits(imm, 12, 12, 31),
    U: (rd << 7) | bits(imm, 31, 12, 12),
    J: (rd << 7) | bits(imm, 19, 12, 12) | bits(imm, 11, 11, 20) | bits(imm, 10, 1, 21) | bits(imm, 20, 20, 31),
    fence: r,
    csr: (rd << 7) | (rs1 << 15) | (csr << 20),
    csri: (rd << 7) | (bits(imm, 4, 0, 15) as number) | (csr << 20),
    fixed: 0,
  }[row.format];
  return (row.match | fields) >>> 0;
}

/** The bytes of instructions. */
export function code(words: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * words.length);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of words.entries()) view.setUint32(4 * i, value, true);
  return bytes;
}

/** Where test programs begin. */
export const START = 0x1_0000;

/** A program of these instructions. */
export function programOf(words: readonly number[], entry: number = START): ProgramImage {
  return { entry, segments: [{ address: entry, data: code(words) }] };
}
