// What a job will need and cost, before anything is asked or paid. Pure.
import { batchCount, type Job } from "@sonm/protocol/job/job";
import { settleableFrom } from "@sonm/protocol/result/claim";
import { showSnm } from "@sonm/protocol/values/amounts";
import { Failure } from "@sonm/protocol/values/failure";
import type { JobId } from "@sonm/protocol/values/ids";
import type { Ending } from "../../host/engines/engine.ts";
import type { Happening, Trial } from "../../host/role/happenings.ts";

/** How many units are tried, the largest inputs first. */
export type TrialSize = number | "all" | "none";

/** The exponents that a job can have. */
const LEAST_EXPONENT = 2;
const MOST_EXPONENT = 16;

/** The least exponent whose 8^m steps are enough for a run; undefined if none is. */
export function exponentFor(steps: number): number | undefined {
  for (let m = LEAST_EXPONENT; m <= MOST_EXPONENT; m += 2) if (8 ** m >= steps) return m;
  return undefined;
}

/** The numbers of the units to try: those with the largest inputs, of equal ones the first. @param sizes bytes of each unit's input */
export function unitsToTry(sizes: readonly number[], size: TrialSize): number[] {
  const count = size === "none" ? 0 : size === "all" ? sizes.length : size;
  const order = sizes.map((_, unit) => unit).sort((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0));
  return order.slice(0, count);
}

/**
 * Why a job with such a unit would be paid for nothing; undefined if the unit has ended by itself, whatever its exit code.
 * @param exponent of the job: a run has 8^exponent steps
 */
export function refusalOf(unit: number, { steps, exitCode, fault }: Ending, exponent: number): Failure | undefined {
  if (exitCode !== undefined) return undefined;
  const what = `Unit ${unit} would be paid for without a result`;
  if (fault !== undefined) {
    const why = `a trial of it here ended after ${steps.toLocaleString("en-US")} steps by ${fault}`;
    return new Failure(what, why, "mend the program, or pay for it all the same: --trial none");
  }
  const why = `a trial of it here did not end within its 8^${exponent} steps`;
  const more =
    exponent + 2 <= MOST_EXPONENT
      ? `allow 64 times as many (--exponent ${exponent + 2})`
      : "no exponent allows more: cut the work into smaller units";
  return new Failure(what, why, `${more}, give smaller inputs, or pay for it all the same: --trial none`);
}

/** Refuses a job that costs more than it may. @param most wei of SNM that all units together may cost; undefined for no limit */
export function checkTotal({ price, units }: { price: bigint; units: number }, most: bigint | undefined): void {
  const total = price * BigInt(units);
  if (most === undefined || total <= most) return;
  const why = `${units === 1 ? "1 unit" : `${units.toLocaleString("en-US")} units`} at ${showSnm(price)} are ${showSnm(total)}, more than --max-total ${showSnm(most)}`;
  throw new Failure("The job costs too much", why, "raise the limit, lower the price, or give fewer inputs");
}

/** What the buyer says of a job before it asks for a quote. */
export function estimateOf(id: JobId, job: Job, trial: Trial | null): Extract<Happening, { kind: "estimated" }> {
  const { units, exponent, price, deposit, bond, deadline } = job;
  return {
    kind: "estimated",
    job: id,
    units,
    batches: batchCount(job),
    exponent,
    allowed: 8 ** exponent,
    trial,
    price: String(price),
    total: String(price * BigInt(units)),
    deposit: String(deposit),
    bond: String(bond),
    settles: settleableFrom(job, 0),
    deadline: Number(deadline),
  };
}
