import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { canMove, longestGame, type Side } from "@sonm/protocol/dispute/clock";
import { distanceAt } from "@sonm/protocol/dispute/game";
import { type Move, nextMove, type Player, statesOf } from "@sonm/protocol/dispute/next-move";
import type { Trace } from "@sonm/protocol/dispute/trace";
import { type Phase, turnOf, winnerOf } from "@sonm/protocol/dispute/view";
import { createResultTree, roundsOf } from "@sonm/protocol/result/tree";
import type { Hex } from "@sonm/protocol/values/ids";
import fc from "fast-check";
import { bytesToHex, keccak256, numberToHex } from "viem";
import { fuzz } from "../../../support/fuzz.ts";
import { about, openGame, openTreeGame, type Referee, Refused, type Terms, toyTrace } from "./model.ts";

const noTree = { children: () => [] };
const live = { winner: undefined };

/** Makes moves: the strategy under test, or an adversary without a strategy. */
type Mover = (now: number) => Move;

/** Plays to the end. Each mover waits `patience` seconds at most before a move. Returns the winner and the duration. */
function playOut(referee: Referee, movers: Record<Side, Mover>, start: number, patience: () => number) {
  let now = start;
  for (let turns = 0; turns < 100; turns++) {
    const { phase, clock } = referee.view();
    const turn = turnOf(phase);
    if (turn === undefined) return { winner: outcomeOf(phase), seconds: now - start };
    now = Math.min(clock.deadline, now + patience());
    const move = movers[turn](now);
    try {
      referee.play(move, now);
    } catch (error) {
      // A refused move changes nothing. Its player does not move again, and the other one ends the game by time-out.
      if (!(error instanceof Refused)) throw error;
      now = clock.deadline + 1;
      referee.play(movers[turn === "miner" ? "challenger" : "miner"](now), now);
    }
  }
  throw new Error("the game does not end");
}

function outcomeOf(phase: Phase): Side | undefined {
  return phase.kind === "over" && phase.outcome ? winnerOf(phase.outcome) : undefined;
}

function strategist(referee: Referee, player: Player): Mover {
  return (now) => nextMove(referee.view(), player, live, now);
}

function playerOn(side: Side, trace: Trace): Player {
  return { side, tree: noTree, traceOf: () => trace };
}

function endOf(trace: Trace, terms: Terms): Hex {
  return bytesToHex(trace.stateAt(8 ** terms.exponent));
}

/** A game opened by `challenger` against the result of `miner`. Both follow the strategy on their own runs. */
function duel(terms: Terms, miner: Trace, challenger: Trace) {
  const states = statesOf(challenger, 0, distanceAt(terms.exponent, 1));
  const referee = openGame(terms, 0, endOf(miner, terms), states, 1000);
  const movers = {
    miner: strategist(referee, playerOn("miner", miner)),
    challenger: strategist(referee, playerOn("challenger", challenger)),
  };
  return playOut(referee, movers, 1000, () => 1);
}

const small: Terms = { exponent: 2, allowance: 100, grace: 10, halt: 0, count: 1 };

