// The traces that a thread keeps: one for each unit that it is asked about, whatever the number of games about it, as many as its memory
// holds. The least recently used one gives way first. It is opened again when it is needed, from its checkpoints if there are any.
import type { Checkpoints } from "@sonm/protocol/machine/checkpoint";
import type { ProgramImage } from "@sonm/protocol/machine/elf";
import { createRoom, MemoryShort } from "@sonm/protocol/machine/room";
import { type Corruption, type Keeping, openTrace, type Trace } from "@sonm/protocol/machine/trace";
import { type Content, contentSource } from "../../disk/content-file.ts";
import { NeedsMoreMemory } from "../engine.ts";

/** The run of one unit. */
export type UnitRun = {
  readonly program: ProgramImage;
  readonly input: Content;
  /** m: the run has 8^m steps */
  readonly exponent: number;
  /** only in the run of a liar */
  readonly corruption?: Corruption | undefined;
  /** tells the unit from all others; without it, the run has no checkpoints */
  readonly name?: string | undefined;
};

export type TracesOptions = {
  /** bytes that all traces may take together; no limit if it is not given */
  readonly memory?: number | undefined;
  /** the checkpoints of a run, by its name */
  readonly checkpointsOf?: ((name: string) => Checkpoints) | undefined;
  readonly keeping?: Keeping | undefined;
};

/** What can be asked about a run. Whoever asks need not know whether its trace is open. */
export type KeptTrace = Pick<Trace, "stateAt" | "witnessAt" | "machineAt" | "result">;

export type Traces = {
  /** The trace that is kept under a key. Its methods throw `NeedsMoreMemory` if the run does not fit. */
  of(key: string, run: UnitRun, keeping?: Keeping): KeptTrace;
  /** Gives the memory of a trace to others. */
  close(key: string): void;
  /** Number of open traces. */
  open(): number;
  /** Steps that were executed for all of them. */
  executed(): number;
};

/** The name of a run, honest or not. */
function nameOf({ name, exponent, corruption }: UnitRun): string | undefined {
  if (name === undefined || corruption === undefined) return name && `${name} ${exponent}`;
  const { step, change, xor } = corruption;
  return `${name} ${exponent} ${step} ${JSON.stringify(change)} ${xor}`;
}

export function createTraces(options: TracesOptions): Traces {
  const { memory = Number.POSITIVE_INFINITY, checkpointsOf } = options;
  /** in order of use, the least recent first */
  const traces = new Map<string, Trace>();
  let inUse: string | undefined;
  let executedBefore = 0;

  const room = createRoom(memory, () => {
    for (const key of traces.keys()) {
      if (key === inUse) continue;
      close(key);
      return true;
    }
    return false;
  });

  function close(key: string): void {
    const trace = traces.get(key);
    if (!trace) return;
    traces.delete(key);
    executedBefore += trace.executed();
    trace.close();
  }

  function open(run: UnitRun, keeping: Keeping | undefined): Trace {
    const { program, input, exponent, corruption } = run;
    const name = nameOf(run);
    const checkpoints = name === undefined ? undefined : checkpointsOf?.(name);
    return openTrace({
      program,
      input: contentSource(input),
      exponent,
      room,
      ...(corruption && { corruption }),
      ...(checkpoints && { checkpoints }),
      ...(keeping && { keeping }),
    });
  }

  function use<T>(key: string, run: UnitRun, keeping: Keeping | undefined, work: (trace: Trace) => T): T {
    inUse = key;
    try {
      const trace = traces.get(key) ?? open(run, keeping);
      traces.delete(key);
      traces.set(key, trace);
      return work(trace);
    } catch (error) {
      if (!(error instanceof MemoryShort)) throw error;
      close(key);
      throw new NeedsMoreMemory(memory);
    } finally {
      inUse = undefined;
    }
  }

  return {
    of: (key, run, keeping = options.keeping) => ({
      stateAt: (step) => use(key, run, keeping, (trace) => trace.stateAt(step)),
      witnessAt: (step) => use(key, run, keeping, (trace) => trace.witnessAt(step)),
      machineAt: (step) => use(key, run, keeping, (trace) => trace.machineAt(step)),
      result: () => use(key, run, keeping, (trace) => trace.result()),
    }),
    close,
    open: () => traces.size,
    executed: () => [...traces.values()].reduce((sum, trace) => sum + trace.executed(), executedBefore),
  };
}
