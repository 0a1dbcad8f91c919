// One game on chain as its players see it. It is read by offchain/protocol/dispute and played by its strategy, so that the strategy is
// tested against the contracts too.
import assert from "node:assert/strict";
import { bisectionAbi } from "@sonm/chain/abi/bisection";
import type { Game } from "@sonm/protocol/dispute/game";
import { outcomes } from "@sonm/protocol/dispute/game";
import type { Move, Player } from "@sonm/protocol/dispute/next-move";
import type { Trace } from "@sonm/protocol/dispute/trace";
import { type GameView, type Shown, viewOf } from "@sonm/protocol/dispute/view";
import { createResultTree } from "@sonm/protocol/result/tree";
import type { GameId, Hex, JobId } from "@sonm/protocol/values/ids";
import { type Address, bytesToHex, hexToBytes, type Log, parseEventLogs } from "viem";
import type { Work } from "../support/market/fixture.ts";
import { inputOf } from "../support/market/games.ts";
import type { Run } from "../support/market/runs.ts";
import { commitmentHash } from "../support/market/terms.ts";
import type { Chain } from "./chain.ts";
import type { Call } from "./model/calls.ts";

/** A game and what its events have shown; a value, so that branches of a game tree can share it. */
export type Table = { readonly id: GameId; readonly game: Game; readonly work: Work; readonly shown: Shown };

export function commitCall(from: Address, work: Work, salt: Hex): Call {
  return { from, name: "commit", args: [commitmentHash(from, work.id, salt)] };
}

/** `open` on the leaf at `position`, against the miner's end of the run, with these eight states. */
export function openCall(from: Address, work: Work, salt: Hex, position: number, states: readonly Hex[]): Call {
  const resultHash = work.ends[position];
  assert(resultHash);
  const result = { position, resultHash, path: work.tree.path(position) };
  return { from, name: "open", args: [work.job, work.claim, salt, result, inputOf(work, position), states] };
}

export function openTreeCall(from: Address, work: Work, salt: Hex): Call {
  return { from, name: "openTree", args: [work.job, work.claim, salt] };
}

/** The table after the opening of a game. */
export function tableOf(work: Work, logs: Log[]): Table {
  const [opened] = parseEventLogs({ abi: bisectionAbi, logs, eventName: "GameOpened" });
  assert(opened);
  const { id, game } = opened.args;
  const empty = { id: id as GameId, game: game as Game, work, shown: { revealed: [], posted: [], outcome: undefined } };
  return follow(empty, logs);
}

/** The table after a transaction. */
export function follow(table: Table, logs: Log[]): Table {
  let { revealed, posted, outcome } = table.shown;
  for (const event of parseEventLogs({ abi: bisectionAbi, logs })) {
    if (!("id" in event.args) || event.args.id !== table.id) continue;
    if (event.eventName === "Revealed") revealed = [...revealed, event.args];
    if (event.eventName === "StatesPosted") posted = [...posted, event.args];
    if (event.eventName === "GameOver") outcome = outcomes[event.args.outcome];
  }
  return { ...table, shown: { revealed, posted, outcome } };
}

/** What the players see now. */
export async function look({ market }: Chain, { id, game, shown }: Table): Promise<GameView> {
  const view = viewOf(id, game, await market.bisection.read.stateOf([id]), shown);
  assert(view, "the events must match what is stored");
  return view;
}

/** The transaction that makes a move. */
export function callOf(work: Work, { phase, game }: GameView, from: Address, move: Move): Call {
  switch (move.kind) {
    case "reveal":
      return { from, name: "reveal", args: [game, move.children] };
    case "pick":
      assert(phase.kind === "pick");
      return { from, name: "pick", args: [game, phase.children, move.child] };
    case "pickLeaf": {
      assert(phase.kind === "pick");
      const input = inputOf(work, 8 * phase.index + move.child);
      return { from, name: "pickLeaf", args: [game, work.job, phase.children, move.child, input, move.states] };
    }
    case "split":
      assert(phase.kind === "split");
      return { from, name: "split", args: [game, [phase.start, ...phase.states], move.segment, move.states] };
    case "prove":
      assert(phase.kind === "split");
      return { from, name: "prove", args: [game, [phase.start, ...phase.states], move.segment, move.witness] };
    case "timeOut":
    case "leave":
      return { from, name: move.kind, args: [game] };
    case "none":
      return assert.fail(`no move: ${move.why}`);
  }
}

export function traceOf(run: Run): Trace {
  return {
    stateAt: (step) => hexToBytes(run.stateAt(step)),
    witnessAt: (step) => hexToBytes(run.witnessAt(step)),
  };
}

/** A player that follows the honest strategy on these runs of the batch's units. It is a liar if the runs are false. */
export function playerOn(side: Player["side"], work: Work, runs: readonly Run[]): Player {
  const resultHashes = runs.map((run) => bytesToHex(traceOf(run).stateAt(8 ** work.job.exponent)));
  const { miner, job } = work.claim;
  return {
    side,
    tree: createResultTree({ miner, job: job as JobId, first: work.firstUnit, resultHashes }),
    traceOf: (position) => {
      const run = runs[position];
      assert(run, `no unit ${position} in the batch`);
      return traceOf(run);
    },
  };
}
