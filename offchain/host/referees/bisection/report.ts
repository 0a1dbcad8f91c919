// A move as its player reports it.

import { distanceAt } from "@sonm/protocol/dispute/game";
import type { Move } from "@sonm/protocol/dispute/next-move";
import type { GameView } from "@sonm/protocol/dispute/view";
import type { Address } from "@sonm/protocol/values/ids";
import type { Happening } from "../../role/happenings.ts";

/**
 * The report of a move that has been made; undefined for moves that end the game.
 * @param view the game before the move
 */
export function reportOf({ id, game, phase }: GameView, move: Move, by: Address): Happening | undefined {
  if (move.kind === "reveal" && phase.kind === "reveal") return { kind: "revealed", game: id, level: phase.level };
  if (move.kind === "pick" && phase.kind === "pick") {
    return { kind: "picked", game: id, level: phase.level, unit: null };
  }
  if (move.kind === "pickLeaf" && phase.kind === "pick") {
    return { kind: "picked", game: id, level: phase.level, unit: game.first + 8 * phase.index + move.child };
  }
  if (move.kind === "split" && phase.kind === "split") {
    const distance = distanceAt(game.exponent, phase.depth);
    const from = phase.first + (move.segment - 1) * distance;
    const unit = game.first + phase.unit;
    return { kind: "split", game: id, unit, by, depth: phase.depth + 1, from, to: from + distance };
  }
  return undefined;
}
