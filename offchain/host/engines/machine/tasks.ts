// The tasks that take long, as functions of plain values. The threads of an executor carry them out.

import type { Side } from "@sonm/protocol/dispute/clock";
import type { Standing } from "@sonm/protocol/dispute/duty";
import { type Move, nextMove, statesOf } from "@sonm/protocol/dispute/next-move";
import type { GameView } from "@sonm/protocol/dispute/view";
import { inputPath } from "@sonm/protocol/job/inputs";
import { batchRange, type Job } from "@sonm/protocol/job/job";
import { decodeManifest } from "@sonm/protocol/job/manifest";
import type { ProgramImage } from "@sonm/protocol/machine/elf";
import { faultWords } from "@sonm/protocol/machine/fault";
import { disassemble, REGISTER_NAMES } from "@sonm/protocol/machine/isa/disassemble";
import { HALT, PC } from "@sonm/protocol/machine/layout";
import { inputRoot, outputSource, programRoot } from "@sonm/protocol/machine/machine";
import { load32 } from "@sonm/protocol/machine/memory";
import { KEEP_NOTHING } from "@sonm/protocol/machine/trace";
import { createHasher } from "@sonm/protocol/merkle/keccak";
import { checkOutput, contentIdOf, type Delivery } from "@sonm/protocol/result/delivery";
import { resultTreeOf } from "@sonm/protocol/result/tree";
import { Failure } from "@sonm/protocol/values/failure";
import type { Address, ContentId, Hex } from "@sonm/protocol/values/ids";
import { bytesToHex } from "viem";
import { type Content, contentSource, writeAll } from "../../disk/content-file.ts";
import type { Computed } from "../engine.ts";
import { type InputList, packHashes, unpackHashes } from "./input-list.ts";
import { corruptionOf, type Lie } from "./lie.ts";
import { createTraces, type TracesOptions, type UnitRun } from "./traces.ts";

export type { UnitRun } from "./traces.ts";

/** A player's knowledge: its results of the batch, and the runs of those units that the next move may be about. */
export type Knowledge = {
  readonly side: Side;
  readonly miner: Address;
  readonly job: Job;
  readonly batch: number;
  readonly resultHashes: readonly Hex[];
  /** by position in the batch */
  readonly runs: Readonly<Record<number, UnitRun>>;
};

/** An executed instruction, for people. */
export type Executed = {
  readonly pc: Hex;
  readonly instruction: string;
  readonly registers: readonly { readonly name: string; readonly before: Hex; readonly after: Hex }[];
};

/** The key under which the trace of one unit is kept, made of its batch and its position in it. */
export function traceKey(batch: string, position: number): string {
  return `${batch} ${position}`;
}

/** Steps of a run between two moments at which it can wait or be given up: one to three seconds. */
const SLICE = 2 ** 25;

type Finished = Computed & Pick<UnitRun, "corruption"> & { readonly opening: readonly Hex[] };

/** A unit to compute, the lie to tell about it, and the file that gets the output, if it is to be kept. */
export type Computing = {
  readonly run: UnitRun;
  readonly lie?: Lie | undefined;
  readonly into?: string | undefined;
};

/** Writes content to a file, and returns its id. */
function keep(into: string, parts: Iterable<Uint8Array>): ContentId {
  const hasher = createHasher();
  function* hashed(): Generator<Uint8Array> {
    for (const part of parts) {
      hasher.update(part);
      yield part;
    }
  }
  writeAll(into, hashed());
  return bytesToHex(hasher.digest()) as ContentId;
}

