// Recently executed instructions, decoded. A word means the same instruction at every address, so an entry is valid for as long
// as the word in memory is the one that was decoded. Stores, snapshots and machines that share a page need not know of it.
import { decode } from "./isa/decode.ts";
import type { Instruction } from "./isa/instructions.ts";

/** Entries. Code of up to 256 KiB that lies together has one for each instruction; beyond that, addresses share them. */
const ENTRIES = 2 ** 16;

/** At each entry the word, as a signed number, and what it was decoded to. */
const words = new Int32Array(ENTRIES);
const instructions: Instruction[] = new Array<Instruction>(ENTRIES).fill(decode(0));

/** The instruction that `word`, found at `pc` (a multiple of 4), encodes. */
export function instructionAt(pc: number, word: number): Instruction {
  const entry = (pc >>> 2) % ENTRIES;
  if (words[entry] !== word) {
    instructions[entry] = decode(word);
    words[entry] = word;
  }
  return instructions[entry] as Instruction;
}
