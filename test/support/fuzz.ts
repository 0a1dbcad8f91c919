// How often properties are tried, and on what: little by default, more where there is time for it (SONM_FUZZ=20).
import fc from "fast-check";

const factor = Number(process.env.SONM_FUZZ ?? "1");

/**
 * What all random cases are made from: the same on every computer and every day, so that a test that passes here passes everywhere, and
 * one that fails fails for everybody who looks. SONM_SEED=2, 3 … for other cases.
 */
export const seed = Number(process.env.SONM_SEED ?? "1");
fc.configureGlobal({ seed });

/** Settings of a fast-check property that is tried `runs` times, or SONM_FUZZ times as often. */
export function fuzz(runs: number): { numRuns: number } {
  return { numRuns: Math.max(1, Math.round(runs * factor)) };
}
