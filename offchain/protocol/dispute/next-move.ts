// What a player does next. Everybody has the same strategy: say what your own run says. The player whose run is true wins with it. A liar
// is the same player on a corrupted run.
import { bytesToHex } from "viem";
import type { Hex } from "../values/ids.ts";
import type { Side } from "./clock.ts";
import { duty, type Standing } from "./duty.ts";
import { distanceAt } from "./game.ts";
import type { KnownTree, Trace } from "./trace.ts";
import type { GameView, Phase } from "./view.ts";

/** What a player knows. */
export type Player = {
  readonly side: Side;
  /** needed where leaves were withheld: by the miner to reveal, by the challenger to compare */
  readonly tree: KnownTree;
  /** the run of the unit at a position of the batch */
  traceOf(position: number): Trace;
};

export type Move =
  | { readonly kind: "reveal"; readonly children: readonly Hex[] }
  | { readonly kind: "pick"; readonly child: number }
  | { readonly kind: "pickLeaf"; readonly child: number; readonly states: readonly Hex[] }
  /** `segment` is j, 1 … 8: the first of the opponent's states that the mover rejects */
  | { readonly kind: "split"; readonly segment: number; readonly states: readonly Hex[] }
  | { readonly kind: "prove"; readonly segment: number; readonly witness: Hex }
  | { readonly kind: "timeOut" }
  | { readonly kind: "leave" }
  /** nothing to do before `wakeAt` (unix time) or before the opponent moves; never, if it is undefined */
  | { readonly kind: "none"; readonly why: string; readonly wakeAt?: number };

/**
 * The next move of `player`.
 * @param now time of the chain's latest block
 * @example
 * ```ts
 * import { nextMove, type Player } from "@sonm/protocol/dispute";
 * import type { Standing } from "@sonm/protocol/dispute/duty";
 * import type { GameView } from "@sonm/protocol/dispute/view";
 *
 * // Whether a player has to send something now (unix seconds).
 * export const mustAct = (view: GameView, player: Player, standing: Standing, now: number) =>
 *   nextMove(view, player, standing, now).kind !== "none";
 * ```
 */
export function nextMove(view: GameView, player: Player, standing: Standing, now: number): Move {
  const { phase, game } = view;
  const due = duty(view, player.side, standing, now);
  if (due.kind === "play") return answer(phase, game.exponent, player);
  if (due.kind !== "wait") return due;
  if (due.until !== undefined) return { kind: "none", why: "the opponent has the turn", wakeAt: due.until };
  return { kind: "none", why: phase.kind === "over" ? "the game is over" : "the time for this move is over" };
}

function answer(phase: Phase, exponent: number, { tree, traceOf }: Player): Move {
  switch (phase.kind) {
    case "reveal":
      return { kind: "reveal", children: tree.children(phase.level, phase.index) };
    case "pick": {
      const own = tree.children(phase.level, phase.index);
      const child = phase.children.findIndex((hash, i) => !same(hash, own[i]));
      if (child < 0) return { kind: "none", why: "every child is as this player would have posted it" };
      if (phase.level > 1) return { kind: "pick", child };
      const trace = traceOf(8 * phase.index + child);
      return { kind: "pickLeaf", child, states: statesOf(trace, 0, distanceAt(exponent, 1)) };
    }
    case "split": {
      const trace = traceOf(phase.unit);
      const distance = distanceAt(exponent, phase.depth);
      const index = phase.states.findIndex(
        (state, i) => !same(state, stateAt(trace, phase.first + (i + 1) * distance)),
      );
      if (index < 0) return { kind: "none", why: "every state is as this player would have posted it" };
      const segment = index + 1;
      const first = phase.first + index * distance;
      if (phase.depth === exponent) return { kind: "prove", segment, witness: bytesToHex(trace.witnessAt(first)) };
      return { kind: "split", segment, states: statesOf(trace, first, distance / 8) };
    }
    case "over":
      return { kind: "none", why: "the game is over" };
  }
}

function stateAt(trace: Trace, step: number): Hex {
  return bytesToHex(trace.stateAt(step));
}

/** The eight states that a player posts for the segment starting at `first`. */
export function statesOf(trace: Trace, first: number, distance: number): Hex[] {
  return Array.from({ length: 8 }, (_, i) => stateAt(trace, first + (i + 1) * distance));
}

function same(a: Hex, b: Hex | undefined): boolean {
  return a.toLowerCase() === b?.toLowerCase();
}
