// How a run ended, in words.
import {
  CAUSE_BREAKPOINT,
  CAUSE_ECALL,
  CAUSE_ILLEGAL_INSTRUCTION,
  CAUSE_MISALIGNED_JUMP,
} from "../../core/machine/layout.ts";

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
