// Whether a player can play all games that may be opened at once about a job, before its time is over. Pure.
import type { Job } from "@sonm/protocol/job/job";

/**
 * Steps that an honest player computes at most in one game about a run of `N = 8^m` steps: `N + N/8 + N/64 + … = 8·N/7`.
 *
 * It runs the unit once, up to `N`: nothing may be left of an earlier run. Its first answer names one of eight segments, and posts eight
 * states within it: it runs this segment again, `N/8` steps. Each later answer compares states within a segment of the opponent's, which is
 * an eighth of the player's last one, and posts states within an eighth of that (PROTOCOL.md, section 6.2). Both begin at a state that it has
 * posted or compared before, and that its trace has kept. So each answer runs over its segment once, and the segments add up to `N/7`.
 */
export function stepsToPlay(exponent: number): number {
  return 8 ** (exponent + 1) / 7;
}

/** Part of a player's allowance that it plans to compute in. The rest is for transactions, full blocks and restarts. */
const PLANNED = 1 / 2;

/**
 * Why so many games at once, one for each unit, could not be played in time; undefined if they could.
 *
 * The games run side by side, so each waits for all of them at worst: no game takes more of the player's time than all computing together.
 * It is enough if that fits in the allowance `A` (PROTOCOL.md, section 6.3). The grace is not counted on.
 * @param stepsPerSecond of the thread that plays
 * @returns a part of a sentence
 */
export function cannotPlay(
  { exponent, allowance }: Pick<Job, "exponent" | "allowance">,
  games: number,
  stepsPerSecond: number,
): string | undefined {
  const seconds = Math.ceil((games * stepsToPlay(exponent)) / stepsPerSecond);
  if (seconds <= PLANNED * allowance) return undefined;
  const about = `games about ${games} ${games === 1 ? "run" : "runs"} of 8^${exponent} steps`;
  return `${about} take up to ${seconds} s to play, which is more than half of the ${allowance} s that a player has`;
}
