// What a player must do in a game now: move, end it, leave it, or wait. Only this file decides whose turn it is, who is late and who
// leaves; next-move.ts decides what a move says.
import { canMove, type Side } from "./clock.ts";
import { type GameView, turnOf } from "./view.ts";

/** The standing of the claim that the game is about. */
export type Standing = {
  /** lowest rank of a commitment among the challengers who have won; undefined while nobody has */
  readonly winner: bigint | undefined;
};

/** What a player must do about a game now. Times are unix seconds. */
export type Duty =
  /** it is this player's turn, and there is time */
  | { readonly kind: "play" }
  /** the opponent has let its time pass: this player ends the game and wins it */
  | { readonly kind: "timeOut" }
  /** an earlier commitment has won: this player takes its bond out */
  | { readonly kind: "leave" }
  /** nothing to do before `until` (unix time) unless the opponent moves; never again in this game, if it is undefined */
  | { readonly kind: "wait"; readonly until: number | undefined };

const NOTHING: Duty = { kind: "wait", until: undefined };

/**
 * First second in which anyone may end a game, against the player who has the turn; undefined once it is over.
 * @returns unix seconds
 */
export function lateFrom({ phase, clock }: GameView): number | undefined {
  return turnOf(phase) === undefined ? undefined : clock.deadline + 1;
}

/**
 * What the player on `side` does about a game.
 *
 * Up to the deadline, the deadline included, only the player who has the turn may act, and may only move. After it nobody can move and
 * anyone may end the game, against the player who has the turn (INV-11). The opponent does so; the late player has no interest in it.
 *
 * A challenger leaves at any time, even on its own turn and even if the miner is late: once an earlier commitment has won, that one has
 * the pool. Winning would bring nothing, and losing on the clock would cost the bond. A later winner is no reason to leave, since this
 * challenger would take its place. The miner never leaves.
 *
 * @param now time of the chain's latest block, unix seconds
 */
export function duty({ game, phase, clock }: GameView, side: Side, { winner }: Standing, now: number): Duty {
  const turn = turnOf(phase);
  if (turn === undefined) return NOTHING;
  if (side === "challenger" && winner !== undefined && winner < game.about.rank) return { kind: "leave" };
  const inTime = canMove(clock, now);
  if (turn === side) return inTime ? { kind: "play" } : NOTHING;
  return inTime ? { kind: "wait", until: clock.deadline + 1 } : { kind: "timeOut" };
}
