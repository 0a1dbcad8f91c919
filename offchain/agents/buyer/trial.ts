// Runs the largest inputs here, before anything is asked or paid: a unit that does not end would be paid for all the same.
import { Failure } from "@sonm/protocol/values/failure";
import type { Content } from "../../host/disk/content-file.ts";
import { type Engine, NeedsMoreMemory } from "../../host/engines/engine.ts";
import type { Happening, Trial } from "../../host/role/happenings.ts";
import { exponentFor, refusalOf, type TrialSize, unitsToTry } from "./estimate.ts";

function tooLarge(unit: number, { given }: NeedsMoreMemory): Failure {
  const why = `it needs more than ${Math.floor(given / 2 ** 20)} MiB of memory; miners that give as much are harder to find`;
  const todo = "allow more (--memory), give smaller inputs, or order it all the same: --trial none";
  return new Failure(`Unit ${unit} cannot be tried here`, why, todo);
}

/**
 * Tries units, one after the other.
 * @param exponent of the job: no run takes more than 8^exponent steps
 * @returns what the longest run has needed; null if none was tried
 * @throws Failure for the first unit that does not end by itself, or does not fit into memory
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
    const secondsSince = () => (performance.now() - started) / 1000;
    const tell = (steps: number) => emit({ kind: "trial", unit, steps, seconds: secondsSince() });
    const ending = await engine.tryOut(image, input, exponent, tell).catch((error: unknown) => {
      throw error instanceof NeedsMoreMemory ? tooLarge(unit, error) : error;
    });
    const refusal = refusalOf(unit, ending, exponent);
    if (refusal) throw refusal;
    if (ending.steps < most) continue;
    most = ending.steps;
    seconds = secondsSince();
  }
  return units.length === 0
    ? null
    : { units: units.length, steps: most, enough: exponentFor(most) ?? exponent, seconds };
}