describe("the strategy of the verification game", () => {
  it("convicts a miner corrupted at any step, halting anywhere (m = 2, exhaustive)", () => {
    for (let halt = 0; halt <= 64; halt++) {
      const terms = { ...small, halt };
      for (let step = 0; step <= 64; step++) {
        const { winner } = duel(terms, toyTrace(0, halt, { step, mark: 1 }), toyTrace(0, halt));
        assert.equal(winner, "challenger", `corrupted at ${step}, halted at ${halt}`);
      }
    }
  });

  it("acquits an honest miner of a challenger corrupted at any step, halting anywhere (m = 2, exhaustive)", () => {
    for (let halt = 0; halt <= 64; halt++) {
      const terms = { ...small, halt };
      for (let step = 0; step <= 64; step++) {
        const { winner } = duel(terms, toyTrace(0, halt), toyTrace(0, halt, { step, mark: 2 }));
        assert.equal(winner, "miner", `corrupted at ${step}, halted at ${halt}`);
      }
    }
  });

  it("convicts and acquits at any step (m = 4)", () => {
    const steps = 8 ** 4;
    const position = fc.oneof(fc.integer({ min: 0, max: steps }), fc.constantFrom(0, 1, steps - 1, steps));
    fc.assert(
      fc.property(position, position, (step, halt) => {
        const terms = { ...small, exponent: 4, halt };
        const honest = toyTrace(0, halt);
        assert.equal(duel(terms, toyTrace(0, halt, { step, mark: 1 }), honest).winner, "challenger");
        assert.equal(duel(terms, honest, toyTrace(0, halt, { step, mark: 2 })).winner, "miner");
      }),
      fuzz(300),
    );
  });

  // The adversary knows the truth and mixes it with any lies.
  const lies = fc.infiniteStream(
    fc.record({ segment: fc.integer({ min: 1, max: 8 }), truths: fc.integer({ min: 0, max: 255 }) }),
  );
  const halts = fc.integer({ min: 0, max: 8 ** 4 });

  function adversary(referee: Referee, truth: Trace, choices: Iterator<{ segment: number; truths: number }>): Mover {
    return (now) => {
      const { phase, clock, game } = referee.view();
      const { exponent } = game;
      if (!canMove(clock, now)) return { kind: "timeOut" };
      assert.equal(phase.kind, "split");
      if (phase.kind !== "split") throw new Error("unreachable");
      const { segment, truths } = choices.next().value;
      const first = phase.first + (segment - 1) * distanceAt(exponent, phase.depth);
      if (phase.depth === exponent) return { kind: "prove", segment, witness: bytesToHex(truth.witnessAt(first)) };
      const states = statesOf(truth, first, distanceAt(exponent, phase.depth + 1)).map((state, i) =>
        (truths >> i) & 1 ? state : keccak256(numberToHex(i)),
      );
      if (states[7] === phase.states[segment - 1]) states[7] = keccak256("0x77");
      return { kind: "split", segment, states };
    };
  }

  it("wins for an honest challenger against a miner that says anything", () => {
    fc.assert(
      fc.property(halts, lies, fc.infiniteStream(fc.nat(40)), (halt, choices, waits) => {
        const terms = { ...small, exponent: 4, halt };
        const truth = toyTrace(0, halt);
        const states = statesOf(truth, 0, distanceAt(4, 1));
        const referee = openGame(terms, 0, keccak256("0x66"), states, 1000);
        const movers = {
          miner: adversary(referee, truth, choices[Symbol.iterator]()),
          challenger: strategist(referee, playerOn("challenger", truth)),
        };
        const { winner, seconds } = playOut(referee, movers, 1000, () => waits.next().value);
        assert.equal(winner, "challenger");
        assert.ok(seconds <= longestGame({ ...terms, rounds: 0 }) + 1);
      }),
      fuzz(200),
    );
  });

  it("wins for an honest miner against a challenger that says anything", () => {
    fc.assert(
      fc.property(halts, lies, (halt, choices) => {
        const terms = { ...small, exponent: 4, halt };
        const truth = toyTrace(0, halt);
        const states = [...statesOf(truth, 0, distanceAt(4, 1)).slice(0, 7), keccak256("0x55")];
        const referee = openGame(terms, 0, endOf(truth, terms), states, 1000);
        const movers = {
          miner: strategist(referee, playerOn("miner", truth)),
          challenger: adversary(referee, truth, choices[Symbol.iterator]()),
        };
        assert.equal(playOut(referee, movers, 1000, () => 1).winner, "miner");
      }),
      fuzz(200),
    );
  });
});

