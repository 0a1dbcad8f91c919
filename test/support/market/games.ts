// Plays verification games by the rules of PROTOCOL.md, section 6: both players follow the honest strategy, each on its own run.
import assert from "node:assert/strict";
import { type Hash, type Hex, keccak256, parseEventLogs, toHex } from "viem";
import type { Market, Wallet, Work } from "./fixture.ts";
import { inputRootOf, inputsOf, type Run } from "./runs.ts";
import { commitmentHash } from "./terms.ts";

export type Nine = [Hex, Hex, Hex, Hex, Hex, Hex, Hex, Hex, Hex];
export type Eight = [Hex, Hex, Hex, Hex, Hex, Hex, Hex, Hex];

/** The eight states of a segment, `span` steps apart, after the one at `offset`. */
export function eight(run: Run, offset: number, span: number): Eight {
  return [1, 2, 3, 4, 5, 6, 7, 8].map((j) => run.stateAt(offset + j * span)) as Eight;
}

/** A game as both players see it. */
export type Board = {
  id: Hex;
  work: Work;
  challenger: Wallet;
  game: Terms;
  /** what was posted last: the start and eight states, `span` steps apart, from step `offset` on */
  stored: Nine;
  offset: number;
  span: number;
  level: number;
  position: number;
};

type Terms = {
  about: {
    claim: Hex;
    job: Hex;
    batch: number;
    miner: Hex;
    challenger: Hex;
    bond: bigint;
    rank: bigint;
  };
  first: number;
  count: number;
  exponent: number;
  grace: number;
};

let salts = 0;

/** Announces a challenge of that claim; returns the salt that opens it. */
export async function commit(market: Market, work: Work, by: Wallet = market.verifier): Promise<Hex> {
  const salt = keccak256(toHex(`salt ${++salts}`));
  await market.bisection.write.commit([commitmentHash(by.account.address, work.id, salt)], { account: by.account });
  return salt;
}

/** The arguments of `open`. */
export function opening(work: Work, salt: Hex, position: number, run: Run) {
  const { job, claim } = work;
  return [
    job,
    claim,
    salt,
    { position, resultHash: work.ends[position] as Hex, path: work.tree.path(position) },
    inputOf(work, position),
    eight(run, 0, 8 ** (job.exponent - 1)),
  ] as const;
}

export function inputOf(work: Work, position: number) {
  const unit = work.firstUnit + position;
  return { root: inputRootOf(unit), path: inputsOf(work.job.units).path(unit) };
}

/** Commits and opens a game about one unit, with the challenger's states taken from `run`. */
export async function open(
  market: Market,
  work: Work,
  position: number,
  run: Run = market.runOf(work.job, work.firstUnit + position),
  challenger: Wallet = market.verifier,
): Promise<Board> {
  const salt = await commit(market, work, challenger);
  const hash = await market.bisection.write.open(opening(work, salt, position, run), { account: challenger.account });
  return boardOf(market, work, challenger, hash, position);
}

/** Commits and opens a game about the tree. */
export async function openTree(market: Market, work: Work, challenger: Wallet = market.verifier): Promise<Board> {
  const salt = await commit(market, work, challenger);
  const hash = await market.bisection.write.openTree([work.job, work.claim, salt], { account: challenger.account });
  return boardOf(market, work, challenger, hash, 0);
}

async function boardOf(market: Market, work: Work, challenger: Wallet, hash: Hash, position: number): Promise<Board> {
  const logs = await market.logsOf(hash);
  const [opened] = parseEventLogs({ abi: market.bisection.abi, logs, eventName: "GameOpened" });
  assert(opened);
  const board: Board = {
    id: opened.args.id,
    work,
    challenger,
    game: opened.args.game,
    stored: Array(9).fill("0x") as Nine,
    offset: 0,
    span: 8 ** (work.job.exponent - 1),
    level: (await market.bisection.read.stateOf([opened.args.id])).level,
    position,
  };
  await follow(market, board, hash);
  return board;
}

/** Updates the board with what a transaction has posted. */
async function follow(market: Market, board: Board, hash: Hash): Promise<void> {
  const logs = await market.logsOf(hash);
  const [posted] = parseEventLogs({ abi: market.bisection.abi, logs, eventName: "StatesPosted" });
  if (!posted) return;
  const { segment, level, start, states } = posted.args;
  if (segment > 0) {
    board.offset += (segment - 1) * board.span;
    board.span /= 8;
  }
  board.level = level;
  board.stored = [start, ...states] as Nine;
}

/** Number (1 … 8) of the first posted state that `run` rejects; 8 if it rejects none. */
export function rejected(board: Board, run: Run): number {
  for (let j = 1; j <= 8; j++) if (board.stored[j] !== run.stateAt(board.offset + j * board.span)) return j;
  return 8;
}

/** Whose turn it is to post states. */
export function mover(board: Board): Wallet {
  return board.level % 2 === 1 ? board.work.by : board.challenger;
}

/** The arguments of `split` for a player with this run. */
export function splitting(board: Board, run: Run) {
  const segment = rejected(board, run);
  const states = eight(run, board.offset + (segment - 1) * board.span, board.span / 8);
  return [board.game, board.stored, segment, states] as const;
}

export async function split(market: Market, board: Board, run: Run): Promise<Hash> {
  const hash = await market.bisection.write.split(splitting(board, run), { account: mover(board).account });
  await follow(market, board, hash);
  return hash;
}

/** The arguments of `prove` for a challenger with this run. */
export function proving(board: Board, run: Run) {
  const segment = rejected(board, run);
  return [board.game, board.stored, segment, run.witnessAt(board.offset + segment - 1)] as const;
}

export async function prove(market: Market, board: Board, run: Run): Promise<Hash> {
  return market.bisection.write.prove(proving(board, run), { account: board.challenger.account });
}

/** Plays all moves up to the last level, so that only the proof is left. */
export async function playToLast(market: Market, board: Board, minerRun: Run, challengerRun: Run): Promise<void> {
  while (board.level < board.work.job.exponent)
    await split(market, board, board.level % 2 === 1 ? minerRun : challengerRun);
}

/** The nodes that the miner reveals three levels below the disputed node. */
export function childrenOf(work: Work, level: number, position: number): Hex[] {
  if (level === 1) return work.ends.slice(position * 8, position * 8 + 8);
  const size = 8 ** (level - 1);
  const shown = Math.min(8, Math.ceil((work.count - position * 8 * size) / size));
  return Array.from({ length: shown }, (_, child) => work.tree.node(3 * (level - 1), position * 8 + child));
}

/** The first part of the game: down to the leaf at `position`, and the first split from `run`. */
export async function descend(market: Market, board: Board, position: number, run: Run): Promise<void> {
  const { bisection } = market;
  for (let at = 0; board.level >= 1; board.level--) {
    const { level, work } = board;
    const children = childrenOf(work, level, at);
    const child = Math.floor(position / 8 ** (level - 1)) % 8;
    await bisection.write.reveal([board.game, children], { account: work.by.account });
    at = at * 8 + child;
    if (level > 1) {
      await bisection.write.pick([board.game, children, child], { account: board.challenger.account });
      continue;
    }
    const hash = await bisection.write.pickLeaf(
      [board.game, work.job, children, child, inputOf(work, position), eight(run, 0, board.span)],
      { account: board.challenger.account },
    );
    board.position = position;
    await follow(market, board, hash);
    return;
  }
}
