// Plays games through offchain/chain. Both sides do the same: they look, decide by the strategy, and send.
import assert from "node:assert/strict";
import { bisectionIn, viewIn } from "@sonm/chain/market/bisection";
import { commitChallenge, openGame, openTreeGame, playMove } from "@sonm/chain/market/challenges";
import type { Signer } from "@sonm/chain/signer";
import { RevertFailure } from "@sonm/chain/transact";
import type { Side } from "@sonm/protocol/dispute/clock";
import { distanceAt, type GameOutcome } from "@sonm/protocol/dispute/game";
import { nextMove, statesOf } from "@sonm/protocol/dispute/next-move";
import { commitmentOf } from "@sonm/protocol/dispute/opening";
import type { GameId, Hex } from "@sonm/protocol/values/ids";
import { keccak256, stringToHex, type TransactionReceipt } from "viem";
import type { Claimed, Work, World } from "../world.ts";

let salts = 0;

/** Announces a challenge; returns the salt that opens it. */
export async function announce(world: World, by: Signer, { id }: Claimed): Promise<Hex> {
  const salt = keccak256(stringToHex(`salt ${++salts}`));
  await commitChallenge(by, world.deployment, commitmentOf(by.address, id, salt));
  return salt;
}

/** Opens on the unit at `position` of a claim whose leaves are known; `own` is what the challenger has computed. */
export async function openOn(world: World, by: Signer, claimed: Claimed, own: Work, position: number, salt: Hex) {
  const { claim, work } = claimed;
  const { job } = work.posted;
  const trace = own.traces[position];
  const resultHash = work.tree.resultHashes[position];
  assert(trace && resultHash);
  const unit = { position, resultHash, path: work.tree.path(position) };
  const input = world.inputOf(work.posted, work.tree.first + position);
  const states = statesOf(trace, 0, distanceAt(job.exponent, 1));
  await openGame(by, world.deployment, job, claim, salt, unit, input, states);
  return gameOf(world, by, claimed);
}

export async function openOnTree(world: World, by: Signer, { claim, work, id }: Claimed, salt: Hex) {
  await openTreeGame(by, world.deployment, work.posted.job, claim, salt);
  return gameOf(world, by, { id });
}

/** The challenger's latest game on the claim. */
async function gameOf(world: World, by: Signer, { id }: Pick<Claimed, "id">): Promise<GameId> {
  const { games } = bisectionIn(await world.observer.look(), world.addresses.bisection);
  const own = [...games.values()].filter(({ game }) => game.about.claim === id && game.about.challenger === by.address);
  const last = own.at(-1);
  assert(last, "no such game");
  return last.id;
}

export type Player = { readonly signer: Signer; readonly work: Work };
export type Ending = { readonly outcome: GameOutcome; readonly moves: number; readonly last: TransactionReceipt };

const unprovable = ["BisectionProvesNothing", "MachineWitnessMismatch"];

/** One look and one move of one side; `undefined` if there was nothing to do. */
export async function step(world: World, game: GameId, side: Side, player: Player) {
  const sight = await world.observer.look();
  const observed = bisectionIn(sight, world.addresses.bisection).games.get(game);
  assert(observed);
  const view = viewIn(observed);
  assert(view, "state and events do not match");
  const { traces, tree, posted } = player.work;
  const traceOf = (position: number) => {
    const trace = traces[position];
    assert(trace, `no unit ${position} in the batch`);
    return trace;
  };
  const standing = { winner: sight.claims.get(view.game.about.claim)?.winner?.rank };
  const move = nextMove(view, { side, tree, traceOf }, standing, sight.now);
  const inputOf = (position: number) => world.inputOf(posted, tree.first + position);
  const sent = playMove(player.signer, world.deployment, view, move, { job: posted.job, inputOf });
  return { move, receipt: await sent };
}

export type Board = {
  readonly game: GameId;
  readonly players: Record<Side, Player>;
  /** a side that does not move any more from this turn of the game on */
  readonly silent?: { readonly side: Side; readonly from: number };
};

/** A move of one side; `undefined` if it had nothing to do, or lies about what it cannot prove. */
async function tryStep(world: World, { game, players }: Board, side: Side) {
  try {
    return (await step(world, game, side, players[side])).receipt;
  } catch (error) {
    if (error instanceof RevertFailure && unprovable.includes(error.error)) return undefined;
    throw error;
  }
}

/** Plays all games at the same time, until every one is over. Time passes only when nobody has anything to do. */
export async function playAll(world: World, boards: readonly Board[]): Promise<Ending[]> {
  const endings = new Map<Board, Ending>();
  const moves = new Map<Board, number>();
  for (let idle = 0; endings.size < boards.length; idle++) {
    if (idle > 4) throw new Error("the games do not end");
    if (idle > 1) await world.wait(3601);
    for (const board of boards) {
      for (const side of ["miner", "challenger"] as const) {
        const count = moves.get(board) ?? 0;
        if (endings.has(board) || (board.silent?.side === side && count >= board.silent.from)) continue;
        const last = await tryStep(world, board, side);
        if (!last) continue;
        idle = -1;
        moves.set(board, count + 1);
        const { games } = bisectionIn(await world.observer.look(), world.addresses.bisection);
        const outcome = games.get(board.game)?.shown.outcome;
        if (outcome) endings.set(board, { outcome, moves: count + 1, last });
      }
    }
  }
  return boards.map((board) => endings.get(board)).filter((ending) => ending !== undefined);
}

/** Both play one game to its end. */
export async function playOut(world: World, game: GameId, players: Board["players"], silent?: Board["silent"]) {
  const [ending] = await playAll(world, [{ game, players, ...(silent ? { silent } : {}) }]);
  assert(ending);
  return ending;
}
