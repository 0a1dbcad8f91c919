// How often properties are tried, and with which random values: few by default, more with SONM_FUZZ=20 if there is time.
import fc from "fast-check";

const factor = Number(process.env.SONM_FUZZ ?? "1");

/**
 * The seed of all random cases. It is the same on every computer and every day, so that a test has the same result for everybody.
 * SONM_SEED=2, 3 … gives other cases.
 */
export const seed = Number(process.env.SONM_SEED ?? "1");
fc.configureGlobal({ seed });

/** Settings of a fast-check property that is tried `runs` times, or SONM_FUZZ times as often. */
export function fuzz(runs: number): { numRuns: number } {
  return { numRuns: Math.max(1, Math.round(runs * factor)) };
}
