// Whole games, exhaustively, on the contracts, with runs of 64 steps (m = 2). The honest side plays the strategy of
// offchain/protocol/dispute; the other side plays anything that the rules allow. The honest side wins every game (INV-3, INV-4, INV-10).
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Side } from "@sonm/protocol/dispute/clock";
import type { GameOutcome } from "@sonm/protocol/dispute/game";
import { type Move, nextMove, type Player } from "@sonm/protocol/dispute/next-move";
import { turnOf } from "@sonm/protocol/dispute/view";
import type { Hex } from "@sonm/protocol/values/ids";
import { keccak256, padHex, toHex } from "viem";
import { fuzz, seed } from "../support/fuzz.ts";
import { eight } from "../support/market/games.ts";
import { corruptRun, type Run } from "../support/market/runs.ts";
import { type Chain, openChain } from "./chain.ts";
import { diceOf } from "./generator.ts";
import { callOf, commitCall, follow, look, openCall, openTreeCall, playerOn, type Table, tableOf } from "./table.ts";

const STEPS = 64;
const SALT = padHex("0x5a");
const live = { winner: undefined };
const lying = keccak256(toHex("a state of no run"));

/** The move of a side when it has the turn; undefined if it does not move until its time is over. */
type Play = (table: Table, turn: number) => Promise<Move | undefined>;

