// Instructions as people read them: the assembler's notation, without pseudo-instructions.
import { csrName } from "./csr.ts";
import { immediateOf, registersOf, rowOf } from "./decode.ts";
import { type ForeignRow, foreignRow } from "./foreign.ts";
import { ILLEGAL } from "./instructions.ts";

/** The names of x0 … x31 in the calling convention (RISC-V psABI). */
export const REGISTER_NAMES: readonly string[] =
  "zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6".split(" ");

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

/** The names of the registers of floating point, which the machine does not have. */
const FLOAT_NAMES: readonly string[] =
  "ft0 ft1 ft2 ft3 ft4 ft5 ft6 ft7 fs0 fs1 fa0 fa1 fa2 fa3 fa4 fa5 fa6 fa7 fs2 fs3 fs4 fs5 fs6 fs7 fs8 fs9 fs10 fs11 ft8 ft9 ft10 ft11".split(
    " ",
  );

function foreignText(word: number, { name, operands }: ForeignRow): string {
  const { rd, rs1, rs2 } = registersOf(word);
  const values: Readonly<Record<string, string | number | undefined>> = {
    d: REGISTER_NAMES[rd],
    s: REGISTER_NAMES[rs1],
    t: REGISTER_NAMES[rs2],
    D: FLOAT_NAMES[rd],
    S: FLOAT_NAMES[rs1],
    T: FLOAT_NAMES[rs2],
    R: FLOAT_NAMES[word >>> 27],
    i: immediateOf(word, "load"),
    j: immediateOf(word, "store"),
    h: immediateOf(word, name.endsWith("w") && !name.endsWith(".uw") ? "shift5" : "shift6"),
  };
  return `${name} ${operands.replace(/[a-zA-Z]/g, (letter) => String(values[letter]))}`;
}

/**
 * The text of an instruction, with targets of jumps as addresses. Instructions that only other RISC-V processors have are named
 * too; any other word becomes `.word`.
 */
export function disassemble(word: number, pc: number): string {
  const row = rowOf(word);
  if (row === ILLEGAL) {
    const foreign = foreignRow(word);
    return foreign ? foreignText(word, foreign) : `.word 0x${(word >>> 0).toString(16).padStart(8, "0")}`;
  }
  const { rd: d, rs1: s, rs2: t } = registersOf(word);
  const [rd, rs1, rs2] = [d, s, t].map((register) => REGISTER_NAMES[register]);
  const imm = immediateOf(word, row.format);
  const target = hex((pc + imm) >>> 0);
  const operands = {
    R: [rd, rs1, rs2],
    I: row.name === "jalr" ? [rd, `${imm}(${rs1})`] : [rd, rs1, imm],
    shift6: [rd, rs1, imm],
    shift5: [rd, rs1, imm],
    load: [rd, `${imm}(${rs1})`],
    store: [rs2, `${imm}(${rs1})`],
    branch: [rs1, rs2, target],
    U: [rd, hex(imm >>> 12)],
    J: [rd, target],
    fence: [],
    csr: [rd, csrName(word >>> 20), rs1],
    csri: [rd, csrName(word >>> 20), s],
    fixed: [],
  }[row.format];
  return [row.name, operands.join(", ")].join(" ").trimEnd();
}
