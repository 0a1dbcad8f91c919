// The clock of a game (PROTOCOL.md, section 6.3). All times are the chain's, unix seconds.

/** The two players of a game. */
export type Side = "miner" | "challenger";

/** The clock of a game. Times are unix seconds of the chain. */
export type Clock = {
  /** last second in which the player who has the turn may move */
  readonly deadline: number;
  /** seconds of thinking time left to each, as of the start of this turn */
  readonly rest: Readonly<Record<Side, number>>;
};

/**
 * The clock at the opening: the miner has the turn, and both players have the whole allowance.
 * @param now time of the opening, unix seconds
 * @param allowance thinking time of each player (A), seconds
 * @param grace time that any turn has at least (G), seconds
 */
export function startClock(now: number, allowance: number, grace: number): Clock {
  return { deadline: now + Math.max(allowance, grace), rest: { miner: allowance, challenger: allowance } };
}

/**
 * The clock after a move of `mover`.
 * @param now time of the move, unix seconds; not later than the deadline
 * @param grace time that any turn has at least (G), seconds
 */
export function passTurn(clock: Clock, mover: Side, now: number, grace: number): Clock {
  const next: Side = mover === "miner" ? "challenger" : "miner";
  const started = clock.deadline - Math.max(clock.rest[mover], grace);
  const rest = { ...clock.rest, [mover]: Math.max(0, clock.rest[mover] - (now - started)) };
  return { deadline: now + Math.max(rest[next], grace), rest };
}

/**
 * Whether the player who has the turn may still move. If not, the other one may end the game.
 * @param now unix seconds
 */
export function canMove(clock: Clock, now: number): boolean {
  return now <= clock.deadline;
}

/**
 * The longest time that a game can last, seconds: `2A + (2r + m − 2)·G`, with A ≥ G (PROTOCOL.md, section 6.3).
 * @param terms `rounds` is r of the first part (0 for a game opened on a shown leaf), `exponent` is m; `allowance` (A) and `grace` (G) are
 * seconds
 */
export function longestGame(terms: {
  readonly rounds: number;
  readonly exponent: number;
  readonly allowance: number;
  readonly grace: number;
}): number {
  return 2 * terms.allowance + (2 * terms.rounds + terms.exponent - 2) * terms.grace;
}