describe("small games", () => {
  let chain: Chain;
  before(async () => {
    chain = await openChain();
  });
  after(() => chain.close());

  /** A claim for a job whose units halt after `halt` steps, lying in the units named, and the true runs. */
  async function deal(halt: number, lies: readonly number[], units = 2, exponent = 2) {
    const { market } = chain;
    const programRoot = padHex(toHex(halt));
    const job = await market.post({ units, batchSize: units, exponent, programRoot });
    // The step from which a run is corrupted does not matter: its end is the same lie.
    const work = market.workOf(job, { lies: new Map(lies.map((unit) => [unit, 0])) });
    await market.claim(work);
    const truth = Array.from({ length: units }, (_, unit) => market.runOf(job, unit));
    const now = (await market.now()) + 1;
    const challenger = market.verifier.account.address;
    await chain.must(commitCall(challenger, work, SALT), now);
    return { work, truth, now, challenger };
  }

  type Deal = Awaited<ReturnType<typeof deal>>;

  async function opened({ work, now, challenger }: Deal, position: number, states: readonly Hex[]): Promise<Table> {
    return tableOf(work, await chain.must(openCall(challenger, work, SALT, position, states), now));
  }

  async function openedTree({ work, now, challenger }: Deal): Promise<Table> {
    return tableOf(work, await chain.must(openTreeCall(challenger, work, SALT), now));
  }

  function honest(player: Player, now: number): Play {
    return async (table) => {
      const move = nextMove(await look(chain, table), player, live, now);
      return move.kind === "none" ? undefined : move;
    };
  }

  /** Plays like `play`, but does not move from turn `last` on. */
  function untilTurn(last: number, play: Play): Play {
    return async (table, turn) => (turn < last ? play(table, turn) : undefined);
  }

  /** Plays to the end and returns the outcome of the game. A refused move counts as no move. */
  async function playOut(start: Table, plays: Record<Side, Play>, now: number): Promise<GameOutcome> {
    let table = start;
    for (let turn = 0; ; turn++) {
      if (table.shown.outcome) return table.shown.outcome;
      const view = await look(chain, table);
      const side = turnOf(view.phase);
      assert(side);
      const { miner, challenger } = table.game.about;
      const from = side === "miner" ? miner : challenger;
      const move = await plays[side](table, turn);
      const done = move && (await chain.send(callOf(table.work, view, from, move), now));
      if (done && done.refused === undefined) {
        table = follow(table, done.logs);
        continue;
      }
      const timeOut = callOf(table.work, view, from, { kind: "timeOut" });
      table = follow(table, await chain.must(timeOut, view.clock.deadline + 1));
    }
  }

  /** Eight states; those in the mask are true. The others belong to no run, or are true states one step too late. */
  function mixed(run: Run, first: number, span: number, mask: number): Hex[] {
    const late = eight(run, first + 1, span);
    return eight(run, first, span).map((state, i) => {
      if ((mask >> i) & 1) return state;
      const other = (mask + i) % 3 === 0 ? late[i] : undefined;
      return other && other !== state ? other : lying;
    });
  }

  const halts = [0, 1, 8, 13, 63, 64, 100];

  it("a lying miner, whichever segment it names and whichever of its states are true, is convicted", () =>
    chain.branch(async () => {
      const game = await deal(40, [0]);
      const { truth, now, work, challenger } = game;
      const run = truth[0] as Run;
      const player = playerOn("challenger", work, truth);
      const start = await opened(game, 0, eight(run, 0, 8));
      const view = await look(chain, start);
      assert(view.phase.kind === "split");
      for (let segment = 1; segment <= 8; segment++)
        for (let mask = 0; mask < 256; mask++) {
          const states = mixed(run, 8 * (segment - 1), 1, mask);
          const move = callOf(work, view, work.claim.miner, { kind: "split", segment, states });
          if (mask >= 128) {
            // Its last state equals the challenger's, so nothing is disputed.
            if (mask === 128) assert.equal(await chain.refusal(move, now), "BisectionNothingDisputed");
            continue;
          }
          await chain.branch(async () => {
            const table = follow(start, await chain.must(move, now));
            const posted = await look(chain, table);
            const proof = callOf(work, posted, challenger, nextMove(posted, player, live, now));
            const logs = await chain.must(proof, now);
            assert.equal(follow(table, logs).shown.outcome, "proved", `segment ${segment}, mask ${mask}`);
          });
        }
    }));

  it("a lying challenger, whichever of its states are true and whichever step it points at, proves nothing and pays", () =>
    chain.branch(async () => {
      const game = await deal(40, []);
      const { truth, now, work, challenger } = game;
      const run = truth[0] as Run;
      const player = playerOn("miner", work, truth);
      for (let mask = 0; mask < 128; mask++)
        await chain.branch(async () => {
          const table = await opened(game, 0, mixed(run, 0, 8, mask));
          const view = await look(chain, table);
          const answer = nextMove(view, player, live, now);
          assert(answer.kind === "split");
          const answered = follow(table, await chain.must(callOf(work, view, work.claim.miner, answer), now));
          const last = await look(chain, answered);
          const first = 8 * (answer.segment - 1);
          for (let segment = 1; segment <= 8; segment++) {
            const witness = run.witnessAt(first + segment - 1);
            const proof = callOf(work, last, challenger, { kind: "prove", segment, witness });
            assert.equal(await chain.refusal(proof, now), "BisectionProvesNothing");
          }
          const other = corruptRun(run, 0).witnessAt(first);
          const forged = callOf(work, last, challenger, { kind: "prove", segment: 1, witness: other });
          assert.equal(await chain.refusal(forged, now), "MachineWitnessMismatch");
          const timeOut = callOf(work, last, work.claim.miner, { kind: "timeOut" });
          const over = follow(answered, await chain.must(timeOut, last.clock.deadline + 1));
          assert.equal(over.shown.outcome, "challengerTimedOut");
        });
    }));

  /** All games about a lie at one position: opened on the leaf or on the tree, with each side silent from any turn on, or never. */
  async function everyGame(game: Deal, unit: number, liar: Side, from: number, quick: boolean): Promise<void> {
    const { work, truth, now } = game;
    const corrupted = truth.map((run, i) =>
      i === unit ? corruptRun(run, from, liar === "miner" ? undefined : "other") : run,
    );
    const claimed = work.runs.map((run, i) => (i === unit && liar === "miner" ? (corrupted[i] ?? run) : run));
    const miner = honest(playerOn("miner", work, liar === "miner" ? claimed : truth), now);
    const challenger = honest(playerOn("challenger", work, liar === "miner" ? truth : corrupted), now);
    const opening = (liar === "miner" ? truth : corrupted)[unit] as Run;
    const span = 8 ** (work.job.exponent - 1);
    const turns = quick ? [99] : [0, 1, 2, 3, 4, 5, 99];
    for (const tree of [false, true])
      for (const last of turns) {
        const plays: Record<Side, Play> = { miner, challenger };
        plays[liar] = untilTurn(last, plays[liar]);
        const outcome = await chain.branch(async () =>
          playOut(tree ? await openedTree(game) : await opened(game, unit, eight(opening, 0, span)), plays, now),
        );
        const what = `${liar} lies from step ${from} of unit ${unit}, silent from turn ${last}, ${tree ? "tree" : "leaf"}`;
        if (liar === "challenger") assert.equal(outcome, "challengerTimedOut", what);
        else assert.match(outcome, /proved|minerTimedOut/, what);
        if (liar === "miner" && last === 99) assert.equal(outcome, "proved", what);
      }
  }

  for (const liar of ["miner", "challenger"] as const) {
    it(`a ${liar} that lies from any step on loses, on the leaf and on the tree`, () =>
      chain.branch(async () => {
        const game = await deal(40, liar === "miner" ? [1] : []);
        for (let step = 0; step <= STEPS; step++) await everyGame(game, 1, liar, step, true);
      }));

    it(`a ${liar} that falls silent at any turn loses, wherever the run halts`, async () => {
      for (const halt of halts)
        await chain.branch(async () => {
          const game = await deal(halt, liar === "miner" ? [0] : []);
          for (const step of [0, 13, STEPS]) await everyGame(game, 0, liar, step, false);
        });
    });

    it(`a ${liar} that lies in a run of 4,096 steps loses (edges and some at random)`, () =>
      chain.branch(async () => {
        const game = await deal(4_000, liar === "miner" ? [8] : [], 9, 4);
        const dice = diceOf(seed);
        const random = Array.from({ length: fuzz(10).numRuns }, () => dice(4_097));
        for (const step of [0, 1, 7, 8, 63, 64, 65, 511, 512, 513, 4_000, 4_001, 4_095, 4_096, ...random])
          await everyGame(game, 8, liar, step, true);
      }));
  }
});
