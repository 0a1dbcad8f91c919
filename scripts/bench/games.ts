// A game on every unit of a batch at once: how much of its time one honest miner uses.
import { readFileSync } from "node:fs";
import type { Side } from "@sonm/protocol/dispute/clock";
import { distanceAt, gameId } from "@sonm/protocol/dispute/game";
import type { GameView } from "@sonm/protocol/dispute/view";
import type { Job } from "@sonm/protocol/job/job";
import { loadElf } from "@sonm/protocol/machine/elf";
import type { Address, ClaimId, JobId } from "@sonm/protocol/values/ids";
import { type Hex, zeroHash } from "viem";
import { gallery } from "../../offchain/devnet/programs/gallery.ts";
import { renderInput } from "../../offchain/devnet/programs/render.ts";
import { type Executor, startExecutor } from "../../offchain/host/engines/machine/executor.ts";
import { corruptionOf } from "../../offchain/host/engines/machine/lie.ts";
import { traceKey, type UnitRun } from "../../offchain/host/engines/machine/tasks.ts";
import { stepsToPlay } from "../../offchain/host/referees/defence.ts";
import { type Bench, type Figure, figure } from "./figure.ts";

const UNITS = 64;
const EXPONENT = 8;
/** What a miner counts on, if it is not told otherwise: `--speed`, steps a second. */
const SPEED = 10_000_000;
/** Seconds: the least allowance for which a miner takes such a batch (`cannotPlay`). */
const LEAST_ALLOWANCE = Math.ceil((2 * UNITS * stepsToPlay(EXPONENT)) / SPEED);

const MINER: Address = `0x${"11".repeat(20)}`;
const CHALLENGER: Address = `0x${"22".repeat(20)}`;
const JOB: Job = {
  ...{ buyer: MINER, hub: MINER, referee: MINER, machine: MINER },
  ...{ image: zeroHash, programRoot: zeroHash, entry: 0n, inputsRoot: zeroHash, salt: zeroHash },
  ...{ units: UNITS, batchSize: UNITS, exponent: EXPONENT, price: 1n, deposit: 1n, bond: 1n },
  ...{ window: 1, opening: 1, allowance: LEAST_ALLOWANCE, grace: 1, deadline: 0n },
};
const CLOCK = { deadline: Number.MAX_SAFE_INTEGER, rest: { miner: 1, challenger: 1 } };
const BATCH = "batch";

/** The player of all games on one side. Its runs are its own: the challenger's are false from some step on. */
type Player = { readonly side: Side; readonly executor: Executor; readonly runs: readonly UnitRun[] };

/** A part of a picture that takes at least 8^8 steps for each unit. */
function honestRuns(): UnitRun[] {
  const program = loadElf(readFileSync(new URL("../../guest/bin/render", import.meta.url)));
  return Array.from({ length: UNITS }, (_, unit) => {
    const tile = { x: (unit % 8) * 32, y: Math.floor(unit / 8) * 18, width: 64, height: 36 };
    const size = { width: 512, height: 288 };
    return { program, input: renderInput(gallery, size, tile), exponent: EXPONENT };
  });
}

function gameOn(unit: number, states: readonly Hex[]): GameView {
  const about = {
    ...{ claim: zeroHash as ClaimId, job: zeroHash as JobId, batch: 0 },
    ...{ miner: MINER, challenger: CHALLENGER, bond: 1n, rank: BigInt(unit) },
  };
  const game = {
    about,
    first: 0,
    count: UNITS,
    exponent: EXPONENT,
    grace: 1,
  };
  const phase = { kind: "split", depth: 1, unit, first: 0, start: zeroHash, states } as const;
  return { id: gameId(game), game, phase, clock: CLOCK };
}

/** A game after the next move of a player. */
async function moved(view: GameView, { side, executor, runs }: Player): Promise<GameView> {
  const { phase, game } = view;
  if (phase.kind !== "split") throw new Error("the game is over");
  const run = runs[phase.unit];
  const knowledge = {
    side,
    miner: MINER,
    job: JOB,
    batch: 0,
    resultHashes: [],
    runs: run ? { [phase.unit]: run } : {},
  };
  const question = { batch: BATCH, game: view, knowledge, standing: { winner: undefined }, now: 0 };
  const move = await executor.ask("nextMove", question);
  if (move.kind !== "split") throw new Error(`a split was expected, not ${move.kind}`);
  const first = phase.first + (move.segment - 1) * distanceAt(game.exponent, phase.depth);
  return { ...view, phase: { ...phase, depth: phase.depth + 1, first, states: move.states } };
}

async function measureGames(): Promise<Figure[]> {
  const runs = honestRuns();
  const lies = runs.map((run, unit): UnitRun => {
    const step = Math.floor(((unit + 0.5) / UNITS) * 8 ** EXPONENT);
    return { ...run, corruption: corruptionOf({ kind: "step", step }, step, 8 ** EXPONENT) };
  });
  const miner: Player = { side: "miner", executor: startExecutor(), runs };
  const challenger: Player = { side: "challenger", executor: startExecutor(), runs: lies };
  try {
    // Starts the threads.
    for (const { executor, runs } of [miner, challenger]) {
      for (const run of runs.slice(0, 1)) await executor.ask("openingStates", { key: "first", run });
    }
    let begin = performance.now();
    let games: GameView[] = [];
    for (const [unit, run] of lies.entries()) {
      games.push(gameOn(unit, await challenger.executor.ask("openingStates", { key: traceKey(BATCH, unit), run })));
    }
    // It has run each unit once.
    const oneRun = (performance.now() - begin) / 1000 / UNITS;
    let seconds = 0;
    for (let depth = 1; depth < EXPONENT; depth++) {
      const player = depth % 2 === 1 ? miner : challenger;
      const next: GameView[] = [];
      begin = performance.now();
      for (const game of games) next.push(await moved(game, player));
      if (player === miner) seconds += (performance.now() - begin) / 1000;
      games = next;
    }
    const reference = "8/7 of a run each: what the game asks for at least";
    return [
      figure(`runs a game, ${UNITS} games at once`, seconds / UNITS / oneRun, {
        unit: "runs",
        target: 1.5,
        better: "lower",
        reference,
      }),
      figure(`share of the allowance, ${UNITS} games at once`, (100 * seconds) / LEAST_ALLOWANCE, {
        unit: "%",
        target: 50,
        better: "lower",
        reference: `of ${LEAST_ALLOWANCE} s, the least that a miner takes such a batch for`,
      }),
    ];
  } finally {
    await Promise.all([miner.executor.stop(), challenger.executor.stop()]);
  }
}

export const gameBenches: readonly Bench[] = [
  {
    name: "games",
    about: `A batch of ${UNITS} units of 8^${EXPONENT} steps, with a game on every unit at once`,
    measure: async (wanted) => (wanted("games at once") || wanted("games") ? measureGames() : []),
  },
];
