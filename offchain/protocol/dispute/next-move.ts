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

/** A move in a game, or the reason why there is none. Children, states and witnesses are bytes in hexadecimal. */
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
 * The next move of `player`. Throws only what `player.traceOf` or its trace throws, such as `StepOutsideRun`.
 * @param now time of the chain's latest block, unix seconds
 * @example
 * ```ts
 * import { nextMove, type Player, statesOf } from "@sonm/protocol/dispute";
 * import { type Case, distanceAt, gameId } from "@sonm/protocol/dispute/game";
 * import type { GameView } from "@sonm/protocol/dispute/view";
 * import { openTrace } from "@sonm/protocol/machine/trace";
 * import type { Hex } from "@sonm/protocol/values/ids";
 * import { toHex } from "viem";
 *
 * // A miner lies about a run of 64 steps: in the state after step 10, it changes register x5. The game finds this step.
 * // The program jumps to itself for ever. It has two runs here: the true one and the liar's.
 * const program = { entry: 0x1000, segments: [{ address: 0x1000, data: Uint8Array.of(0x6f, 0, 0, 0) }] };
 * const run = { program, input: new Uint8Array(), exponent: 2 };
 * const [truth, lie] = [openTrace(run), openTrace({ ...run, corruption: { step: 10, change: { register: 5 }, xor: 1n } })];
 * const tree = { children: () => [] }; // not needed once the leaves are known
 * const players: Record<"miner" | "challenger", Player> = {
 *   miner: { side: "miner", tree, traceOf: () => lie },
 *   challenger: { side: "challenger", tree, traceOf: () => truth },
 * };
 *
 * // What a real game reads from the chain: its terms, and the challenger's first eight states, 8 steps apart.
 * const hash: Hex = `0x${"11".repeat(32)}`;
 * const [miner, challenger]: Hex[] = [`0x${"22".repeat(20)}`, `0x${"33".repeat(20)}`];
 * const about = { claim: hash, job: hash, batch: 0, miner, challenger, bond: 10n ** 19n, rank: 1n } as Case;
 * const game = { about, first: 0, count: 1, exponent: 2, grace: 600 };
 * const clock = { deadline: 1_800_003_600, rest: { miner: 3600, challenger: 3600 } };
 * const [start, states] = [toHex(truth.stateAt(0)), statesOf(truth, 0, 8)];
 * const phase = { kind: "split", depth: 1, unit: 0, first: 0, start, states } as const;
 * const view: GameView = { id: gameId(game), game, phase, clock };
 *
 * // The miner names the first state that it rejects, and posts eight states of its own, one step apart.
 * const now = 1_800_000_000; // unix seconds
 * const split = nextMove(view, players.miner, { winner: undefined }, now);
 * if (split.kind !== "split") throw new Error("the miner has the turn");
 * const first = (split.segment - 1) * distanceAt(2, 1);
 * const after: GameView = { ...view, phase: { ...phase, depth: 2, first, states: split.states } };
 *
 * // The challenger proves the first step that it rejects: the chain executes this step and convicts the miner.
 * const proof = nextMove(after, players.challenger, { winner: undefined }, now);
 * if (proof.kind === "prove") console.log(`the miner's state after step ${first + proof.segment} is false`); // 10
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

/**
 * Hashes of the eight states that a player posts for a segment.
 * @param first step at which the segment begins
 * @param distance steps between two states
 * @throws whatever the trace throws for steps outside of its run, such as `StepOutsideRun`
 */
export function statesOf(trace: Trace, first: number, distance: number): Hex[] {
  return Array.from({ length: 8 }, (_, i) => stateAt(trace, first + (i + 1) * distance));
}

function same(a: Hex, b: Hex | undefined): boolean {
  return a.toLowerCase() === b?.toLowerCase();
}
