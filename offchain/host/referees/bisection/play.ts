// How a player plays its games. It is the same on both sides: a player answers with the states of its own runs.

import { bisectionIn, type ObservedGame, viewIn } from "@sonm/chain/market/bisection";
import { leaveGame, playMove, timeOutGame } from "@sonm/chain/market/challenges";
import { batchKey } from "@sonm/chain/market/events";
import type { Sight } from "@sonm/chain/market/observer";
import type { Side } from "@sonm/protocol/dispute/clock";
import { distanceAt } from "@sonm/protocol/dispute/game";
import type { Move } from "@sonm/protocol/dispute/next-move";
import { type GameView, movesOfMiner, turnOf } from "@sonm/protocol/dispute/view";
import { Failure } from "@sonm/protocol/values/failure";
import type { Address } from "@sonm/protocol/values/ids";
import { isAddressEqual } from "viem";
import type { MachineEngine } from "../../engines/machine/machine-engine.ts";
import { traceKey, type UnitRun } from "../../engines/machine/tasks.ts";
import type { Guard } from "../../role/guard.ts";
import type { RoleTools } from "../../role/open.ts";
import { type Batch, type Runner, type UnitKept, unitKey, unitsIn } from "../../role/units.ts";
import type { GameDeed, OwnGame } from "./decide.ts";
import { reportOf } from "./report.ts";

/** What games are played with. The journal holds the player's results of their units. */
export type PlayerTools = Pick<
  RoleTools<Runner<UnitKept>["journal"]>,
  "access" | "journal" | "sent" | "emit" | "guard"
> & {
  readonly engine: Pick<MachineEngine, "runOf" | "openInput" | "play">;
};

/** The open games for which `holds`, each with what was observed of it. A game that cannot be understood costs itself alone. */
export function openGamesIn(
  sight: Sight,
  referee: Address,
  guard: Guard,
  holds: (observed: ObservedGame) => boolean,
): { readonly observed: ObservedGame; readonly game: GameView }[] {
  return [...bisectionIn(sight, referee).games.values()].flatMap((observed) => {
    if (observed.shown.outcome !== undefined || !holds(observed)) return [];
    const game = guard(`game ${observed.id}`, [observed], () => viewIn(observed));
    return game ? [{ observed, game }] : [];
  });
}

/** The open games that an account plays on a side. */
export function gamesOf(sight: Sight, referee: Address, side: Side, me: Address, guard: Guard): OwnGame[] {
  const isOwn = ({ game }: ObservedGame) => isAddressEqual(game.about[side], me);
  return openGamesIn(sight, referee, guard, isOwn).map(({ observed, game }) => ({
    game,
    moves: movesOfMiner(observed.shown),
    winner: sight.claims.get(game.game.about.claim)?.winner?.rank,
  }));
}

/** What a late player's game is ended with. */
export type EnderTools = Pick<PlayerTools, "access" | "sent" | "emit">;

/** Ends a game against the player who has the turn, and is late. */
export async function endLate({ access, sent, emit }: EnderTools, { id, game, phase }: GameView): Promise<void> {
  const late = turnOf(phase);
  if (!late) return;
  await sent("timeOut", timeOutGame(access.signer, access.deployment, game));
  emit({ kind: "timed-out", game: id, claim: game.about.claim, loser: game.about[late] });
}

/** Does what is to be done about a game. */
export async function actInGame(tools: PlayerTools, side: Side, { kind, game: view }: GameDeed): Promise<void> {
  const { access, sent, emit } = tools;
  const { signer, deployment } = access;
  const { id, game } = view;
  switch (kind) {
    case "play":
      return play(tools, side, view);
    case "timeOut":
      return endLate(tools, view);
    case "leave":
      await sent("leave", leaveGame(signer, deployment, game));
      return emit({ kind: "left", game: id, claim: game.about.claim });
  }
}

/** The run behind a unit's result. */
export function runOf(
  { journal, engine }: Pick<PlayerTools, "journal"> & { readonly engine: Pick<MachineEngine, "runOf"> },
  { id, job }: Pick<Batch, "id" | "job">,
  unit: number,
): Promise<UnitRun> {
  return engine.runOf(job, unit, journal.units.get(unitKey(id, unit))?.corruption);
}

/** Makes the next move, if there is one to be made. */
async function play(tools: PlayerTools, side: Side, view: GameView): Promise<void> {
  const { access, engine, sent, emit } = tools;
  const { signer, deployment } = access;
  const { about, first } = view.game;
  const sight = await access.observer.look();
  const job = sight.jobs.get(about.job)?.job;
  if (!job) throw new Failure("The game cannot be played", "the chain does not show its job", "look again");
  const batch = { id: about.job, job, batch: about.batch };
  const runs: Record<number, UnitRun> = {};
  const inputs = new Map<number, Awaited<ReturnType<MachineEngine["openInput"]>>>();
  for (const position of positionsOf(view)) {
    runs[position] = await runOf(tools, batch, first + position);
    inputs.set(position, await engine.openInput(job, first + position));
  }
  const resultHashes = unitsIn(tools, batch).map(({ resultHash }) => resultHash);
  const knowledge = { side, miner: about.miner, job, batch: about.batch, resultHashes, runs };
  const standing = { winner: sight.claims.get(about.claim)?.winner?.rank };
  const question = { batch: batchKey(about.job, about.batch), game: view, knowledge, standing, now: sight.now };
  const move = await engine.play("nextMove", question, view.clock.deadline);
  const transaction = playMove(signer, deployment, view, move, {
    job,
    inputOf(position) {
      const input = inputs.get(position);
      if (!input) throw new Error(`the input of unit ${first + position} was not fetched`);
      return input;
    },
  });
  if (!transaction) return;
  await sent(move.kind, transaction);
  const report = reportOf(view, move, about[side]);
  if (report) emit(report);
  if (move.kind === "prove") await reportProof(tools, view, move, runs);
}

/** Positions in the batch of the units whose runs the next move may need. */
function positionsOf({ phase, game }: GameView): number[] {
  if (phase.kind === "split") return [phase.unit];
  if (phase.kind !== "pick" || phase.level > 1) return [];
  return phase.children.map((_, child) => 8 * phase.index + child).filter((position) => position < game.count);
}

async function reportProof(
  { engine, emit }: PlayerTools,
  { id, game, phase }: GameView,
  move: Move & { kind: "prove" },
  runs: Record<number, UnitRun>,
): Promise<void> {
  if (phase.kind !== "split") return;
  const run = runs[phase.unit];
  if (!run) return;
  const step = phase.first + (move.segment - 1) * distanceAt(game.exponent, phase.depth);
  const key = traceKey(batchKey(game.about.job, game.about.batch), phase.unit);
  const executed = await engine.play("execute", { key, run, step });
  emit({ kind: "proved", game: id, claim: game.about.claim, unit: game.first + phase.unit, step, ...executed });
}