describe("the strategy where leaves were withheld", () => {
  const terms = { ...small, halt: 50 };
  const resultsOf = (traces: readonly Trace[]) => traces.map((trace) => endOf(trace, terms));
  const treeOf = (traces: readonly Trace[], miner = about.miner) =>
    createResultTree({ miner, job: about.job, first: 0, resultHashes: resultsOf(traces) });
  const honestTraces = (count: number) => Array.from({ length: count }, (_, unit) => toyTrace(unit, terms.halt));

  function treeDuel(
    miner: readonly Trace[],
    challenger: readonly Trace[],
    root: Hex,
    patience: () => number = () => 1,
  ) {
    const referee = openTreeGame({ ...terms, count: miner.length }, root, 1000);
    const traceOf = (traces: readonly Trace[]) => (position: number) => {
      const trace = traces[position];
      assert.ok(trace, `no unit ${position} in the batch`);
      return trace;
    };
    const movers = {
      miner: strategist(referee, { side: "miner", tree: treeOf(miner), traceOf: traceOf(miner) }),
      challenger: strategist(referee, { side: "challenger", tree: treeOf(challenger), traceOf: traceOf(challenger) }),
    };
    return playOut(referee, movers, 1000, patience);
  }

  for (const count of [1, 2, 7, 8, 9, 63, 64, 65, 100]) {
    it(`finds the false unit of ${count}`, () => {
      const honest = honestTraces(count);
      for (const unit of new Set([0, 1, 7, 8, 63, count - 1].filter((n) => n < count))) {
        const lying = honest.map((trace, i) => (i === unit ? toyTrace(unit, terms.halt, { step: 7, mark: 1 }) : trace));
        assert.equal(treeDuel(lying, honest, treeOf(lying).root).winner, "challenger", `miner lies about ${unit}`);
        assert.equal(treeDuel(honest, lying, treeOf(honest).root).winner, "miner", `challenger lies about ${unit}`);
      }
    });
  }

  it("convicts a miner that cannot show what is below its root", () => {
    const honest = honestTraces(10);
    assert.equal(treeDuel(honest, honest, keccak256("0x99")).winner, "challenger");
  });

  it("convicts a copied root", () => {
    const honest = honestTraces(10);
    const root = treeOf(honest, "0x2222222222222222222222222222222222222222").root;
    assert.equal(treeDuel(honest, honest, root).winner, "challenger");
  });

  it("lasts no longer than the formula, and as long as that", () => {
    const count = 100;
    const honest = honestTraces(count);
    const lying = honest.map((trace, i) => (i === 99 ? toyTrace(99, terms.halt, { step: 64, mark: 1 }) : trace));
    const { winner, seconds } = treeDuel(lying, honest, treeOf(lying).root, () => 1_000_000);
    assert.equal(winner, "challenger");
    assert.equal(seconds, longestGame({ ...terms, rounds: roundsOf(count) }));
  });
});

describe("the strategy beside the board", () => {
  const trace = toyTrace(0, 10);
  const lie = toyTrace(0, 10, { step: 5, mark: 1 });
  const game = () => {
    const states = statesOf(trace, 0, 8);
    return openGame({ ...small, halt: 10 }, 0, endOf(lie, small), states, 1000).view();
  };

  it("waits for the opponent until the last second of its time, then ends the game", () => {
    const challenger = playerOn("challenger", trace);
    const { deadline } = game().clock;
    assert.deepEqual(nextMove(game(), challenger, live, deadline), {
      kind: "none",
      why: "the opponent has the turn",
      wakeAt: deadline + 1,
    });
    assert.deepEqual(nextMove(game(), challenger, live, deadline + 1), { kind: "timeOut" });
  });

  it("moves in the last second of its own time, and not after", () => {
    const miner = playerOn("miner", lie);
    const { deadline } = game().clock;
    assert.equal(nextMove(game(), miner, live, deadline).kind, "split");
    assert.equal(nextMove(game(), miner, live, deadline + 1).kind, "none");
  });

  it("leaves once an earlier commitment has won, and plays on against a later one", () => {
    const challenger = playerOn("challenger", trace);
    assert.equal(nextMove(game(), challenger, { winner: 4n }, 1001).kind, "leave");
    assert.equal(nextMove(game(), challenger, { winner: 6n }, 1001).kind, "none");
    assert.equal(nextMove(game(), playerOn("miner", lie), { winner: 4n }, 1001).kind, "split");
  });

  it("has nothing to say where it agrees", () => {
    assert.equal(nextMove(game(), playerOn("miner", trace), live, 1001).kind, "none");
  });
});
