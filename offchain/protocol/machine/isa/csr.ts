// Control and status registers (PROTOCOL.md, table in section 3.3).
import type { Hart } from "../hart.ts";
import { MCAUSE, MEPC, MSCRATCH, MTVAL, MTVEC, STEP } from "../layout.ts";

type Csr = {
  readonly name: string;
  readonly read: (h: Hart) => bigint;
  /** Absent: a write is ignored, or an illegal instruction if the number says read-only. */
  readonly write?: (h: Hart, value: bigint) => void;
};

function word(name: string, place: number, mask: bigint): Csr {
  return {
    name,
    read: (h) => h.words[place] as bigint,
    write: (h, value) => {
      h.words[place] = value & mask;
    },
  };
}

const constant = (name: string, value: bigint): Csr => ({ name, read: () => value });
const counter = (name: string): Csr => ({ name, read: (h) => h.words[STEP] as bigint });

const ANY = 0xffff_ffff_ffff_ffffn;
const CODE_ADDRESS = 0xffff_fffcn;

const CSRS: ReadonlyMap<number, Csr> = new Map([
  [0x300, constant("mstatus", 0x1800n)],
  [0x301, constant("misa", 0x8000_0000_0000_1100n)],
  [0x304, constant("mie", 0n)],
  [0x305, word("mtvec", MTVEC, CODE_ADDRESS)],
  [0x340, word("mscratch", MSCRATCH, ANY)],
  [0x341, word("mepc", MEPC, CODE_ADDRESS)],
  [0x342, word("mcause", MCAUSE, ANY)],
  [0x343, word("mtval", MTVAL, ANY)],
  [0x344, constant("mip", 0n)],
  [0xb00, counter("mcycle")],
  [0xb02, counter("minstret")],
  [0xc00, counter("cycle")],
  [0xc01, counter("time")],
  [0xc02, counter("instret")],
  [0xf11, constant("mvendorid", 0n)],
  [0xf12, constant("marchid", 0n)],
  [0xf13, constant("mimpid", 0n)],
  [0xf14, constant("mhartid", 0n)],
  [0xf15, constant("mconfigptr", 0n)],
]);

/** The manual's name of a CSR, or its number. */
export function csrName(number: number): string {
  return CSRS.get(number)?.name ?? `0x${number.toString(16)}`;
}

/**
 * Reads a CSR, and writes to it what `update` makes of its value.
 * @param update absent if the instruction does not write
 * @returns the value before, or nothing if there is no such CSR or it is read-only and would be written
 */
export function accessCsr(h: Hart, number: number, update?: (before: bigint) => bigint): bigint | undefined {
  const csr = CSRS.get(number);
  // The manual reserves the numbers whose two highest bits are set for read-only registers.
  const readOnly = number >>> 10 === 3;
  if (csr === undefined || (update !== undefined && readOnly)) return undefined;
  const before = csr.read(h);
  if (update !== undefined) csr.write?.(h, update(before));
  return before;
}
