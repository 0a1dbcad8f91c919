// How often properties are tried: little by default, more where there is time for it (SONM_FUZZ=20).

const factor = Number(process.env.SONM_FUZZ ?? "1");

/** Settings of a fast-check property that is tried `runs` times, or SONM_FUZZ times as often. */
export function fuzz(runs: number): { numRuns: number } {
  return { numRuns: Math.max(1, Math.round(runs * factor)) };
}
