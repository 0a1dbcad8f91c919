// How often units are run for games that are played side by side. Executed steps are counted, so the computer does not matter.
import { createTraces, type UnitRun } from "../../offchain/host/engines/machine/traces.ts";
import { type Bench, type Figure, figure } from "./figure.ts";

const GAMES = [1, 2, 4, 8, 16, 32];
const EXPONENT = 4;
const LENGTH = 8 ** EXPONENT;
/** Runs: a player runs the unit once, then an eighth of it, a sixty-fourth … Together this is 8/7. */
const APART = 1.2;
/**
 * Runs of a unit that all games are about: one for its root and for the first states of every game, then the parts of each game alone, which
 * are a seventh. Eight games that part at once need all eighths, so 1 + 8/7; others go ways that are open already.
 */
const TOGETHER = 2.2;

/** A loop of one instruction: every unit runs to the end of its steps. */
const program = { entry: 0x1000, segments: [{ address: 0x1000, data: Uint8Array.of(0x6f, 0, 0, 0) }] };
const runOf = (unit: number): UnitRun => ({ program, input: Uint8Array.of(unit), exponent: EXPONENT });

/** Runs that one player makes for games about these units, a round of all at a time. Each goes another way. */
function runsOf(units: readonly number[]): number {
  const traces = createTraces({});
  const at = units.map(() => 0);
  for (let depth = 1; depth <= EXPONENT; depth++) {
    const distance = 8 ** (EXPONENT - depth);
    for (const [game, unit] of units.entries()) {
      const trace = traces.of(`unit ${unit}`, runOf(unit));
      const first = at[game] ?? 0;
      for (let i = 1; i <= 8; i++) trace.stateAt(first + i * distance);
      at[game] = first + ((game + depth) % 8) * distance;
    }
  }
  return traces.executed() / LENGTH;
}

async function measureGames(wanted: (name: string) => boolean): Promise<Figure[]> {
  const goal = { unit: "runs", better: "lower", reference: "8.6 a game of 16 before" } as const;
  return GAMES.flatMap((count) => {
    const games = `${count} ${count === 1 ? "game" : "games"} at once`;
    const [apart, together] = [`runs a game, ${games}, a unit each`, `runs of the unit, ${games}, all about one`];
    const units = Array.from({ length: count }, (_, unit) => unit);
    return [
      ...(wanted(apart) ? [figure(apart, runsOf(units) / count, { ...goal, target: APART })] : []),
      ...(wanted(together) ? [figure(together, runsOf(units.map(() => 7)), { ...goal, target: TOGETHER })] : []),
    ];
  });
}

export const gamesGrowthBench: Bench = {
  name: "growth",
  about: "How often a player runs a unit for its games, as the games at once grow",
  measure: measureGames,
};
