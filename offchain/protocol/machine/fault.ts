// Why a run ended that did not end by itself: which instruction, where, and for which processor it is.
import { endingOf, haltWords } from "./ending.ts";
import { type Hart, lowHalf } from "./hart.ts";
import { rowOf } from "./isa/decode.ts";
import { disassemble } from "./isa/disassemble.ts";
import { marchOf } from "./isa/foreign.ts";
import { CAUSE_ILLEGAL_INSTRUCTION, PC } from "./layout.ts";
import { load32 } from "./memory.ts";

/** The instruction whose trap halted the machine. */
export type Fault = {
  /** the trap, in words */
  readonly cause: string;
  readonly address: number;
  /** the 32 bits at the address; undefined if no instruction can stand there */
  readonly word: number | undefined;
  /** its text; undefined like the word */
  readonly instruction: string | undefined;
  /** what the word is, or how a program must be built to have none of it; undefined if the cause says all */
  readonly remark: string | undefined;
  /** the `-march` with which the word is legal; undefined if there is none, or if it is legal in the machine */
  readonly march: string | undefined;
};

function remarkOn(word: number): string {
  const march = marchOf(word);
  if (march !== undefined)
    return `legal with -march=${march}, the machine is rv64im: build with -march=rv64im -mabi=lp64`;
  if (word === 0) return "no code is there: memory is zero";
  if (rowOf(word).format.startsWith("csr")) return "the machine has no such CSR, or it cannot be written";
  return "no instruction of the machine (rv64im), so data or code of another processor";
}

/** What halted the machine; undefined while it runs, and if the program ended it by itself. */
export function faultOf(machine: Hart): Fault | undefined {
  const { halt, exitCode } = endingOf(machine.words);
  if (halt === 0 || exitCode !== undefined) return undefined;
  const address = lowHalf(machine, PC);
  const word = address % 4 === 0 ? load32(machine.memory, address) >>> 0 : undefined;
  const illegal = word !== undefined && halt === CAUSE_ILLEGAL_INSTRUCTION + 1;
  return {
    cause: haltWords(halt),
    address,
    word,
    instruction: word === undefined ? undefined : disassemble(word, address),
    remark: illegal ? remarkOn(word) : undefined,
    march: illegal ? marchOf(word) : undefined,
  };
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, "0")}`;
}

/** `0x00010008 in _start+0x8`. @param symbol what the ELF file calls the place */
export function placeOf({ address }: Fault, symbol?: string): string {
  return symbol === undefined ? hex(address) : `${hex(address)} in ${symbol}`;
}

/** `0x0007a787 flw fa5, 0(a5)`; undefined if there is no instruction. */
export function instructionOf({ word, instruction }: Fault): string | undefined {
  return word === undefined ? undefined : `${hex(word)} ${instruction}`;
}

/** A fault in one line. */
export function faultWords(fault: Fault, symbol?: string): string {
  const parts = [instructionOf(fault), fault.remark].filter((part) => part !== undefined);
  return [`${fault.cause} at ${placeOf(fault, symbol)}`, ...(parts.length > 0 ? [parts.join(", ")] : [])].join(": ");
}