/** Everything that a thread of an executor can be asked to do. It keeps traces from one task to the next. */
export function createTasks(options: TracesOptions = {}) {
  const traces = createTraces(options);
  /** Runs that this thread has begun and not finished. Only this thread can go on with them. */
  const begun = new Map<string, Generator<number, Finished>>();

  /**
   * Runs a unit to its end. Pauses after every slice, and says how many steps it has taken. Its trace is not kept: a batch is computed
   * once, and its checkpoints stay.
   * @param key of the trace; while the run pauses, the trace may give way to others
   */
  function* runToEnd(key: string, run: UnitRun, into: string | undefined): Generator<number, Finished> {
    const trace = () => traces.of(key, run, KEEP_NOTHING);
    const apart = 8 ** (run.exponent - 1);
    const opening: Hex[] = [];
    try {
      for (let first = 0; first < 8 * apart; first += apart) {
        for (let at = first + SLICE; at < first + apart; at += SLICE) {
          if (trace().machineAt(at).words[HALT] !== 0n) break;
          yield at;
        }
        opening.push(bytesToHex(trace().stateAt(first + apart)));
      }
      const { stateHash, outputProof, fault, ...rest } = trace().result();
      const output = into === undefined ? undefined : keep(into, outputSource(trace().machineAt(8 * apart)).parts());
      const words = { resultHash: bytesToHex(stateHash), fault: fault && faultWords(fault) };
      return { ...rest, ...words, opening, output, proof: outputProof, corruption: run.corruption };
    } finally {
      traces.close(key);
    }
  }

  /** With a lie it runs again, with the corruption that tells this lie. */
  function* computing(key: string, { run, lie, into }: Computing): Generator<number, Finished> {
    const honest = yield* runToEnd(key, run, into);
    if (lie === undefined) return honest;
    const lied = yield* runToEnd(key, { ...run, corruption: corruptionOf(lie, honest.steps, 8 ** run.exponent) }, into);
    return lied.resultHash === honest.resultHash ? honest : lied;
  }

  return {
    /** Runs a unit to its end without a break. */
    compute(unit: Computing): Finished {
      const run = computing("computed", unit);
      for (let next = run.next(); ; next = run.next()) if (next.done) return next.value;
    },

    /** Begins to compute a unit, or goes on with it for a slice. `unit` is sent the first time. */
    computeOn({ key, unit }: { key: string; unit?: Computing | undefined }): Finished | { readonly at: number } {
      const run = unit ? computing(`computed ${key}`, unit) : begun.get(key);
      begun.delete(key);
      if (!run) throw new Failure("The unit was not computed", "its thread has lost the run", "it begins again");
      const next = run.next();
      if (next.done) return next.value;
      begun.set(key, run);
      return { at: next.value };
    },

    /** Forgets a run that was begun, and gives its memory back. */
    giveUp({ key }: { key: string }): void {
      begun.get(key)?.return(undefined as never);
      begun.delete(key);
    },

    /** The eight states with which a challenger opens a game about a unit. */
    openingStates({ key, run }: { key: string; run: UnitRun }): Hex[] {
      return statesOf(traces.of(key, run), 0, 8 ** (run.exponent - 1));
    },

    /** The next move of a player in a game. `batch` is the key under which traces of its units are kept. */
    nextMove(question: { batch: string; game: GameView; knowledge: Knowledge; standing: Standing; now: number }): Move {
      const { batch, game, knowledge, standing, now } = question;
      const { side, job, resultHashes, runs } = knowledge;
      const player = {
        side,
        tree: resultTreeOf(job, knowledge, resultHashes),
        traceOf(position: number) {
          const run = runs[position];
          if (!run) {
            throw new Error(`the run of unit ${batchRange(job, knowledge.batch).first + position} was not sent along`);
          }
          return traces.of(traceKey(batch, position), run);
        },
      };
      return nextMove(game, player, standing, now);
    },

    /** What the instruction after `step` does, in the true run. */
    execute({ key, run, step }: { key: string; run: UnitRun; step: number }): Executed {
      const trace = traces.of(key, run);
      const words = (at: number) => trace.machineAt(at).words.slice(0, 32);
      const before = words(step);
      const pc = Number(BigInt.asUintN(32, before[PC] ?? 0n));
      const word = load32(trace.machineAt(step).memory, pc);
      const after = words(step + 1);
      const name = (index: number) => (index === PC ? "pc" : (REGISTER_NAMES[index] ?? `x${index}`));
      const registers = Array.from(before, (value, index) => ({
        name: name(index),
        before: `0x${value.toString(16)}` as Hex,
        after: `0x${(after[index] ?? 0n).toString(16)}` as Hex,
      })).filter(({ before, after }) => before !== "0x0" || after !== "0x0");
      return { pc: `0x${pc.toString(16)}`, instruction: disassemble(Number(word), pc), registers };
    },

    /** Root of the program region at step 0. */
    programRoot: (program: ProgramImage): Hex => bytesToHex(programRoot(program)),

    /**
     * The inputs that a manifest names.
     * @throws Failure if it is no manifest, or another job's
     */
    manifest({ bytes, about }: { bytes: Uint8Array; about: Parameters<typeof decodeManifest>[1] }): InputList {
      const { inputs, inputRoots } = decodeManifest(bytes, about);
      return { ids: packHashes(inputs), roots: packHashes(inputRoots) };
    },

    /** Path from a unit's input root to the job's. */
    inputPath: ({ roots, unit }: { roots: Uint8Array; unit: number }): Hex[] => inputPath(unpackHashes(roots), unit),

    /** The id of an input, and the root of its region at step 0. */
    inputRoot(input: Content): { readonly id: ContentId; readonly root: Hex } {
      const source = contentSource(input);
      return { id: contentIdOf(source), root: bytesToHex(inputRoot(source)) };
    },

    /** Throws unless the delivered unit's result contains the output. */
    checkOutput({ unit, output }: { unit: Delivery["units"][number]; output: Content }): void {
      checkOutput(unit, contentSource(output));
    },
  };
}

export type Tasks = ReturnType<typeof createTasks>;
export type TaskName = keyof Tasks;
export type TaskQuestion<K extends TaskName> = Parameters<Tasks[K]>[0];
export type TaskAnswer<K extends TaskName> = ReturnType<Tasks[K]>;
