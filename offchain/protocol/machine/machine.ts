// The machine that others use: made of a program and a unit's input, run, hashed, put back.

import { createTreeHasher } from "../merkle/stream.ts";
import { type ByteSource, sourceOf } from "../values/byte-source.ts";
import { Failure } from "../values/failure.ts";
import type { ProgramImage } from "./elf.ts";
import { createHart, type Hart } from "./hart.ts";
import { CONTENT_LIMIT, INPUT_START, LENGTH_SIZE, OUTPUT_START, PC, REGION_HEIGHT, STEP } from "./layout.ts";
import { load64, readBytes, store64, viewsOf, writeBytes } from "./memory.ts";
import { memoryRoot, regionRoots } from "./memory-root.ts";
import { TREE_LEVELS } from "./memory-tree.ts";
import { closeMemory, createMemory, type Memory, PART_ROOM } from "./parts.ts";
import type { Room } from "./room.ts";
import { pagesOf, releaseTree, reset, takeTree } from "./snapshots.ts";
import { hashState } from "./state.ts";
import { advance } from "./step.ts";

/** A saved state of a machine. It shares with the machine's other snapshots all pages in which they do not differ. */
export type Snapshot = { readonly words: BigUint64Array; readonly memory: Memory; readonly tree: number };

/** A machine. Callers may write to its words and memory (a liar does that). */
export type Machine = Hart & {
  /** Executes up to `count` steps, fewer if it halts; returns how many. */
  advance(count: number): number;
  /** Runs until its step counter is `untilStep`, or it halts. */
  run(untilStep: number): void;
  /** Hash of the state (PROTOCOL.md, section 3.2); looks only at pages written since it was last asked for. */
  stateHash(): Uint8Array;
  snapshot(): Snapshot;
  /** Restores the state of a snapshot, which may be of another machine. */
  restore(snapshot: Snapshot): void;
  /** Gives up a snapshot of this machine. One that is never given up lasts as long as the machine. */
  release(snapshot: Snapshot): void;
  /** Makes it the machine at step 0 of a unit. */
  begin(program: ProgramImage, input: Uint8Array | ByteSource): void;
  /** Bytes of its memory that exist, without what only snapshots need. */
  size(): number;
  /** Gives its memory back. It cannot be used after it. */
  close(): void;
};

/** An input longer than its region. */
export class InputTooLong extends Failure {
  override readonly name = "InputTooLong";

  constructor(length: number) {
    super(
      "The input does not fit into the machine",
      `it is ${length} bytes, the input region holds ${CONTENT_LIMIT}`,
      "Split it into more units.",
    );
  }
}

function requireFit({ length }: ByteSource): void {
  if (length > CONTENT_LIMIT) throw new InputTooLong(length);
}

function placeInput(memory: Hart["memory"], input: ByteSource): void {
  requireFit(input);
  // Memory already holds a length of zero.
  if (input.length === 0) return;
  store64(memory, INPUT_START, BigInt(input.length));
  let at = INPUT_START + LENGTH_SIZE;
  for (const part of input.parts()) {
    writeBytes(memory, at, part);
    at += part.length;
  }
}

function placeProgram(memory: Hart["memory"], program: ProgramImage): void {
  for (const { address, data } of program.segments) writeBytes(memory, address, data);
}

/**
 * The machine at step 0 of a unit.
 * @param input bytes of the unit's input, at most 1 GiB less 8 bytes; if they come in parts, only memory has them all
 * @param room for its memory; there is no end to it if none is given
 * @throws InputTooLong if they do not fit
 * @throws MemoryShort if the room is full, as running it does
 * @example
 * ```ts
 * import { createMachine, endingOf, loadElf, outputOf } from "@sonm/protocol/machine";
 *
 * // What a program writes for an input, if it exits by itself within so many steps.
 * export function outputFor(elf: Uint8Array, input: Uint8Array, steps: number): Uint8Array {
 *   const machine = createMachine(loadElf(elf), input);
 *   machine.run(steps);
 *   const { exitCode } = endingOf(machine.words);
 *   if (exitCode !== 0) throw new Error(`the program ended with ${exitCode ?? "no exit"}`);
 *   return outputOf(machine);
 * }
 * ```
 */
export function createMachine(program: ProgramImage, input: Uint8Array | ByteSource, room?: Room): Machine {
  const machine = emptyMachine(room);
  machine.begin(program, input);
  return machine;
}

/** A machine that is all zero. */
export function emptyMachine(room?: Room): Machine {
  const hart = createHart(room);
  const { memory } = hart;
  return {
    ...hart,
    advance: (count) => advance(hart, count),
    run(untilStep) {
      advance(hart, untilStep - Number(hart.words[STEP]));
    },
    stateHash: () => hashState(memoryRoot(memory), hart.words),
    snapshot: () => ({ words: hart.words.slice(), memory, tree: takeTree(memory) }),
    restore(snapshot) {
      hart.words.set(snapshot.words);
      if (snapshot.memory === memory) return reset(memory, snapshot.tree);
      reset(memory, TREE_LEVELS);
      for (const [page, bytes] of pagesOf(snapshot.memory, snapshot.tree)) {
        writeBytes(memory, page * bytes.length, bytes);
      }
    },
    release: ({ tree }) => releaseTree(memory, tree),
    begin(program, input) {
      hart.words.fill(0n);
      reset(memory, TREE_LEVELS);
      placeProgram(memory, program);
      placeInput(memory, sourceOf(input));
      hart.words[PC] = BigInt(program.entry);
    },
    size: () => memory.parts * PART_ROOM,
    close: () => closeMemory(memory),
  };
}

/** Root of the program region at step 0, 32 bytes: a job's `programRoot`. */
export function programRoot(program: ProgramImage): Uint8Array {
  const memory = createMemory();
  placeProgram(memory, program);
  return regionRoots(memory)[0];
}

/** Root of the input region at step 0, 32 bytes. It holds a part of the input at a time. @throws InputTooLong if the input does not fit */
export function inputRoot(input: Uint8Array | ByteSource): Uint8Array {
  const source = sourceOf(input);
  requireFit(source);
  const length = new DataView(new ArrayBuffer(LENGTH_SIZE));
  length.setBigUint64(0, BigInt(source.length), true);
  const tree = createTreeHasher(REGION_HEIGHT);
  tree.update(new Uint8Array(length.buffer));
  for (const part of source.parts()) tree.update(part);
  return tree.root();
}

/** Bytes of content that a region with this length word holds: 0 if the length goes beyond the region. */
export function contentLength(length: bigint): number {
  return length <= BigInt(CONTENT_LIMIT) ? Number(length) : 0;
}

/** Bytes of the output as it is in memory now. */
export function outputLength({ memory }: Hart): number {
  return contentLength(BigInt.asUintN(64, load64(memory, OUTPUT_START)));
}

/** The output as it is in memory now, in parts that are not copied: read them before the machine runs on. */
export function outputSource(machine: Hart): ByteSource {
  const length = outputLength(machine);
  return { length, parts: () => viewsOf(machine.memory, OUTPUT_START + LENGTH_SIZE, length) };
}

/** The bytes of the output as they are in memory now, all of them. */
export function outputOf(machine: Hart): Uint8Array {
  return readBytes(machine.memory, OUTPUT_START + LENGTH_SIZE, outputLength(machine));
}
