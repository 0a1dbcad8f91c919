// The instructions: one row each, in the order of the manual and of contracts/machine (PROTOCOL.md, section 3.3).
// The comment above a body is what the manual says of it. Registers are 64 bits; a body returns the next pc unless it is pc + 4.

import { type Hart, lowHalf, trap } from "../hart.ts";
import { CAUSE_BREAKPOINT, CAUSE_ECALL, CAUSE_ILLEGAL_INSTRUCTION, CAUSE_MISALIGNED_JUMP, MEPC } from "../layout.ts";
import { load8, load16, load32, load64, store8, store16, store32, store64 } from "../memory.ts";
import { accessCsr } from "./csr.ts";
import { highProduct, leftHigh, leftLow, lessUnsigned, rightHigh, rightLow } from "./halves.ts";

/** How an instruction's fields are laid out and written down. */
export type Format = keyof typeof FORMAT_MASKS;

/** The bits that distinguish an instruction of a format from others. */
export const FORMAT_MASKS = {
  R: 0xfe00_707f,
  I: 0x0000_707f,
  shift6: 0xfc00_707f,
  shift5: 0xfe00_707f,
  load: 0x0000_707f,
  store: 0x0000_707f,
  branch: 0x0000_707f,
  U: 0x0000_007f,
  J: 0x0000_007f,
  fence: 0x0000_707f,
  csr: 0x0000_707f,
  csri: 0x0000_707f,
  fixed: 0xffff_ffff,
} as const;

/** Executes a decoded instruction whose address is `pc`; returns the next pc, `HALTED`, or nothing for pc + 4. */
export type Body = (h: Hart, i: Instruction, pc: number) => number | undefined;

/** A row of the table of instructions. */
export type Row = {
  readonly name: string;
  readonly format: Format;
  /** The instruction's fixed bits. */
  readonly match: number;
  readonly body: Body;
};

/** A decoded instruction. `rd`, `rs1`, `rs2` are places in the hart's views; `imm` and `imm64` are the same number. */
export type Instruction = {
  readonly row: Row;
  readonly execute: Body;
  readonly word: number;
  readonly rd: number;
  readonly rs1: number;
  readonly rs2: number;
  readonly imm: number;
  readonly imm64: bigint;
};

// What bodies read: a source register signed (s), unsigned (u), its low and high half (w, v); an address.
const s1 = (h: Hart, i: Instruction): bigint => h.signed[i.rs1] as bigint;
const s2 = (h: Hart, i: Instruction): bigint => h.signed[i.rs2] as bigint;
const u1 = (h: Hart, i: Instruction): bigint => h.unsigned[i.rs1] as bigint;
const u2 = (h: Hart, i: Instruction): bigint => h.unsigned[i.rs2] as bigint;
const w1 = (h: Hart, i: Instruction): number => h.halves[2 * i.rs1] as number;
const w2 = (h: Hart, i: Instruction): number => h.halves[2 * i.rs2] as number;
const v1 = (h: Hart, i: Instruction): number => h.halves[2 * i.rs1 + 1] as number;
const v2 = (h: Hart, i: Instruction): number => h.halves[2 * i.rs2 + 1] as number;
const address = (h: Hart, i: Instruction): number => (w1(h, i) + i.imm) >>> 0;

// What bodies write to rd: 64 bits (wrapping), or 32 bits with the sign or with zeros extended.
function set(h: Hart, i: Instruction, value: bigint): undefined {
  h.signed[i.rd] = value;
}
function setInt(h: Hart, i: Instruction, value: number): undefined {
  h.halves[2 * i.rd] = value;
  h.halves[2 * i.rd + 1] = value >> 31;
}
function setHalves(h: Hart, i: Instruction, low: number, high: number): undefined {
  h.halves[2 * i.rd] = low;
  h.halves[2 * i.rd + 1] = high;
}
function setUint(h: Hart, i: Instruction, value: number): undefined {
  h.halves[2 * i.rd] = value;
  h.halves[2 * i.rd + 1] = 0;
}

// What several of them do: shift rs1, compare it unsigned, multiply it with rs2.
function shiftLeft(h: Hart, i: Instruction, by: number): undefined {
  setHalves(h, i, leftLow(w1(h, i), by), leftHigh(w1(h, i), v1(h, i), by));
}
function shiftRight(h: Hart, i: Instruction, by: number, fill: number): undefined {
  setHalves(h, i, rightLow(w1(h, i), v1(h, i), by, fill), rightHigh(v1(h, i), by, fill));
}
/** −1 if a source is negative, else 0. */
const sign1 = (h: Hart, i: Instruction): number => v1(h, i) >> 31;
const sign2 = (h: Hart, i: Instruction): number => v2(h, i) >> 31;
const below = (h: Hart, i: Instruction): boolean => lessUnsigned(w1(h, i), v1(h, i), w2(h, i), v2(h, i));
const high = (h: Hart, i: Instruction): bigint => highProduct(w1(h, i), v1(h, i), w2(h, i), v2(h, i));

