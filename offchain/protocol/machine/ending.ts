// How a run ended: as the final state says it, and in words.
import {
  A0,
  CAUSE_BREAKPOINT,
  CAUSE_ECALL,
  CAUSE_ILLEGAL_INSTRUCTION,
  CAUSE_MISALIGNED_JUMP,
  HALT,
  STEP,
} from "./layout.ts";

/** How a run ended: steps executed, `halt` (cause + 1, 0 if it is still running), and the exit code if it ended by `ecall`. */
export type Ending = { readonly steps: number; readonly halt: number; readonly exitCode: number | undefined };

/** How the run that led to these words ended. The exit code is the low 32 bits of `a0`, signed: what C calls an int. */
export function endingOf(words: BigUint64Array): Ending {
  const halt = Number(words[HALT]);
  return {
    steps: Number(words[STEP]),
    halt,
    exitCode: halt === CAUSE_ECALL + 1 ? Number(BigInt.asIntN(32, words[A0] as bigint)) : undefined,
  };
}

const words: Readonly<Record<number, string>> = {
  [CAUSE_MISALIGNED_JUMP]: "jump to an address that is no multiple of 4",
  [CAUSE_ILLEGAL_INSTRUCTION]: "illegal instruction",
  [CAUSE_BREAKPOINT]: "breakpoint",
  [CAUSE_ECALL]: "exit",
};

/** What the `halt` word says: 0 while the machine runs, else cause + 1. */
export function haltWords(halt: number): string {
  return halt === 0 ? "still running" : (words[halt - 1] ?? `trap ${halt - 1}`);
}
