// Computes the units of a batch. Each is computed once and written down as soon as it is done, so that a killed process continues with
// the next one.

import { batchRange, type Job } from "@sonm/protocol/job/job";
import { Failure } from "@sonm/protocol/values/failure";
import type { Hex, JobId } from "@sonm/protocol/values/ids";
import type { Computed, Corruption, Engine, Turn } from "../engines/engine.ts";
import type { Table } from "./journal.ts";

export type Batch = { readonly id: JobId; readonly job: Job; readonly batch: number };

/** The least that is kept of a unit. */
export type UnitKept = {
  readonly resultHash: Hex;
  /** the corruption behind the result, if the result is a lie */
  readonly corruption?: Corruption | undefined;
  /** what a dispute about it is opened with; only an accuser keeps it */
  readonly opening?: Computed["opening"] | undefined;
};

/** Has something computed as soon as others have had their turn. */
export type InTurn = <T>(compute: (turn?: Turn) => Promise<T>) => Promise<T>;

/** A role that runs units and writes down their results. */
export type Runner<Unit extends UnitKept> = {
  /** by `unitKey` */
  readonly journal: { readonly units: Pick<Table<Unit>, "get"> };
  readonly engine: Pick<Engine, "compute" | "parallel">;
};

export function unitKey(job: Hex, unit: number): string {
  return `${job}/${unit}`;
}

/** The numbers of a batch's units. */
export function unitsOf({ job, batch }: Batch): number[] {
  const { first, count } = batchRange(job, batch);
  return Array.from({ length: count }, (_, i) => first + i);
}

/**
 * Computes what is not in the journal yet, as many units at a time as the engine can.
 * @param lyingUnit number of the unit that is lied about; undefined for the truth
 * @param keep writes a unit down
 * @param inTurn has a unit computed when it is the batch's turn
 * @param placeOf the file that gets a unit's output; without it, outputs are not kept
 */
export async function computeBatch(
  { journal, engine }: Runner<UnitKept>,
  batch: Batch,
  lyingUnit: number | undefined,
  keep: (unit: number, computed: Computed) => void,
  inTurn: InTurn = (compute) => compute(),
  placeOf: (unit: number) => string | undefined = () => undefined,
): Promise<void> {
  const { id, job } = batch;
  const open = unitsOf(batch).filter((unit) => !journal.units.get(unitKey(id, unit)));

  async function computeNext(): Promise<void> {
    for (let unit = open.shift(); unit !== undefined; unit = open.shift()) {
      const now = unit;
      keep(now, await inTurn((turn) => engine.compute(job, now, now === lyingUnit, turn, placeOf(now))));
    }
  }
  const ends = await Promise.allSettled(
    Array.from({ length: engine.parallel }, () =>
      computeNext().catch((error: unknown) => {
        // The batch has failed: the units that are left are for the next attempt.
        open.length = 0;
        throw error;
      }),
    ),
  );
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}

/** The units of a computed batch, in order. */
export function unitsIn<Unit extends UnitKept>({ journal }: Pick<Runner<Unit>, "journal">, batch: Batch): Unit[] {
  return unitsOf(batch).map((unit) => {
    const kept = journal.units.get(unitKey(batch.id, unit));
    if (kept) return kept;
    throw new Failure(`Unit ${unit} is not in the journal`, "it was not computed here", "restore the journal");
  });
}