/** Jumps, or traps if `target` cannot be the address of an instruction. */
function jump(h: Hart, pc: number, target: number): number {
  return target & 3 ? trap(h, pc, CAUSE_MISALIGNED_JUMP, target) : target;
}

/** Jumps and leaves the address of the next instruction in rd. */
function link(h: Hart, i: Instruction, pc: number, target: number): number {
  if (target & 3) return jump(h, pc, target);
  setUint(h, i, pc + 4);
  return target;
}

function branchIf(taken: boolean, h: Hart, i: Instruction, pc: number): number | undefined {
  return taken ? jump(h, pc, (pc + i.imm) >>> 0) : undefined;
}

function illegal(h: Hart, i: Instruction, pc: number): number {
  return trap(h, pc, CAUSE_ILLEGAL_INSTRUCTION, i.word);
}

/** Reads a CSR into rd and writes to it what `update` makes of the value before. */
function csr(h: Hart, i: Instruction, pc: number, update?: (before: bigint) => bigint): number | undefined {
  const before = accessCsr(h, i.word >>> 20, update);
  if (before === undefined) return illegal(h, i, pc);
  set(h, i, before);
  return undefined;
}

/** The field rs1: a register's number, or the immediate of csrr*i. */
const field1 = (i: Instruction): number => (i.word >>> 15) & 31;

function row(name: string, format: Format, match: number, body: Body): Row {
  return { name, format, match, body };
}

/** The row of every word that is not an instruction. It is not part of the table. */
export const ILLEGAL: Row = row("illegal", "fixed", 0, illegal);

