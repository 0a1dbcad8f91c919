// A game as a player sees it: whose turn it is, by when, and what has been shown. It is built from what the chain stores and from the
// events. The events carry the values that the chain stores only as a hash.
import type { GameId, Hex } from "../values/ids.ts";
import type { Clock, Side } from "./clock.ts";
import { contentOf, distanceAt, type Game, type GameOutcome, type GameState, phaseNames } from "./game.ts";

/** The phase of a game, with its values. Positions and indices count within the batch. */
export type Phase =
  /** the miner owes what lies below node `index` of height `3·level` */
  | { readonly kind: "reveal"; readonly level: number; readonly index: number }
  /** the challenger owes the choice of a child that it considers false */
  | { readonly kind: "pick"; readonly level: number; readonly index: number; readonly children: readonly Hex[] }
  /** `depth` splits made; the states `c1 … c8` are `8^(m − depth)` steps apart and follow `start`, the state at step `first` */
  | {
      readonly kind: "split";
      readonly depth: number;
      /** position of the disputed unit in the batch */
      readonly unit: number;
      readonly first: number;
      readonly start: Hex;
      readonly states: readonly Hex[];
    }
  | { readonly kind: "over"; readonly outcome: GameOutcome | undefined };

/** A game as its players see it. */
export type GameView = {
  readonly id: GameId;
  readonly game: Game;
  readonly phase: Phase;
  readonly clock: Clock;
};

/** The event `StatesPosted`. */
export type Posted = {
  readonly level: number;
  /** 1 … 8: which segment of the opponent's states has been split; 0 for the whole run */
  readonly segment: number;
  readonly start: Hex;
  readonly states: readonly Hex[];
};

/** What the events of one game have shown so far, oldest first. */
export type Shown = {
  readonly revealed: readonly { readonly level: number; readonly children: readonly Hex[] }[];
  readonly posted: readonly Posted[];
  readonly outcome: GameOutcome | undefined;
};

/**
 * The view of a game. It is undefined if `state` and `shown` come from different blocks (the values do not hash to what the chain stores):
 * then read both again.
 */
export function viewOf(id: GameId, game: Game, state: GameState, shown: Shown): GameView | undefined {
  const phase = phaseOf(id, game, state, shown);
  const rest = { miner: state.minerRest, challenger: state.challengerRest };
  return phase && { id, game, phase, clock: { deadline: state.deadline, rest } };
}

function phaseOf(id: GameId, game: Game, state: GameState, shown: Shown): Phase | undefined {
  const { level, position, content } = state;
  switch (phaseNames[state.phase]) {
    case "reveal":
      return { kind: "reveal", level, index: position };
    case "pick": {
      const children = shown.revealed.at(-1)?.children ?? [];
      return contentOf(id, level, children) === content
        ? { kind: "pick", level, index: position, children }
        : undefined;
    }
    case "split": {
      const last = shown.posted.at(-1);
      if (!last || contentOf(id, level, [last.start, ...last.states]) !== content) return undefined;
      const { start, states } = last;
      return { kind: "split", depth: level, unit: position, first: firstStep(game, shown.posted), start, states };
    }
    case "over":
      return { kind: "over", outcome: shown.outcome };
    default:
      return undefined;
  }
}

/** The first step of the segment that the latest states split. */
function firstStep(game: Game, posted: readonly Posted[]): number {
  return posted
    .filter(({ segment }) => segment > 0)
    .reduce((sum, { level, segment }) => sum + (segment - 1) * distanceAt(game.exponent, level - 1), 0);
}

/** Who has the turn; undefined once the game is over. */
export function turnOf(phase: Phase): Side | undefined {
  switch (phase.kind) {
    case "reveal":
      return "miner";
    case "pick":
      return "challenger";
    case "split":
      return phase.depth % 2 === 1 ? "miner" : "challenger";
    case "over":
      return undefined;
  }
}

/** Number of the miner's moves in a game: every reveal, and every second split, because the first split is the challenger's. */
export function movesOfMiner({ revealed, posted }: Shown): number {
  return revealed.length + posted.filter(({ level }) => level % 2 === 0).length;
}

/** Who wins by an outcome. A challenger who leaves a convicted claim neither wins nor loses. */
export function winnerOf(outcome: GameOutcome): Side | undefined {
  if (outcome === "challengerLeft") return undefined;
  return outcome === "challengerTimedOut" ? "miner" : "challenger";
}
