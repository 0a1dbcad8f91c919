// A machine that is small enough to play every game on it, and a referee that knows only the rules.

import { type Clock, canMove, passTurn, startClock } from "@sonm/protocol/dispute/clock";
import {
  type Case,
  contentOf,
  type Game,
  type GameOutcome,
  type GameState,
  gameId,
  phaseNames,
} from "@sonm/protocol/dispute/game";
import type { Move } from "@sonm/protocol/dispute/next-move";
import type { Trace } from "@sonm/protocol/dispute/trace";
import { type GameView, type Posted, turnOf, viewOf } from "@sonm/protocol/dispute/view";
import { leafOf } from "@sonm/protocol/result/leaf";
import { roundsOf } from "@sonm/protocol/result/tree";
import type { Hex } from "@sonm/protocol/values/ids";
import { bytesToHex, concat, hexToBytes, keccak256, numberToHex, zeroAddress, zeroHash } from "viem";

/** A state: the number of steps so far, and a mark, which a corruption changes. It is also its own witness. */
type State = { readonly count: number; readonly mark: number };

function encode({ count, mark }: State): Hex {
  return concat([numberToHex(count, { size: 32 }), numberToHex(mark, { size: 32 })]);
}

/** One step of the toy machine, which halts after `halt` steps; undefined if the witness is not of `state`. */
function step(halt: number, state: Hex, witness: Hex): Hex | undefined {
  if (keccak256(witness) !== state) return undefined;
  const count = Number(BigInt(witness.slice(0, 66)));
  const mark = Number(BigInt(`0x${witness.slice(66)}`));
  return keccak256(encode({ count: Math.min(count + 1, halt), mark }));
}

/** The run of unit `unit`, whose number is in the mark of its states. From step `corruptedAt` on it is a corrupted run. */
export function toyTrace(
  unit: number,
  halt: number,
  corruption?: { readonly step: number; readonly mark: number },
): Trace {
  const at = (n: number): Hex => {
    const lie = corruption !== undefined && n >= corruption.step ? corruption.mark : 0;
    return encode({ count: Math.min(n, halt), mark: unit * 1000 + lie });
  };
  return {
    stateAt: (n) => hexToBytes(keccak256(at(n))),
    witnessAt: (n) => hexToBytes(at(n)),
  };
}

export const about: Case = {
  claim: keccak256("0x01") as Case["claim"],
  job: keccak256("0x02") as Case["job"],
  batch: 0,
  miner: "0x1111111111111111111111111111111111111111",
  challenger: zeroAddress,
  bond: 10n,
  rank: 5n,
};

export type Terms = {
  readonly exponent: number;
  readonly allowance: number;
  readonly grace: number;
  /** steps after which the units halt */
  readonly halt: number;
  /** units of the batch */
  readonly count: number;
};

/** The rules of section 6, literally. The referee knows the true first state and the claim's root, and executes steps. */
export type Referee = {
  /** what a player sees through the events */
  readonly view: () => GameView;
  /** Applies a move at `now`; throws, and changes nothing, if the rules forbid it. */
  play(move: Move, now: number): void;
};

export class Refused extends Error {}

function demand(condition: boolean, why: string): asserts condition {
  if (!condition) throw new Refused(why);
}

/** The node over eight children. Missing children are zero subtrees. */
function fold(children: readonly Hex[], zero: Hex): Hex {
  let row = [...children, ...Array.from({ length: 8 - children.length }, () => zero)];
  while (row.length > 1) {
    row = row.flatMap((left, i) => (i % 2 === 0 ? [keccak256(concat([left, row[i + 1] ?? zero]))] : []));
  }
  return row[0] ?? zero;
}

function zeroAt(height: number): Hex {
  let zero: Hex = zeroHash;
  for (let i = 0; i < height; i++) zero = keccak256(concat([zero, zero]));
  return zero;
}

type Standpoint = Pick<GameState, "content" | "phase" | "level" | "position">;

const numberOf = (phase: (typeof phaseNames)[number]) => phaseNames.indexOf(phase);