/** RV64I, Zifencei, Zicsr, machine mode, RV64M. */
export const INSTRUCTIONS: readonly Row[] = [
  // The immediate, sign-extended to 64 bits.
  row("lui", "U", 0x0000_0037, (h, i) => set(h, i, i.imm64)),
  // pc + immediate.
  row("auipc", "U", 0x0000_0017, (h, i, pc) => set(h, i, BigInt.asIntN(64, BigInt(pc) + i.imm64))),
  // Jumps to pc + immediate; rd = pc + 4.
  row("jal", "J", 0x0000_006f, (h, i, pc) => link(h, i, pc, (pc + i.imm) >>> 0)),
  // Jumps to rs1 + immediate with the lowest bit cleared; rd = pc + 4.
  row("jalr", "I", 0x0000_0067, (h, i, pc) => link(h, i, pc, (address(h, i) & ~1) >>> 0)),
  // Branches to pc + immediate.
  row("beq", "branch", 0x0000_0063, (h, i, pc) => branchIf(s1(h, i) === s2(h, i), h, i, pc)),
  row("bne", "branch", 0x0000_1063, (h, i, pc) => branchIf(s1(h, i) !== s2(h, i), h, i, pc)),
  row("blt", "branch", 0x0000_4063, (h, i, pc) => branchIf(s1(h, i) < s2(h, i), h, i, pc)),
  row("bge", "branch", 0x0000_5063, (h, i, pc) => branchIf(s1(h, i) >= s2(h, i), h, i, pc)),
  row("bltu", "branch", 0x0000_6063, (h, i, pc) => branchIf(below(h, i), h, i, pc)),
  row("bgeu", "branch", 0x0000_7063, (h, i, pc) => branchIf(!below(h, i), h, i, pc)),
  // Loads from rs1 + immediate.
  row("lb", "load", 0x0000_0003, (h, i) => setInt(h, i, (load8(h.memory, address(h, i)) << 24) >> 24)),
  row("lh", "load", 0x0000_1003, (h, i) => setInt(h, i, (load16(h.memory, address(h, i)) << 16) >> 16)),
  row("lw", "load", 0x0000_2003, (h, i) => setInt(h, i, load32(h.memory, address(h, i)))),
  row("ld", "load", 0x0000_3003, (h, i) => set(h, i, load64(h.memory, address(h, i)))),
  row("lbu", "load", 0x0000_4003, (h, i) => setUint(h, i, load8(h.memory, address(h, i)))),
  row("lhu", "load", 0x0000_5003, (h, i) => setUint(h, i, load16(h.memory, address(h, i)))),
  row("lwu", "load", 0x0000_6003, (h, i) => setUint(h, i, load32(h.memory, address(h, i)))),
  // Stores the low bytes of rs2 at rs1 + immediate.
  row("sb", "store", 0x0000_0023, (h, i) => {
    store8(h.memory, address(h, i), w2(h, i));
  }),
  row("sh", "store", 0x0000_1023, (h, i) => {
    store16(h.memory, address(h, i), w2(h, i));
  }),
  row("sw", "store", 0x0000_2023, (h, i) => {
    store32(h.memory, address(h, i), w2(h, i));
  }),
  row("sd", "store", 0x0000_3023, (h, i) => {
    store64(h.memory, address(h, i), s2(h, i));
  }),
  // rs1 with the immediate, which is sign-extended also where the comparison is unsigned.
  row("addi", "I", 0x0000_0013, (h, i) => set(h, i, BigInt.asIntN(64, s1(h, i) + i.imm64))),
  row("slti", "I", 0x0000_2013, (h, i) => setUint(h, i, s1(h, i) < i.imm64 ? 1 : 0)),
  row("sltiu", "I", 0x0000_3013, (h, i) => setUint(h, i, lessUnsigned(w1(h, i), v1(h, i), i.imm, i.imm >> 31) ? 1 : 0)),
  row("xori", "I", 0x0000_4013, (h, i) => set(h, i, s1(h, i) ^ i.imm64)),
  row("ori", "I", 0x0000_6013, (h, i) => set(h, i, s1(h, i) | i.imm64)),
  row("andi", "I", 0x0000_7013, (h, i) => set(h, i, s1(h, i) & i.imm64)),
  row("slli", "shift6", 0x0000_1013, (h, i) => shiftLeft(h, i, i.imm)),
  row("srli", "shift6", 0x0000_5013, (h, i) => shiftRight(h, i, i.imm, 0)),
  row("srai", "shift6", 0x4000_5013, (h, i) => shiftRight(h, i, i.imm, sign1(h, i))),
  // rs1 with rs2. Shifts use the low 6 bits of the amount.
  row("add", "R", 0x0000_0033, (h, i) => set(h, i, BigInt.asIntN(64, s1(h, i) + s2(h, i)))),
  row("sub", "R", 0x4000_0033, (h, i) => set(h, i, BigInt.asIntN(64, s1(h, i) - s2(h, i)))),
  row("sll", "R", 0x0000_1033, (h, i) => shiftLeft(h, i, w2(h, i) & 63)),
  row("slt", "R", 0x0000_2033, (h, i) => setUint(h, i, s1(h, i) < s2(h, i) ? 1 : 0)),
  row("sltu", "R", 0x0000_3033, (h, i) => setUint(h, i, below(h, i) ? 1 : 0)),
  row("xor", "R", 0x0000_4033, (h, i) => set(h, i, s1(h, i) ^ s2(h, i))),
  row("srl", "R", 0x0000_5033, (h, i) => shiftRight(h, i, w2(h, i) & 63, 0)),
  row("sra", "R", 0x4000_5033, (h, i) => shiftRight(h, i, w2(h, i) & 63, sign1(h, i))),
  row("or", "R", 0x0000_6033, (h, i) => set(h, i, s1(h, i) | s2(h, i))),
  row("and", "R", 0x0000_7033, (h, i) => set(h, i, s1(h, i) & s2(h, i))),
  // The same on the low 32 bits, the result sign-extended. Shifts use the low 5 bits of the amount (as in JavaScript).
  row("addiw", "I", 0x0000_001b, (h, i) => setInt(h, i, (w1(h, i) + i.imm) | 0)),
  row("slliw", "shift5", 0x0000_101b, (h, i) => setInt(h, i, w1(h, i) << i.imm)),
  row("srliw", "shift5", 0x0000_501b, (h, i) => setInt(h, i, (w1(h, i) >>> i.imm) | 0)),
  row("sraiw", "shift5", 0x4000_501b, (h, i) => setInt(h, i, w1(h, i) >> i.imm)),
  row("addw", "R", 0x0000_003b, (h, i) => setInt(h, i, (w1(h, i) + w2(h, i)) | 0)),
  row("subw", "R", 0x4000_003b, (h, i) => setInt(h, i, (w1(h, i) - w2(h, i)) | 0)),
  row("sllw", "R", 0x0000_103b, (h, i) => setInt(h, i, w1(h, i) << w2(h, i))),
  row("srlw", "R", 0x0000_503b, (h, i) => setInt(h, i, (w1(h, i) >>> w2(h, i)) | 0)),
  row("sraw", "R", 0x4000_503b, (h, i) => setInt(h, i, w1(h, i) >> w2(h, i))),
  // Nothing is reordered and code is always fresh: there is nothing to wait for.
  row("fence", "fence", 0x0000_000f, () => undefined),
  row("fence.i", "fence", 0x0000_100f, () => undefined),
  // Calls the environment; breaks into it.
  row("ecall", "fixed", 0x0000_0073, (h, _, pc) => trap(h, pc, CAUSE_ECALL, 0)),
  row("ebreak", "fixed", 0x0010_0073, (h, _, pc) => trap(h, pc, CAUSE_BREAKPOINT, pc)),
  // rd = the CSR; then it is written, or bits of it set or cleared, by rs1 or by the 5-bit immediate in its place.
  row("csrrw", "csr", 0x0000_1073, (h, i, pc) => {
    const value = u1(h, i);
    return csr(h, i, pc, () => value);
  }),
  row("csrrs", "csr", 0x0000_2073, (h, i, pc) => {
    const bits = u1(h, i);
    return csr(h, i, pc, field1(i) === 0 ? undefined : (before) => before | bits);
  }),
  row("csrrc", "csr", 0x0000_3073, (h, i, pc) => {
    const bits = u1(h, i);
    return csr(h, i, pc, field1(i) === 0 ? undefined : (before) => before & ~bits);
  }),
  row("csrrwi", "csri", 0x0000_5073, (h, i, pc) => csr(h, i, pc, () => BigInt(field1(i)))),
  row("csrrsi", "csri", 0x0000_6073, (h, i, pc) => {
    return csr(h, i, pc, field1(i) === 0 ? undefined : (before) => before | BigInt(field1(i)));
  }),
  row("csrrci", "csri", 0x0000_7073, (h, i, pc) => {
    return csr(h, i, pc, field1(i) === 0 ? undefined : (before) => before & ~BigInt(field1(i)));
  }),
  // There are no interrupts to wait for.
  row("wfi", "fixed", 0x1050_0073, () => undefined),
  // Returns from a trap.
  row("mret", "fixed", 0x3020_0073, (h) => lowHalf(h, MEPC)),
  // Products: the low 64 bits; the high 64 bits of signed × signed, signed × unsigned, unsigned × unsigned. A negative factor is
  // 2^64 too large when taken as unsigned, which adds the other factor to the high bits.
  row("mul", "R", 0x0200_0033, (h, i) => set(h, i, BigInt.asIntN(64, s1(h, i) * s2(h, i)))),
  row("mulh", "R", 0x0200_1033, (h, i) =>
    set(h, i, BigInt.asIntN(64, high(h, i) - (s2(h, i) & BigInt(sign1(h, i))) - (s1(h, i) & BigInt(sign2(h, i))))),
  ),
  row("mulhsu", "R", 0x0200_2033, (h, i) =>
    set(h, i, BigInt.asIntN(64, high(h, i) - (s2(h, i) & BigInt(sign1(h, i))))),
  ),
  row("mulhu", "R", 0x0200_3033, (h, i) => set(h, i, high(h, i))),
  // Quotients, rounded towards zero, and remainders. Division by zero gives −1 and the dividend. The only overflow, −2^63 / −1, wraps.
  row("div", "R", 0x0200_4033, (h, i) => set(h, i, s2(h, i) === 0n ? -1n : s1(h, i) / s2(h, i))),
  row("divu", "R", 0x0200_5033, (h, i) => set(h, i, u2(h, i) === 0n ? -1n : u1(h, i) / u2(h, i))),
  row("rem", "R", 0x0200_6033, (h, i) => set(h, i, s2(h, i) === 0n ? s1(h, i) : s1(h, i) % s2(h, i))),
  row("remu", "R", 0x0200_7033, (h, i) => set(h, i, u2(h, i) === 0n ? u1(h, i) : u1(h, i) % u2(h, i))),
  // The same on the low 32 bits, the result sign-extended, also for divuw and remuw.
  row("mulw", "R", 0x0200_003b, (h, i) => setInt(h, i, Math.imul(w1(h, i), w2(h, i)))),
  row("divw", "R", 0x0200_403b, (h, i) => setInt(h, i, w2(h, i) === 0 ? -1 : (w1(h, i) / w2(h, i)) | 0)),
  row("divuw", "R", 0x0200_503b, (h, i) =>
    setInt(h, i, w2(h, i) === 0 ? -1 : ((w1(h, i) >>> 0) / (w2(h, i) >>> 0)) | 0),
  ),
  row("remw", "R", 0x0200_603b, (h, i) => setInt(h, i, w2(h, i) === 0 ? w1(h, i) : (w1(h, i) % w2(h, i)) | 0)),
  row("remuw", "R", 0x0200_703b, (h, i) =>
    setInt(h, i, w2(h, i) === 0 ? w1(h, i) : ((w1(h, i) >>> 0) % (w2(h, i) >>> 0)) | 0),
  ),
];
