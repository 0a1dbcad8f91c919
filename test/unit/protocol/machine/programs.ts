// Small programs for tests. Each exits with `ecall`, its number (93, Linux's exit) in a7 and its answer in a0.
import type { ProgramImage } from "@sonm/protocol/machine/elf";
import { programOf, START, word } from "./assemble.ts";

const [RA, SP, T0, T1, T2, S0, S1, A0, A7] = [1, 2, 5, 6, 7, 8, 9, 10, 17];

const EXIT = [word("addi", { rd: A7, imm: 93 }), word("ecall")];

/** Sums the input's bytes, writes the sum as 8 bytes of output, and exits with its low 7 bits. */
export const SUM: ProgramImage = programOf([
  word("addi", { rd: S0, imm: 1 }),
  word("slli", { rd: S0, rs1: S0, imm: 31 }), // s0 = input
  word("ld", { rd: T0, rs1: S0, imm: 0 }), // t0 = length
  word("addi", { rd: S0, rs1: S0, imm: 8 }),
  word("addi", { rd: A0, imm: 0 }),
  word("beq", { rs1: T0, imm: 24 }),
  word("lbu", { rd: T1, rs1: S0, imm: 0 }),
  word("add", { rd: A0, rs1: A0, rs2: T1 }),
  word("addi", { rd: S0, rs1: S0, imm: 1 }),
  word("addi", { rd: T0, rs1: T0, imm: -1 }),
  word("bne", { rs1: T0, imm: -16 }),
  word("addi", { rd: S1, imm: 3 }),
  word("slli", { rd: S1, rs1: S1, imm: 30 }), // s1 = output
  word("addi", { rd: T2, imm: 8 }),
  word("sd", { rs1: S1, rs2: T2, imm: 0 }),
  word("sd", { rs1: S1, rs2: A0, imm: 8 }),
  word("andi", { rd: A0, rs1: A0, imm: 127 }),
  ...EXIT,
]);

/** fib(10) = 55, by recursion: calls, returns and a stack in ram. */
export const FIBONACCI: ProgramImage = programOf([
  word("lui", { rd: SP, imm: 0x4001_0000 }),
  word("addi", { rd: A0, imm: 10 }),
  word("jal", { rd: RA, imm: 12 }),
  ...EXIT,
  // fib:
  word("addi", { rd: T0, imm: 2 }),
  word("bge", { rs1: A0, rs2: T0, imm: 8 }),
  word("jalr", { rs1: RA }), // n < 2: n
  word("addi", { rd: SP, rs1: SP, imm: -24 }),
  word("sd", { rs1: SP, rs2: RA, imm: 0 }),
  word("sd", { rs1: SP, rs2: A0, imm: 8 }),
  word("addi", { rd: A0, rs1: A0, imm: -1 }),
  word("jal", { rd: RA, imm: -28 }),
  word("sd", { rs1: SP, rs2: A0, imm: 16 }),
  word("ld", { rd: A0, rs1: SP, imm: 8 }),
  word("addi", { rd: A0, rs1: A0, imm: -2 }),
  word("jal", { rd: RA, imm: -44 }),
  word("ld", { rd: T1, rs1: SP, imm: 16 }),
  word("add", { rd: A0, rs1: A0, rs2: T1 }),
  word("ld", { rd: RA, rs1: SP, imm: 0 }),
  word("addi", { rd: SP, rs1: SP, imm: 24 }),
  word("jalr", { rs1: RA }),
]);

/** Counts the primes below 256, of which there are 54, by a sieve in ram. */
export const SIEVE: ProgramImage = programOf([
  word("lui", { rd: S0, imm: 0x4000_0000 }),
  word("addi", { rd: S1, imm: 256 }),
  word("addi", { rd: A0, imm: 0 }),
  word("addi", { rd: T0, imm: 2 }),
  // next:
  word("add", { rd: T1, rs1: S0, rs2: T0 }),
  word("lbu", { rd: T1, rs1: T1 }),
  word("bne", { rs1: T1, imm: 36 }),
  word("addi", { rd: A0, rs1: A0, imm: 1 }),
  word("mul", { rd: T1, rs1: T0, rs2: T0 }),
  // strike:
  word("bgeu", { rs1: T1, rs2: S1, imm: 24 }),
  word("add", { rd: T2, rs1: S0, rs2: T1 }),
  word("sb", { rs1: T2, rs2: S1, imm: 0 }),
  word("sb", { rs1: T2, rs2: A0, imm: 0 }),
  word("add", { rd: T1, rs1: T1, rs2: T0 }),
  word("jal", { imm: -20 }),
  word("addi", { rd: T0, rs1: T0, imm: 1 }),
  word("bltu", { rs1: T0, rs2: S1, imm: -48 }),
  ...EXIT,
]);

/** Copies bytes of itself to ram, across leaves and pages, with accesses of every size at every alignment, and sums them up. */
export const MISALIGNED: ProgramImage = programOf([
  word("auipc", { rd: S0, imm: 0 }),
  word("lui", { rd: S1, imm: 0x4000_1000 }),
  word("addi", { rd: S1, rs1: S1, imm: -33 }),
  word("addi", { rd: T0, imm: 48 }),
  word("addi", { rd: A0, imm: 0 }),
  // loop:
  ...["ld", "lw", "lwu", "lh", "lhu", "lb", "lbu"].flatMap((load, i) => [
    word(load, { rd: T1, rs1: S0, imm: 1 + i }),
    word(["sd", "sw", "sh", "sb"][i % 4] as string, { rs1: S1, rs2: T1, imm: i - 3 }),
    word(load, { rd: T2, rs1: S1, imm: i - 3 }),
    word("add", { rd: A0, rs1: A0, rs2: T2 }),
  ]),
  word("addi", { rd: S0, rs1: S0, imm: 1 }),
  word("addi", { rd: S1, rs1: S1, imm: 1 }),
  word("addi", { rd: T0, rs1: T0, imm: -1 }),
  word("bne", { rs1: T0, imm: -4 * 31 }),
  ...EXIT,
]);

/** Runs an instruction eight times and changes its immediate after each: 1 + 2 + … + 8 = 36. */
export const SELF_MODIFYING: ProgramImage = programOf([
  word("lui", { rd: S0, imm: START }),
  word("lui", { rd: S1, imm: 1 << 20 }), // adds 1 to the immediate of addi
  word("lui", { rd: S1, imm: 0x0010_0000 }),
  word("addi", { rd: T0, imm: 8 }),
  word("addi", { rd: A0, rs1: A0, imm: 1 }), // this one
  word("lw", { rd: T1, rs1: S0, imm: 16 }),
  word("add", { rd: T1, rs1: T1, rs2: S1 }),
  word("sw", { rs1: S0, rs2: T1, imm: 16 }),
  word("fence.i"),
  word("addi", { rd: T0, rs1: T0, imm: -1 }),
  word("bne", { rs1: T0, imm: -24 }),
  ...EXIT,
]);

/** Sixteen bytes that store to page after page for ever, around the whole memory. Its stores do not hit itself. */
export const PAGE_FILLER: ProgramImage = programOf(
  [
    word("lui", { rd: T0, imm: 0x1000 }),
    word("sd", { rs1: T1, rs2: T0 }),
    word("add", { rd: T1, rs1: T1, rs2: T0 }),
    word("jal", { imm: -8 }),
  ],
  START + 16,
);