function referee(terms: Terms, opened: Standpoint, firstPosted: readonly Posted[], now: number): Referee {
  const game: Game = { about, first: 0, count: terms.count, exponent: terms.exponent, grace: terms.grace };
  const id = gameId(game);
  let stage = opened;
  let clock: Clock = startClock(now, terms.allowance, terms.grace);
  const revealed: { level: number; children: readonly Hex[] }[] = [];
  const posted: Posted[] = [...firstPosted];
  let outcome: GameOutcome | undefined;

  const view = (): GameView => {
    const { miner, challenger } = clock.rest;
    const state = { ...stage, deadline: clock.deadline, minerRest: miner, challengerRest: challenger };
    const seen = viewOf(id, game, state, { revealed, posted, outcome });
    if (!seen) throw new Error("the events do not match what is stored");
    return seen;
  };

  const end = (how: GameOutcome) => {
    outcome = how;
    stage = { content: zeroHash, phase: numberOf("over"), level: 0, position: 0 };
  };

  const post = (level: number, position: number, segment: number, start: Hex, states: readonly Hex[]) => {
    posted.push({ level, segment, start, states });
    stage = { phase: numberOf("split"), level, position, content: contentOf(id, level, [start, ...states]) };
  };

  const play = (move: Move, now: number): void => {
    const { phase } = view();
    const mover = turnOf(phase);
    demand(mover !== undefined && phase.kind !== "over", "the game is over");
    if (move.kind === "timeOut") {
      demand(!canMove(clock, now), "there is still time");
      end(mover === "miner" ? "minerTimedOut" : "challengerTimedOut");
      return;
    }
    demand(canMove(clock, now), "too late");
    if (move.kind === "reveal") {
      demand(phase.kind === "reveal", "not in this phase");
      const { level, index } = phase;
      const reach = 8 ** (level - 1);
      const present = Math.min(8, Math.ceil((terms.count - index * 8 * reach) / reach));
      demand(move.children.length === present, "wrong number of children");
      const nodes = move.children.map((child, i) =>
        level === 1 ? leafOf(about.miner, about.job, index * 8 + i, child) : child,
      );
      demand(fold(nodes, zeroAt(3 * (level - 1))) === stage.content, "the children are not below the node");
      revealed.push({ level, children: move.children });
      stage = { ...stage, phase: numberOf("pick"), content: contentOf(id, level, move.children) };
    } else if (move.kind === "pick") {
      demand(phase.kind === "pick" && phase.level > 1, "not in this phase");
      const content = phase.children[move.child];
      demand(content !== undefined, "no such child");
      stage = { phase: numberOf("reveal"), level: phase.level - 1, position: 8 * phase.index + move.child, content };
    } else if (move.kind === "pickLeaf") {
      demand(phase.kind === "pick" && phase.level === 1, "not in this phase");
      const result = phase.children[move.child];
      demand(result !== undefined && move.states.length === 8 && move.states[7] !== result, "the end must differ");
      const position = phase.index * 8 + move.child;
      post(1, position, 0, firstState(position, terms), move.states);
    } else if (move.kind === "split") {
      demand(phase.kind === "split" && phase.depth < terms.exponent, "not in this phase");
      const stored = [phase.start, ...phase.states];
      const start = stored[move.segment - 1];
      demand(start !== undefined && move.segment <= 8 && move.states.length === 8, "no such segment");
      demand(move.states[7] !== stored[move.segment], "the end must differ");
      post(phase.depth + 1, stage.position, move.segment, start, move.states);
    } else if (move.kind === "prove") {
      demand(phase.kind === "split" && phase.depth === terms.exponent, "not in this phase");
      const stored = [phase.start, ...phase.states];
      const before = stored[move.segment - 1];
      demand(before !== undefined && move.segment <= 8, "no such segment");
      const after = step(terms.halt, before, move.witness);
      demand(after !== undefined, "the witness does not match");
      demand(after !== stored[move.segment], "the step is as claimed");
      end("proved");
    } else {
      throw new Refused(`${move.kind} is no move of this referee`);
    }
    clock = passTurn(clock, mover, now, terms.grace);
  };
  return { view, play };
}

function firstState(position: number, terms: Terms): Hex {
  return bytesToHex(toyTrace(position, terms.halt).stateAt(0));
}

/** `open`: the challenger has shown the miner's result, and posts its first eight states. */
export function openGame(terms: Terms, unit: number, result: Hex, states: readonly Hex[], now: number): Referee {
  demand(states.length === 8 && states[7] !== result, "the end must differ");
  const game: Game = { about, first: 0, count: terms.count, exponent: terms.exponent, grace: terms.grace };
  const start = firstState(unit, terms);
  const content = contentOf(gameId(game), 1, [start, ...states]);
  const stage = { phase: numberOf("split"), level: 1, position: unit, content };
  return referee(terms, stage, [{ level: 1, segment: 0, start, states }], now);
}

/** `openTree`: the miner has to show what lies below its root. */
export function openTreeGame(terms: Terms, root: Hex, now: number): Referee {
  return referee(
    terms,
    { phase: numberOf("reveal"), level: roundsOf(terms.count), position: 0, content: root },
    [],
    now,
  );
}
