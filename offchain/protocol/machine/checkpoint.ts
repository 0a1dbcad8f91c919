// A state of a run as bytes, to be kept where memory is not needed and where a process that ends does not lose it.
import { keccak } from "../merkle/keccak.ts";
import { PAGE_SIZE } from "./aside.ts";
import { joinBytes, sameBytes } from "./codec.ts";
import { MEMORY_SIZE, WORD_COUNT } from "./layout.ts";
import type { Machine } from "./machine.ts";
import { writeBytes } from "./memory.ts";
import { TREE_LEVELS } from "./memory-tree.ts";
import { commit, pagesOf, reset } from "./snapshots.ts";

/** States of one run that are kept elsewhere. Any of them may be lost or damaged: it is then computed again. */
export type Checkpoints = {
  /** tells the run from all others: a state of another run is refused */
  readonly name: string;
  /** Steps of the states that are there. */
  steps(): readonly number[];
  /** Keeps a state of `size` bytes; false if there is no room. */
  write(step: number, size: number, parts: Iterable<Uint8Array>): boolean;
  /**
   * Reads a state; undefined if it is not there.
   * @param use gets a function that fills an array with the bytes that follow, or says that there are not as many
   */
  read<T>(step: number, use: (fill: (into: Uint8Array) => boolean) => T): T | undefined;
  /** Removes a state. */
  remove(step: number): void;
};

const HASH = 32;
const WORDS = 8 * WORD_COUNT;
const HEAD = HASH + WORDS + 4;

/** What a state must hash to: the state, the run that it is of, and its step. */
function sealOf(name: string, step: number, stateHash: Uint8Array): Uint8Array {
  return keccak(joinBytes([new TextEncoder().encode(`${name} ${step} `), stateHash]));
}

/** Keeps the machine's state, which the run has at `step`. False if there is no room. */
export function writeCheckpoint(checkpoints: Checkpoints, step: number, machine: Machine): boolean {
  const { memory } = machine;
  const numbers = Uint32Array.from(pagesOf(memory, commit(memory)), ([page]) => page);
  const head = new Uint8Array(HEAD);
  head.set(sealOf(checkpoints.name, step, machine.stateHash()));
  head.set(new Uint8Array(machine.words.slice().buffer), HASH);
  new DataView(head.buffer).setUint32(HASH + WORDS, numbers.length, true);
  function* parts(): Generator<Uint8Array> {
    yield head;
    yield new Uint8Array(numbers.buffer);
    for (const [, bytes] of pagesOf(memory, commit(memory))) yield bytes;
  }
  return checkpoints.write(step, HEAD + numbers.length * (4 + PAGE_SIZE), parts());
}

function fillMachine(machine: Machine, fill: (into: Uint8Array) => boolean): Uint8Array | undefined {
  const head = new Uint8Array(HEAD);
  if (!fill(head)) return undefined;
  const count = new DataView(head.buffer).getUint32(HASH + WORDS, true);
  if (count > MEMORY_SIZE / PAGE_SIZE) return undefined;
  const numbers = new Uint32Array(count);
  if (!fill(new Uint8Array(numbers.buffer))) return undefined;
  reset(machine.memory, TREE_LEVELS);
  machine.words.set(new BigUint64Array(head.buffer.slice(HASH, HASH + WORDS)));
  const page = new Uint8Array(PAGE_SIZE);
  for (const number of numbers) {
    if (number >= MEMORY_SIZE / PAGE_SIZE || !fill(page)) return undefined;
    writeBytes(machine.memory, number * PAGE_SIZE, page);
  }
  return head.subarray(0, HASH);
}

/**
 * Puts a kept state into the machine. False if it is not there, or if it is not what was written: the machine is then in no defined state
 * of the run.
 * @throws MemoryShort if the machine's room is too small for it
 */
export function readCheckpoint(checkpoints: Checkpoints, step: number, machine: Machine): boolean {
  const seal = checkpoints.read(step, (fill) => fillMachine(machine, fill));
  return seal !== undefined && sameBytes(seal, sealOf(checkpoints.name, step, machine.stateHash()));
}
