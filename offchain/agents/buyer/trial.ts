// Runs the largest inputs here, before anything is asked or paid: a unit that does not end would be paid for all the same.
import type { Content } from "../../host/disk/content-file.ts";
import type { Engine } from "../../host/engines/engine.ts";
import type { Happening, Trial } from "../../host/role/happenings.ts";
import { exponentFor, refusalOf, type TrialSize, unitsToTry } from "./estimate.ts";

/**
 * Tries units, one after the other.
 * @param exponent of the job: no run takes more than 8^exponent steps
 * @returns what the longest run has needed; null if none was tried
 * @throws Failure for the first unit that does not end by itself
 */
export async function tryUnits(
  engine: Pick<Engine, "tryOut">,
  image: Uint8Array,
  inputs: readonly Content[],
  { exponent, size, emit }: { exponent: number; size: TrialSize; emit: (happening: Happening) => void },
): Promise<Trial | null> {
  const units = unitsToTry(
    inputs.map(({ length }) => length),
    size,
  );
  let [most, seconds] = [0, 0];
  for (const unit of units) {
    const input = inputs[unit] ?? new Uint8Array();
    emit({ kind: "trying", unit, bytes: input.length, allowed: 8 ** exponent });
    const started = performance.now();
    const ending = await engine.tryOut(image, input, exponent);
    const refusal = refusalOf(unit, ending, exponent);
    if (refusal) throw refusal;
    if (ending.steps < most) continue;
    most = ending.steps;
    seconds = (performance.now() - started) / 1000;
  }
  return units.length === 0
    ? null
    : { units: units.length, steps: most, enough: exponentFor(most) ?? exponent, seconds };
}
