// One executed step, seen from outside: the instruction, what it read, what it changed.

import { haltWords } from "./ending.ts";
import { lowHalf } from "./hart.ts";
import { accessSize, decode } from "./isa/decode.ts";
import { disassemble, REGISTER_NAMES } from "./isa/disassemble.ts";
import { HALT, MTVEC, PC, STEP } from "./layout.ts";
import type { Machine } from "./machine.ts";
import { load32, readBytes } from "./memory.ts";

/** A register that a step has changed. */
export type Change = { readonly name: string; readonly before: bigint; readonly after: bigint };

/** One executed step. `step` is the step counter before it, `pc` the address of its instruction. */
export type StepRecord = {
  readonly step: number;
  readonly pc: number;
  /** The instruction's 32 bits. */
  readonly word: number;
  readonly instruction: string;
  /** Registers that changed; `pc` only if it did not go on to the next instruction. */
  readonly changes: readonly Change[];
  /** Where a load or store went, and the bytes that are there afterwards, as a little-endian number. */
  readonly memory: { readonly address: number; readonly size: number; readonly value: bigint } | undefined;
  /** Why the machine halted with this step. */
  readonly halted: string | undefined;
};

const CSR_NAMES = ["mtvec", "mscratch", "mepc", "mcause", "mtval"];

/** The name of a word of the state, if people may be interested in it. */
function nameOf(place: number): string | undefined {
  if (place === PC) return "pc";
  if (place < REGISTER_NAMES.length) return REGISTER_NAMES[place];
  return CSR_NAMES[place - MTVEC];
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** Executes the machine's next step and records it. The machine must not have halted. */
export function takeStep(machine: Machine): StepRecord {
  const { memory } = machine;
  const before = machine.words.slice();
  const pc = lowHalf(machine, PC);
  const word = pc % 4 === 0 ? load32(memory, pc) >>> 0 : 0;
  const instruction = decode(word);
  const size = pc % 4 === 0 ? accessSize(instruction) : 0;
  const address = (lowHalf(machine, instruction.rs1) + instruction.imm) >>> 0;
  machine.advance(1);

  const changes: Change[] = [];
  for (const [place, after] of machine.words.entries()) {
    const name = nameOf(place);
    const old = before[place] ?? 0n;
    const expected = place === PC ? BigInt((pc + 4) >>> 0) : old;
    const halted = place === PC && machine.words[HALT] !== 0n;
    if (name !== undefined && after !== expected && !halted) changes.push({ name, before: old, after });
  }
  const halt = Number(machine.words[HALT]);
  return {
    step: Number(before[STEP]),
    pc,
    word,
    instruction: pc % 4 === 0 ? disassemble(word, pc) : "(no instruction)",
    changes,
    memory: size === 0 ? undefined : { address, size, value: littleEndian(readBytes(memory, address, size)) },
    halted: halt === 0 ? undefined : haltWords(halt),
  };
}
