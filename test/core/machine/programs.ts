// Small programs for tests.
import type { ProgramImage } from "../../../offchain/core/machine/elf.ts";
import { programOf, word } from "./assemble.ts";

const [T0, T1, T2, A0, A7, S0, S1] = [5, 6, 7, 10, 17, 8, 9];

/** Sums the input's bytes, writes the sum as 8 bytes of output, and exits with its low 7 bits. */
export const SUM: ProgramImage = programOf([
  word("addi", { rd: S0, rs1: 0, imm: 1 }),
  word("slli", { rd: S0, rs1: S0, imm: 31 }), // s0 = input
  word("ld", { rd: T0, rs1: S0, imm: 0 }), // t0 = length
  word("addi", { rd: S0, rs1: S0, imm: 8 }),
  word("addi", { rd: A0, rs1: 0, imm: 0 }),
  word("beq", { rs1: T0, rs2: 0, imm: 24 }),
  word("lbu", { rd: T1, rs1: S0, imm: 0 }),
  word("add", { rd: A0, rs1: A0, rs2: T1 }),
  word("addi", { rd: S0, rs1: S0, imm: 1 }),
  word("addi", { rd: T0, rs1: T0, imm: -1 }),
  word("bne", { rs1: T0, rs2: 0, imm: -16 }),
  word("lui", { rd: S1, imm: 0xc000_0000 | 0 }), // s1 = output
  word("addi", { rd: T2, rs1: 0, imm: 8 }),
  word("sd", { rs1: S1, rs2: T2, imm: 0 }),
  word("sd", { rs1: S1, rs2: A0, imm: 8 }),
  word("andi", { rd: A0, rs1: A0, imm: 127 }),
  word("addi", { rd: A7, rs1: 0, imm: 93 }),
  word("ecall"),
]);
