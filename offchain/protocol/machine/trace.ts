// The run of a unit seen as a function of the step: s(0) … s(8^exponent). Re-runs what it needs from snapshots, of which it keeps a
// bounded number, and gives up more when memory is short: then it only takes longer. Some of its states are kept as checkpoints too, if
// there is a place for them. A corruption makes it the run of a liar. A liar differs from an honest player in nothing else.
import type { ByteSource } from "../values/byte-source.ts";
import { PAGE_SIZE } from "./aside.ts";
import { type Checkpoints, readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import type { ProgramImage } from "./elf.ts";
import { type Ending, endingOf } from "./ending.ts";
import { type Fault, faultOf } from "./fault.ts";
import { HALT } from "./layout.ts";
import { emptyMachine, type Machine, type Snapshot } from "./machine.ts";
import { load64, store64 } from "./memory.ts";
import { proveOutput } from "./output.ts";
import type { Room } from "./room.ts";
import { witnessOf } from "./witness.ts";

/** What a liar changes: the state reached at `step`, in a word (1 … 31 are the registers) or in 8 bytes of memory, by `xor`. */
export type Corruption = {
  readonly step: number;
  readonly change: { readonly register: number } | { readonly address: number };
  readonly xor: bigint;
};

/** The result of a unit's run. The output is in the machine at its last step. */
export type TraceResult = Ending & {
  /** what halted the run; undefined if the program ended by itself, or not at all */
  readonly fault: Fault | undefined;
  readonly stateHash: Uint8Array;
  readonly outputProof: Uint8Array;
  /** bytes of memory that the run needs */
  readonly memory: number;
};

/** The run of a unit as a function of the step, 0 … 8^exponent. For any other step, its methods throw `StepOutsideRun`. */
export type Trace = {
  /** Hash of the state at a step, 0 … 8^exponent. Any order will do; neighbouring steps are cheap. */
  stateAt(step: number): Uint8Array;
  /** Witness of the step that leads on from the state at `step`. */
  witnessAt(step: number): Uint8Array;
  /** The machine at that step, until the next call. It belongs to the trace: read it, do not run it. */
  machineAt(step: number): Machine;
  /** The end of the run. */
  result(): TraceResult;
  /** Steps that were executed to answer. */
  executed(): number;
  /** Gives its memory back. It can answer nothing more; its checkpoints stay. */
  close(): void;
};

/**
 * How many snapshots are kept at even distances, and the same number at the steps last asked for; with none, a run takes the memory that
 * it needs itself. `gap` is the distance to begin with, in steps; it doubles whenever there are too many. `apart` is the least distance
 * of checkpoints.
 */
export type Keeping = { readonly count: number; readonly gap: number; readonly apart?: number };

const KEEPING: Keeping = { count: 64, gap: 2 ** 20 };
/** For a run that is only run once to its end. */
export const KEEP_NOTHING: Keeping = { ...KEEPING, count: 0 };

/** Running so many steps takes about half a second: what is nearer is not worth a file. */
const APART = 2 ** 24;
/** Steps that take several times as long as writing a page: the more pages a checkpoint has, the further apart they are. */
const STEPS_A_PAGE = 2 ** 13;
/** Checkpoints of one run at most: as many as there are segments in the first round of a game. */
const CHECKPOINTS = 8;

/** A step outside of the run. */
export class StepOutsideRun extends Error {
  override readonly name = "StepOutsideRun";

  constructor(step: number, last: number) {
    super(`Step ${step} is not one of the run, which has the steps 0 to ${last}.`);
  }
}

function corrupt(machine: Machine, { change, xor }: Corruption): void {
  if ("register" in change) {
    machine.words[change.register] = (machine.words[change.register] as bigint) ^ xor;
  } else {
    store64(machine.memory, change.address, load64(machine.memory, change.address) ^ xor);
  }
}

/**
 * Opens the run of a unit. It executes nothing before somebody asks for a state.
 * @param run `exponent` is m: the run has 8^m steps; `input` is at most 1 GiB less 8 bytes, and read whenever the run begins anew; `room` is what all its memory is taken from
 * @throws InputTooLong if the input does not fit
 * @throws MemoryShort if the room is too small for the program and its input. The trace's methods throw it if the room is too small for
 * the run without any snapshot; the trace is then closed.
 */
export function openTrace(run: {
  program: ProgramImage;
  input: Uint8Array | ByteSource;
  exponent: number;
  corruption?: Corruption;
  keeping?: Keeping;
  room?: Room;
  checkpoints?: Checkpoints;
}): Trace {
  const { program, input, corruption, checkpoints } = run;
  const last = 8 ** run.exponent;
  const machine = emptyMachine(run.room);
  const spread = new Map<number, Snapshot>();
  const recent = new Map<number, Snapshot>();
  const stored = new Set(checkpoints?.steps());
  const { count, apart = APART } = run.keeping ?? KEEPING;
  const { gap: firstGap } = run.keeping ?? KEEPING;
  let gap = firstGap;
  let storedGap = firstGap;
  let executed = 0;
  let closed = false;
  /** the step that the machine is at; infinite if it is at none */
  let at = Number.POSITIVE_INFINITY;
  machine.memory.giveWay = giveWay;
  guarded(begin);

  function begin(): void {
    machine.begin(program, input);
    [at, gap] = [0, firstGap];
    if (corruption?.step === 0) corrupt(machine, corruption);
  }

  function drop(kept: Map<number, Snapshot>, step: number): void {
    const snapshot = kept.get(step);
    kept.delete(step);
    if (snapshot) machine.release(snapshot);
  }

  /** Doubles the distance of snapshots until one is dropped. */
  function widen(): void {
    for (const before = spread.size; spread.size === before; ) {
      gap *= 2;
      for (const step of [...spread.keys()]) if (step % gap !== 0 || gap > 2 * last) drop(spread, step);
    }
  }

  /** Drops a snapshot, or several, because memory is short. False if there is none. */
  function giveWay(): boolean {
    const [oldest] = recent.keys();
    if (oldest !== undefined) drop(recent, oldest);
    else if (spread.size > 0) widen();
    else return false;
    return true;
  }

  function keepSpread(): void {
    if (count === 0) return;
    spread.set(at, machine.snapshot());
    if (spread.size > count) widen();
  }

  function keepRecent(): void {
    if (count === 0) return;
    drop(recent, at);
    recent.set(at, machine.snapshot());
    if (recent.size > count) drop(recent, recent.keys().next().value as number);
  }

  /** Keeps the state as a checkpoint, if computing it again would take much longer than writing it. */
  function store(): void {
    const worth = Math.max(apart, (machine.size() / PAGE_SIZE) * STEPS_A_PAGE);
    while (storedGap < worth) storedGap *= 2;
    if (!checkpoints || stored.has(at) || at % storedGap !== 0) return;
    if (!writeCheckpoint(checkpoints, at, machine)) return;
    stored.add(at);
    while (stored.size > CHECKPOINTS) {
      storedGap *= 2;
      for (const step of stored) if (step % storedGap !== 0) forget(step);
    }
  }

  function forget(step: number): void {
    stored.delete(step);
    checkpoints?.remove(step);
  }

  /** Goes to the last kept state that is not beyond `step`, if that is nearer than where the machine is. */
  function rewind(step: number): void {
    let best = at <= step ? at : -1;
    let snapshot: Snapshot | undefined;
    for (const kept of [spread, recent]) {
      for (const [place, candidate] of kept) {
        if (place <= step && place > best) [best, snapshot] = [place, candidate];
      }
    }
    const checkpoint = Math.max(-1, ...[...stored].filter((place) => place <= step));
    if (checkpoints && checkpoint > best) {
      at = Number.POSITIVE_INFINITY;
      if (readCheckpoint(checkpoints, checkpoint, machine)) at = checkpoint;
      else forget(checkpoint);
      rewind(step);
    } else if (snapshot !== undefined) {
      machine.restore(snapshot);
      at = best;
    } else if (best < 0) begin();
  }

  /** Goes on to `step`; a halted machine stays as it is, until it is corrupted. */
  function forward(step: number): void {
    for (;;) {
      const running = machine.words[HALT] === 0n;
      if (at % gap === 0 && !spread.has(at) && running) keepSpread();
      if (at > 0 && at < last && running) store();
      if (at >= step) return;
      const lie = corruption !== undefined && at < corruption.step ? corruption.step : step;
      const mark = running ? (Math.floor(at / firstGap) + 1) * firstGap : step;
      const stop = Math.min(step, lie, mark);
      executed += machine.advance(stop - at);
      at = stop;
      if (at === corruption?.step) corrupt(machine, corruption);
    }
  }

  /** Does what may need more memory than there is. */
  function guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      close();
      throw error;
    }
  }

  function close(): void {
    if (!closed) machine.close();
    closed = true;
  }

  function seek(step: number): Machine {
    if (!Number.isInteger(step) || step < 0 || step > last) throw new StepOutsideRun(step, last);
    if (closed) throw new Error("The trace is closed.");
    return guarded(() => {
      rewind(step);
      forward(step);
      keepRecent();
      return machine;
    });
  }

  return {
    stateAt: (step) => seek(step).stateHash(),
    witnessAt(step) {
      const machine = seek(step);
      return guarded(() => witnessOf(machine));
    },
    machineAt: seek,
    result() {
      const end = seek(last);
      return {
        ...endingOf(end.words),
        fault: faultOf(end),
        stateHash: end.stateHash(),
        outputProof: proveOutput(end),
        memory: end.size(),
      };
    },
    executed: () => executed,
    close,
  };
}
