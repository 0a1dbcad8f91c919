// The render program with a prologue that executes every instruction once, even those that no compiler emits.
import type { ProgramImage } from "@sonm/protocol/machine/elf";
import { INSTRUCTIONS } from "@sonm/protocol/machine/isa/instructions";

/** Far from the program's own segments, in the program region. */
const PROLOGUE = 0x3000_0000;
const HANDLER = PROLOGUE + 0x1000;

const [T0, T1, A0, A1, A2] = [5, 6, 10, 11, 12] as const;
const rd = (register: number) => register << 7;
const rs1 = (register: number) => register << 15;
const rs2 = (register: number) => register << 20;
const csr = (number: number) => number << 20;
const MTVEC = 0x305;
const MEPC = 0x341;

function match(name: string): number {
  const row = INSTRUCTIONS.find((each) => each.name === name);
  if (!row) throw new Error(`there is no instruction ${name}`);
  return row.match;
}

/** Bits of the encoding below the instruction's own: registers that hold small numbers, offsets of zero. */
function sampleOf({ name, match, format }: (typeof INSTRUCTIONS)[number]): number {
  switch (format) {
    case "fixed":
    case "fence":
      return match;
    case "csr":
    case "csri":
      return match | rd(A0) | rs1(A1) | csr(0x340); // mscratch
    case "J":
      return match | rd(A0) | (4 << 20); // + 4
    case "U":
      return match | rd(A0) | (5 << 12);
    case "branch":
      return match | rs1(A1) | rs2(A2) | (2 << 8); // + 4 * 1
    case "store":
      return match | rs1(A1) | rs2(A2);
    case "R":
      return match | rd(A0) | rs1(A1) | rs2(A2);
    default:
      return match | rd(A0) | rs1(A1) | (name === "jalr" ? 0 : 3 << 20);
  }
}

function words(list: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * list.length);
  const view = new DataView(bytes.buffer);
  for (const [i, word] of list.entries()) view.setUint32(4 * i, word >>> 0, true);
  return bytes;
}

/** `lui rd, address`; the address is a multiple of 4096. */
function loadUpper(register: number, address: number): number {
  return match("lui") | rd(register) | address;
}

/** The same program, entered through the prologue. */
export function withEveryInstruction(program: ProgramImage): ProgramImage {
  const code = [loadUpper(T0, HANDLER), match("csrrw") | rs1(T0) | csr(MTVEC), loadUpper(A1, 0x4000_0000)];
  for (const row of INSTRUCTIONS) {
    if (row.name === "mret") continue; // the handler's
    if (row.name === "jalr") {
      // Jumps to the instruction after it. An `auipc` before it gives the address.
      code.push(match("auipc") | rd(T1), match("jalr") | rd(A0) | rs1(T1) | (8 << 20));
    } else {
      code.push(sampleOf(row));
    }
  }
  // Clears the trap vector, because the program's own end must halt. Then jumps to the program's entry.
  code.push(match("csrrw") | csr(MTVEC));
  const upper = (program.entry + 0x800) & ~0xfff;
  code.push(match("lui") | rd(T0) | upper, match("jalr") | rs1(T0) | (((program.entry - upper) & 0xfff) << 20));
  const handler = [
    match("csrrs") | rd(T1) | csr(MEPC),
    match("addi") | rd(T1) | rs1(T1) | (4 << 20),
    match("csrrw") | rs1(T1) | csr(MEPC),
    match("mret"),
  ];
  return {
    entry: PROLOGUE,
    segments: [
      ...program.segments,
      { address: PROLOGUE, data: words(code) },
      { address: HANDLER, data: words(handler) },
    ],
  };
}
