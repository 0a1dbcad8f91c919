// What the contract needs to execute one step itself (PROTOCOL.md, section 3.4).

import { decodePath, decodeWords, encodePath, encodeWords, joinBytes, readerOf } from "./codec.ts";
import { lowHalf } from "./hart.ts";
import { accessSize, decode } from "./isa/decode.ts";
import type { Instruction } from "./isa/instructions.ts";
import { HALT, LEAF_SIZE, MEMORY_HEIGHT, PC } from "./layout.ts";
import type { Machine } from "./machine.ts";
import { load32, readBytes, writeBytes } from "./memory.ts";
import { memoryPath } from "./memory-root.ts";

/** A leaf of memory with its path, from level 0 upwards. */
export type LeafAccess = { readonly leaf: Uint8Array; readonly path: readonly Uint8Array[] };

/** A witness taken apart. The leaves' numbers are not in it: they follow from the words. */
export type Witness = { readonly words: BigUint64Array; readonly accesses: readonly LeafAccess[] };

function encodeAccess(machine: Machine, leafNumber: number): Uint8Array {
  const leaf = readBytes(machine.memory, leafNumber * LEAF_SIZE, LEAF_SIZE);
  return joinBytes([leaf, encodePath(memoryPath(machine.memory, leafNumber))]);
}

/** The instruction that the next step executes, if it gets as far as executing one. */
export function nextInstruction(machine: Machine): Instruction | undefined {
  const pc = lowHalf(machine, PC);
  return machine.words[HALT] !== 0n || pc % 4 !== 0 ? undefined : decode(load32(machine.memory, pc));
}

/** The witness of the machine's next step. The machine is left as it was. */
export function witnessOf(machine: Machine): Uint8Array {
  const codeLeaf = Math.floor(lowHalf(machine, PC) / LEAF_SIZE);
  const parts = [encodeWords(machine.words), encodeAccess(machine, codeLeaf)];
  const instruction = nextInstruction(machine);
  const size = instruction === undefined ? 0 : accessSize(instruction);
  if (instruction === undefined || size === 0) return joinBytes(parts);

  const address = (lowHalf(machine, instruction.rs1) + instruction.imm) >>> 0;
  const leaf = Math.floor(address / LEAF_SIZE);
  parts.push(encodeAccess(machine, leaf));
  if ((address % LEAF_SIZE) + size > LEAF_SIZE) {
    const nextLeaf = (leaf + 1) % 2 ** MEMORY_HEIGHT;
    parts.push(
      instruction.row.format === "load" ? encodeAccess(machine, nextLeaf) : afterStoreTo(machine, leaf, nextLeaf),
    );
  }
  return joinBytes(parts);
}

/** The second leaf of a store that crosses into it, with the path that it has once the first leaf is changed. */
function afterStoreTo(machine: Machine, leaf: number, nextLeaf: number): Uint8Array {
  const before = machine.snapshot();
  machine.advance(1);
  const changed = readBytes(machine.memory, leaf * LEAF_SIZE, LEAF_SIZE);
  machine.restore(before);
  writeBytes(machine.memory, leaf * LEAF_SIZE, changed);
  const access = encodeAccess(machine, nextLeaf);
  machine.restore(before);
  machine.release(before);
  return access;
}

/** Takes a witness apart. @throws EncodingError if the bytes end too early or too late */
export function decodeWitness(witness: Uint8Array): Witness {
  const reader = readerOf(witness);
  const words = decodeWords(reader);
  const accesses: LeafAccess[] = [];
  do {
    accesses.push({ leaf: reader.take(LEAF_SIZE), path: decodePath(reader, MEMORY_HEIGHT) });
  } while (!reader.done());
  return { words, accesses };
}
