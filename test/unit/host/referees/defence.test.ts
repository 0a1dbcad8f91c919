// What a game costs an honest player at worst, found by playing it, and what a player therefore does not take on.
import assert from "node:assert/strict";
import { test } from "node:test";
import { distanceAt } from "@sonm/protocol/dispute/game";
import { nextMove, statesOf } from "@sonm/protocol/dispute/next-move";
import type { Trace } from "@sonm/protocol/dispute/trace";
import { turnOf } from "@sonm/protocol/dispute/view";
import fc from "fast-check";
import { bytesToHex } from "viem";
import { cannotPlay, stepsToPlay } from "../../../../offchain/host/referees/defence.ts";
import { fuzz } from "../../../support/fuzz.ts";
import { openGame, Refused, toyTrace } from "../../protocol/dispute/model.ts";

/** A trace that has kept every state that it was asked for, and counts the steps from there to the next one. */
function counted(trace: Trace) {
  const kept = [0];
  let steps = 0;
  const seek = (step: number) => {
    steps += step - Math.max(...kept.filter((place) => place <= step));
    kept.push(step);
    return step;
  };
  const counting: Trace = {
    stateAt: (step) => trace.stateAt(seek(step)),
    witnessAt: (step) => trace.witnessAt(seek(step)),
  };
  return { trace: counting, steps: () => steps };
}

/** Steps that both players of a game compute, if one of the runs is corrupted at a step. */
function played(exponent: number, step: number, liar: "miner" | "challenger") {
  const [honest, lying] = [toyTrace(0, 8 ** exponent), toyTrace(0, 8 ** exponent, { step, mark: 1 })];
  const miner = counted(liar === "miner" ? lying : honest);
  const challenger = counted(liar === "challenger" ? lying : honest);
  const terms = { exponent, allowance: 1000, grace: 10, halt: 8 ** exponent, count: 1 };
  const result = bytesToHex((liar === "miner" ? lying : honest).stateAt(8 ** exponent));
  const referee = openGame(terms, 0, result, statesOf(challenger.trace, 0, distanceAt(exponent, 1)), 1000);
  for (let now = 1001; ; now++) {
    const turn = turnOf(referee.view().phase);
    if (turn === undefined) break;
    const player = {
      side: turn,
      tree: { children: () => [] },
      traceOf: () => (turn === "miner" ? miner : challenger).trace,
    };
    const move = nextMove(referee.view(), player, { winner: undefined }, now);
    if (move.kind === "none") break;
    try {
      referee.play(move, now);
    } catch (error) {
      // What a liar cannot prove.
      if (!(error instanceof Refused)) throw error;
      break;
    }
  }
  return { miner: miner.steps(), challenger: challenger.steps() };
}

test("S4: property: neither player ever computes more than 8/7 of a run, and a miner can need nearly that", () => {
  let most = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(2, 4, 6, 8),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom("miner" as const, "challenger" as const),
      (exponent, place, liar) => {
        const { miner, challenger } = played(exponent, Math.floor(place * 8 ** exponent), liar);
        assert.ok(miner <= stepsToPlay(exponent), `the miner computes ${miner} of ${stepsToPlay(exponent)}`);
        assert.ok(challenger <= stepsToPlay(exponent), `the challenger computes ${challenger}`);
        most = Math.max(most, miner / stepsToPlay(exponent));
      },
    ),
    fuzz(200),
  );
  assert.ok(most > 0.97, `${most}`);
});

test("S4: a player takes on what half of its allowance is enough for", () => {
  // 7 games of 8^9/7 steps each.
  const job = { exponent: 8, allowance: 2 * 8 };
  assert.equal(cannotPlay(job, 7, 8 ** 8), undefined);
  assert.equal(
    cannotPlay(job, 8, 8 ** 8),
    "games about 8 runs of 8^8 steps take up to 10 s to play, which is more than half of the 16 s that a player has",
  );
  assert.match(
    cannotPlay({ ...job, allowance: 2 }, 1, 8 ** 8) ?? "",
    /^games about 1 run of 8\^8 steps take up to 2 s/,
  );
});
