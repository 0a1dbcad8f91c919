// One executed step, seen from outside: the instruction, what it read, what it changed.
import { accessSize, decode } from "../../core/machine/decode.ts";
import { disassemble, REGISTER_NAMES } from "../../core/machine/disassemble.ts";
import { lowHalf } from "../../core/machine/hart.ts";
import { HALT, MTVEC, PC, STEP } from "../../core/machine/layout.ts";
import type { Machine } from "../../core/machine/machine.ts";
import { load32, readBytes } from "../../core/machine/memory.ts";
import type { Terminal } from "../terminal.ts";
import { haltWords } from "./ending.ts";

export type Change = { readonly name: string; readonly before: bigint; readonly after: bigint };

export type StepRecord = {
  readonly step: number;
  readonly pc: number;
  /** The instruction's 32 bits. */
  readonly word: number;
  readonly instruction: string;
  /** Registers that changed; `pc` only where it did not go on to the next instruction. */
  readonly changes: readonly Change[];
  /** Where a load or store went, and the bytes that are there afterwards, as a little-endian number. */
  readonly memory: { readonly address: number; readonly size: number; readonly value: bigint } | undefined;
  /** Why the machine halted with this step. */
  readonly halted: string | undefined;
};

const CSR_NAMES = ["mtvec", "mscratch", "mepc", "mcause", "mtval"];

/** The name of a word of the state, where a person may care for it. */
function nameOf(place: number): string | undefined {
  if (place === PC) return "pc";
  if (place < REGISTER_NAMES.length) return REGISTER_NAMES[place];
  return CSR_NAMES[place - MTVEC];
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** Executes the machine's next step. The machine must not have halted. */
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

/** 0x and at least `digits` digits. */
function hex(value: number | bigint, digits = 1): string {
  return `0x${value.toString(16).padStart(digits, "0")}`;
}

/** A record as one line. */
export function showStep(record: StepRecord, terminal: Terminal): string {
  const { paint } = terminal;
  const effects = record.changes.map(({ name, before, after }) =>
    name === "pc"
      ? paint("dim", `→ ${hex(after)}`)
      : `${paint("cyan", name)} ${paint("dim", `${hex(before)} →`)} ${hex(after)}`,
  );
  if (record.memory)
    effects.push(`${paint("magenta", `[${hex(record.memory.address, 8)}]`)} ${hex(record.memory.value)}`);
  if (record.halted) effects.push(paint("yellow", `halts: ${record.halted}`));
  const place = `${String(record.step).padStart(10)}  ${paint("dim", hex(record.pc, 8))}  ${record.instruction.padEnd(28)}`;
  return `${place}  ${effects.join("   ")}`.trimEnd();
}

/** A record without bigints, for JSON: values as 0x… strings. */
export function stepData({ changes, memory, ...rest }: StepRecord): Record<string, unknown> {
  return {
    ...rest,
    changes: changes.map(({ name, before, after }) => ({ name, before: hex(before), after: hex(after) })),
    memory: memory ? { address: memory.address, size: memory.size, value: hex(memory.value) } : null,
    halted: rest.halted ?? null,
  };
}
