// The clock of a game (PROTOCOL.md, section 6.3). All times are the chain's, unix seconds.

export type Side = "miner" | "challenger";

export type Clock = {
  /** last second in which the player who has the turn may move */
  readonly deadline: number;
  /** seconds of thinking time left to each, as of the start of this turn */
  readonly rest: Readonly<Record<Side, number>>;
};

/** The clock at opening: the miner has the turn, both hold the allowance. */
export function startClock(now: number, allowance: number, grace: number): Clock {
  return { deadline: now + Math.max(allowance, grace), rest: { miner: allowance, challenger: allowance } };
}

/** The clock after `mover` has moved at `now`, which is no later than the deadline. */
export function passTurn(clock: Clock, mover: Side, now: number, grace: number): Clock {
  const next: Side = mover === "miner" ? "challenger" : "miner";
  const started = clock.deadline - Math.max(clock.rest[mover], grace);
  const rest = { ...clock.rest, [mover]: Math.max(0, clock.rest[mover] - (now - started)) };
  return { deadline: now + Math.max(rest[next], grace), rest };
}

/** The player to move may move now; if not, the other one may end the game. */
export function canMove(clock: Clock, now: number): boolean {
  return now <= clock.deadline;
}

/**
 * Most seconds that a game can last: `2A + (2r + m − 2)·G`, with A ≥ G.
 * @param rounds r of the first part, 0 for a game opened on a shown leaf
 */
export function longestGame(terms: {
  readonly rounds: number;
  readonly exponent: number;
  readonly allowance: number;
  readonly grace: number;
}): number {
  return 2 * terms.allowance + (2 * terms.rounds + terms.exponent - 2) * terms.grace;
}
