// The words of the state as instructions see them, and traps (PROTOCOL.md, sections 3.2 and 3.3).
import { HALT, MCAUSE, MEPC, MTVAL, MTVEC, WORD_COUNT } from "./layout.ts";
import { createMemory, type Memory } from "./parts.ts";
import type { Room } from "./room.ts";

/** Two places after the state's words stand for `x0`. This one takes writes to `x0`, and is never read. */
export const X0_WRITTEN = WORD_COUNT;
/** The place that is read as `x0`: it is always 0. */
export const X0_READ = WORD_COUNT + 1;

/** One machine's state. `signed`, `unsigned` and `halves` are views of the same words (`halves` little-endian, as JavaScript's hosts are). */
export type Hart = {
  readonly words: BigUint64Array;
  readonly signed: BigInt64Array;
  readonly unsigned: BigUint64Array;
  readonly halves: Int32Array;
  readonly memory: Memory;
};

/** A state that is all zero. */
export function createHart(room?: Room): Hart {
  const { buffer } = new BigUint64Array(WORD_COUNT + 2);
  return {
    words: new BigUint64Array(buffer, 0, WORD_COUNT),
    signed: new BigInt64Array(buffer),
    unsigned: new BigUint64Array(buffer),
    halves: new Int32Array(buffer),
    memory: createMemory(room),
  };
}

/** What an instruction returns instead of the next `pc` when it halts the machine. */
export const HALTED = -1;

/** Takes a trap: enters the vector and returns it as the next `pc`, or halts if none is set. */
export function trap(h: Hart, pc: number, cause: number, value: number): number {
  if (h.words[MTVEC] === 0n) {
    h.words[HALT] = BigInt(cause + 1);
    return HALTED;
  }
  h.words[MEPC] = BigInt(pc);
  h.words[MCAUSE] = BigInt(cause);
  h.words[MTVAL] = BigInt(value);
  return lowHalf(h, MTVEC);
}

/** The low 32 bits of a word, as an unsigned number: only these count in an address. */
export function lowHalf(h: Hart, word: number): number {
  return (h.halves[2 * word] as number) >>> 0;
}
