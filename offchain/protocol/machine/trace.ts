// The run of a unit seen as a function of the step: s(0) … s(8^exponent). Re-runs what it needs from snapshots, of which it keeps a
// bounded number. A corruption makes it the run of a liar. A liar differs from an honest player in nothing else.
import type { ProgramImage } from "./elf.ts";
import { type Ending, endingOf } from "./ending.ts";
import { type Fault, faultOf } from "./fault.ts";
import { HALT } from "./layout.ts";
import { createMachine, type Machine, outputOf, type Snapshot } from "./machine.ts";
import { load64, store64 } from "./memory.ts";
import { proveOutput } from "./output.ts";
import { witnessOf } from "./witness.ts";

/** What a liar changes: the state reached at `step`, in a word (1 … 31 are the registers) or in 8 bytes of memory, by `xor`. */
export type Corruption = {
  readonly step: number;
  readonly change: { readonly register: number } | { readonly address: number };
  readonly xor: bigint;
};

/** The result of a unit's run. */
export type TraceResult = Ending & {
  /** what halted the run; undefined if the program ended by itself, or not at all */
  readonly fault: Fault | undefined;
  readonly stateHash: Uint8Array;
  readonly output: Uint8Array;
  readonly outputProof: Uint8Array;
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
};

/**
 * How many snapshots are kept at even distances, and the same number at the steps last asked for. `gap` is the distance to begin with,
 * in steps; it doubles whenever there are too many.
 */
export type Keeping = { readonly count: number; readonly gap: number };

const KEEPING: Keeping = { count: 64, gap: 2 ** 20 };

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
 * @param run `exponent` is m: the run has 8^m steps; `input` is at most 1 GiB less 8 bytes
 * @throws InputTooLong if the input does not fit
 */
export function openTrace(run: {
  program: ProgramImage;
  input: Uint8Array;
  exponent: number;
  corruption?: Corruption;
  keeping?: Keeping;
}): Trace {
  const { corruption } = run;
  const last = 8 ** run.exponent;
  const machine = createMachine(run.program, run.input);
  const spread = new Map<number, Snapshot>();
  const recent = new Map<number, Snapshot>();
  const { count } = run.keeping ?? KEEPING;
  let { gap } = run.keeping ?? KEEPING;
  let at = 0;
  if (corruption?.step === 0) corrupt(machine, corruption);
  spread.set(0, machine.snapshot());

  function keepSpread(): void {
    spread.set(at, machine.snapshot());
    if (spread.size <= count) return;
    gap *= 2;
    for (const step of [...spread.keys()]) if (step % gap !== 0) spread.delete(step);
  }

  function keepRecent(): void {
    recent.delete(at);
    recent.set(at, machine.snapshot());
    if (recent.size > count) recent.delete(recent.keys().next().value as number);
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
    if (snapshot === undefined) return;
    machine.restore(snapshot);
    at = best;
  }

  /** Goes on to `step`; a halted machine stays as it is, until it is corrupted. */
  function forward(step: number): void {
    while (at < step) {
      const lie = corruption !== undefined && at < corruption.step ? corruption.step : step;
      const mark = machine.words[HALT] === 0n ? (Math.floor(at / gap) + 1) * gap : step;
      const stop = Math.min(step, lie, mark);
      machine.advance(stop - at);
      at = stop;
      if (at === corruption?.step) corrupt(machine, corruption);
      if (at % gap === 0 && !spread.has(at) && machine.words[HALT] === 0n) keepSpread();
    }
  }

  function seek(step: number): Machine {
    if (!Number.isInteger(step) || step < 0 || step > last) throw new StepOutsideRun(step, last);
    rewind(step);
    forward(step);
    keepRecent();
    return machine;
  }

  return {
    stateAt: (step) => seek(step).stateHash(),
    witnessAt: (step) => witnessOf(seek(step)),
    machineAt: seek,
    result() {
      const end = seek(last);
      return {
        ...endingOf(end.words),
        fault: faultOf(end),
        stateHash: end.stateHash(),
        output: outputOf(end),
        outputProof: proveOutput(end),
      };
    },
  };
}
