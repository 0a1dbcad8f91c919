// The units of a batch as whoever runs them keeps them: each is computed once and written down as it comes, so that a killed process
// goes on with the next one.

import { batchRange, type Job } from "@sonm/protocol/job/job";
import type { Corruption } from "@sonm/protocol/machine/trace";
import { Failure } from "@sonm/protocol/values/failure";
import type { Hex, JobId } from "@sonm/protocol/values/ids";
import type { Executor } from "../engines/machine/executor.ts";
import type { JobSource } from "../engines/machine/job-source.ts";
import type { Lie } from "../engines/machine/lie.ts";
import type { Computed, UnitRun } from "../engines/machine/tasks.ts";
import type { Table } from "./journal.ts";

export type Batch = { readonly id: JobId; readonly job: Job; readonly batch: number };

/** What is kept of a unit at least. */
export type UnitKept = {
  readonly resultHash: Hex;
  /** on which the result rests, if it is a lie */
  readonly corruption?: Corruption | undefined;
};

/** Who runs units and plays games about them. */
export type Runner<Unit extends UnitKept> = {
  /** by `unitKey` */
  readonly journal: { readonly units: Pick<Table<Unit>, "get"> };
  readonly source: JobSource;
  /** for units */
  readonly computing: Executor;
  /** for games, which must not wait for units */
  readonly playing: Executor;
  /** units computed at the same time */
  readonly threads: number;
};

export function unitKey(job: Hex, unit: number): string {
  return `${job}/${unit}`;
}

/** The numbers of a batch's units. */
function unitsOf({ job, batch }: Batch): number[] {
  const { first, count } = batchRange(job, batch);
  return Array.from({ length: count }, (_, i) => first + i);
}

/**
 * Computes what is not in the journal yet, as many units at a time as there are threads.
 * @param lieAbout the lie to tell about a unit; undefined for the truth
 * @param keep writes a unit down
 */
export async function computeBatch(
  { journal, source, computing, threads }: Runner<UnitKept>,
  batch: Batch,
  lieAbout: (unit: number) => Lie | undefined,
  keep: (unit: number, computed: Computed) => void,
): Promise<void> {
  const { id, job } = batch;
  const program = await source.program(job);
  const open = unitsOf(batch).filter((unit) => !journal.units.get(unitKey(id, unit)));

  async function computeNext(): Promise<void> {
    for (let unit = open.shift(); unit !== undefined; unit = open.shift()) {
      const run = { program, input: await source.input(job, unit), exponent: job.exponent };
      keep(unit, await computing.ask("compute", { run, lie: lieAbout(unit) }));
    }
  }
  await Promise.all(Array.from({ length: threads }, computeNext));
}

/** The units of a computed batch, in order. */
export function unitsIn<Unit extends UnitKept>({ journal }: Pick<Runner<Unit>, "journal">, batch: Batch): Unit[] {
  return unitsOf(batch).map((unit) => {
    const kept = journal.units.get(unitKey(batch.id, unit));
    if (kept) return kept;
    throw new Failure(`Unit ${unit} is not in the journal`, "it was not computed here", "restore the journal");
  });
}

/** The run that a unit's result rests on, for a game about it. */
export async function runOf(
  { journal, source }: Pick<Runner<UnitKept>, "journal" | "source">,
  { id, job }: Pick<Batch, "id" | "job">,
  unit: number,
): Promise<UnitRun> {
  const [program, input] = [await source.program(job), await source.inputInPlay(job, unit)];
  return { program, input, exponent: job.exponent, corruption: journal.units.get(unitKey(id, unit))?.corruption };
}
