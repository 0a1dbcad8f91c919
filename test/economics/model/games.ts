// The moves of the verification game (PROTOCOL.md, section 6.2) and its clock (6.3).

import type { Side } from "@sonm/protocol/dispute/clock";
import { type Game, type GameOutcome, gameId } from "@sonm/protocol/dispute/game";
import type { Hex } from "@sonm/protocol/values/ids";
import type { Address } from "viem";
import { leafOf } from "../../support/market/runs.ts";
import { type Claim, type Job, jobIdOf } from "../../support/market/terms.ts";
import type { UnitInput } from "./calls.ts";
import { acquit, award as awardPool, convict, dismiss } from "./claims.ts";
import { afterStep, firstSplit, nodeAbove } from "./hashes.ts";
import { type Context, demand, type GameRecord, known, type State } from "./state.ts";

export function reveal({ state, from }: Context, terms: Game, children: readonly Hex[]): void {
  const game = turn(state, from, terms, "reveal");
  const width = 8 ** (game.level - 1);
  const units = terms.count - game.position * 8 * width;
  demand(children.length === Math.min(8, Math.ceil(units / width)), "BisectionChildrenCount");
  const { miner, job } = terms.about;
  const nodes = children.map((child, i) =>
    game.level > 1 ? child : leafOf(miner, job, terms.first + 8 * game.position + i, child),
  );
  demand(nodeAbove(nodes, 3 * (game.level - 1)) === game.values[0], "BisectionNodeMismatch");
  pass(state, game);
  Object.assign(game, { phase: "pick", values: children });
}

export function pick({ state, from }: Context, terms: Game, children: readonly Hex[], child: number): void {
  const { game, picked } = picking(state, from, terms, children, child);
  demand(game.level > 1, "BisectionWrongPhase");
  pass(state, game);
  Object.assign(game, {
    phase: "reveal",
    level: game.level - 1,
    position: 8 * game.position + child,
    values: [picked],
  });
}

export function pickLeaf(
  { state, from }: Context,
  terms: Game,
  job: Job,
  children: readonly Hex[],
  child: number,
  input: UnitInput,
  states: readonly Hex[],
): void {
  const { game, picked } = picking(state, from, terms, children, child);
  demand(game.level === 1, "BisectionWrongPhase");
  demand(jobIdOf(job) === terms.about.job, "BisectionWrongJob");
  pass(state, game);
  const position = 8 * game.position + child;
  const values = firstSplit(job, terms.first + position, picked, input, states);
  Object.assign(game, { phase: "split", level: 1, position, values });
}

export function split(
  { state, from }: Context,
  terms: Game,
  stored: readonly Hex[],
  segment: number,
  states: readonly Hex[],
): void {
  const game = turn(state, from, terms, "split");
  demand(game.level < terms.exponent, "BisectionWrongPhase");
  const { before, rejected } = segmentOf(game, stored, segment);
  demand(states[7] !== rejected, "BisectionNothingDisputed");
  pass(state, game);
  const first = game.first + (segment - 1) * 8 ** (terms.exponent - game.level);
  Object.assign(game, { level: game.level + 1, first, values: [before, ...states] });
}

export function prove(
  { state, from }: Context,
  terms: Game,
  stored: readonly Hex[],
  segment: number,
  witness: Hex,
): void {
  const game = turn(state, from, terms, "split");
  demand(game.level === terms.exponent, "BisectionWrongPhase");
  const { before, rejected } = segmentOf(game, stored, segment);
  demand(afterStep(before, witness) !== rejected, "BisectionProvesNothing");
  end(game, "proved");
  convict(state, terms);
}

export function timeOut({ state, rules }: Context, terms: Game): void {
  const game = playing(state, terms);
  demand(isOver(state, game), "BisectionTooEarly");
  const idle = moverOf(game);
  end(game, idle === "miner" ? "minerTimedOut" : "challengerTimedOut");
  if (idle === "miner") convict(state, terms);
  else acquit(state, rules, terms);
}

export function leave({ state, from }: Context, terms: Game): void {
  const game = playing(state, terms);
  demand(from === terms.about.challenger, "BisectionNotChallenger");
  end(game, "challengerLeft");
  dismiss(state, terms);
}

export function award(context: Context, job: Job, claimed: Claim, terms: Game): void {
  const game = known(context.state.games[gameId(terms)], "BisectionWrongPhase");
  demand(game.phase === "over", "BisectionWrongPhase");
  awardPool(context, job, claimed, terms);
}

/** Whose turn it is. */
export function moverOf({ phase, level }: Pick<GameRecord, "phase" | "level">): Side {
  return phase === "reveal" || (phase === "split" && level % 2 === 1) ? "miner" : "challenger";
}

/** The last second of the current turn. */
export function deadlineOf(game: GameRecord): number {
  return game.since + Math.max(game.rest[moverOf(game)], game.terms.grace);
}

function isOver(state: State, game: GameRecord): boolean {
  return state.now > deadlineOf(game);
}

function pass(state: State, game: GameRecord): void {
  const mover = moverOf(game);
  game.rest[mover] = Math.max(0, game.rest[mover] - (state.now - game.since));
  game.since = state.now;
}

function end(game: GameRecord, outcome: GameOutcome): void {
  Object.assign(game, { phase: "over", outcome });
}

function playing(state: State, terms: Game): GameRecord {
  const game = known(state.games[gameId(terms)], "BisectionWrongPhase");
  demand(game.phase !== "over", "BisectionWrongPhase");
  return game;
}

function turn(state: State, from: Address, terms: Game, phase: GameRecord["phase"]): GameRecord {
  const game = playing(state, terms);
  demand(game.phase === phase, "BisectionWrongPhase");
  demand(from === terms.about[moverOf(game)], "BisectionNotYourTurn");
  demand(!isOver(state, game), "BisectionTooLate");
  return game;
}

function picking(state: State, from: Address, terms: Game, children: readonly Hex[], child: number) {
  const game = turn(state, from, terms, "pick");
  demand(sameValues(game.values, children), "BisectionContentMismatch");
  return { game, picked: known(children[child], "BisectionNoSuchUnit") };
}

function segmentOf(game: GameRecord, stored: readonly Hex[], segment: number) {
  demand(sameValues(game.values, stored), "BisectionContentMismatch");
  const rejected = known(segment >= 1 ? stored[segment] : undefined, "BisectionNoSuchSegment");
  return { before: known(stored[segment - 1], "BisectionNoSuchSegment"), rejected };
}

function sameValues(a: readonly Hex[], b: readonly Hex[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
