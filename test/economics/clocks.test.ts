// INV-5 and INV-11, exhaustively: every way of spending time in games of few turns, at the seconds where something changes.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { longestGame, type Side } from "@sonm/protocol/dispute/clock";
import { nextMove, type Player } from "@sonm/protocol/dispute/next-move";
import { type GameView, turnOf } from "@sonm/protocol/dispute/view";
import type { Hex } from "@sonm/protocol/values/ids";
import { eight } from "../support/market/games.ts";
import { roundsOf } from "../support/market/runs.ts";
import { type Chain, openChain } from "./chain.ts";
import type { Call } from "./model/calls.ts";
import { callOf, commitCall, follow, look, openCall, openTreeCall, playerOn, type Table, tableOf } from "./table.ts";

const SALT: Hex = `0x${"5a".repeat(32)}`;
const live = { winner: undefined };

describe("the clock of a game", () => {
  let chain: Chain;
  before(async () => {
    chain = await openChain();
  });
  after(() => chain.close());

  const cases = [
    { name: "opened on a leaf, m = 2", tree: false, units: 2, exponent: 2, allowance: 3_600, grace: 600 },
    { name: "opened on a leaf, m = 4", tree: false, units: 2, exponent: 4, allowance: 3_600, grace: 600 },
    { name: "opened on the tree, m = 2", tree: true, units: 2, exponent: 2, allowance: 3_600, grace: 600 },
    { name: "with no more allowance than grace", tree: true, units: 2, exponent: 2, allowance: 3_600, grace: 3_600 },
    {
      name: "of two rounds, hurried or slow",
      tree: true,
      units: 9,
      exponent: 2,
      allowance: 3_600,
      grace: 601,
      few: true,
    },
  ];
  for (const { name, tree, few = false, ...terms } of cases)
    it(`is bounded by the formula, which is reached (INV-5), and never stands still (INV-11): ${name}`, () =>
      chain.branch(async () => {
        const { market } = chain;
        const job = await market.post({ ...terms, batchSize: terms.units });
        const lastUnit = terms.units - 1;
        const work = market.workOf(job, { lies: new Map([[lastUnit, 17]]) });
        await market.claim(work);
        const challenger = market.verifier.account.address;
        const truth = Array.from({ length: work.count }, (_, unit) => market.runOf(job, unit));
        const players = {
          miner: playerOn("miner", work, work.runs),
          challenger: playerOn("challenger", work, truth),
        };

        const opened = (await market.now()) + 1;
        await chain.must(commitCall(challenger, work, SALT), opened);
        const disputed = truth[lastUnit];
        assert(disputed);
        const opening = tree
          ? openTreeCall(challenger, work, SALT)
          : openCall(challenger, work, SALT, lastUnit, eight(disputed, 0, 8 ** (job.exponent - 1)));
        const table = tableOf(work, await chain.must(opening, opened));

        const bound = longestGame({ ...terms, rounds: tree ? roundsOf(work.count) : 0 });
        let longest = 0;
        await everyPace(chain, table, players, {
          now: opened,
          few,
          ended: (at) => (longest = Math.max(longest, at - opened)),
        });
        assert.equal(longest, bound);
      }));

  it("is refused where the formula would not hold: a grace above the allowance", () =>
    chain.branch(async () => {
      await assert.rejects(chain.market.post({ allowance: 3_600, grace: 3_601 }), /TermsGrace/);
    }));
});

type Course = { readonly now: number; readonly few: boolean; readonly ended: (at: number) => void };

/** Continues the game at every pace; calls `ended` with the time of each game's last move. */
async function everyPace(chain: Chain, table: Table, players: Record<Side, Player>, course: Course): Promise<void> {
  const view = await look(chain, table);
  const side = turnOf(view.phase);
  if (side === undefined) return course.ended(course.now);
  const call = turnCall(table, view, players[side], course.now);
  await assertEitherMoveOrTimeOut(chain, table, view, call);
  for (const wait of waits(view, course))
    await chain.branch(async () => {
      const now = course.now + wait;
      const next = follow(table, await chain.must(call, now));
      await everyPace(chain, next, players, { ...course, now });
    });
}

/** How long to wait before a move, seconds: not at all, around the grace, and until the last second. */
function waits({ clock, game }: GameView, { now, few }: Course): number[] {
  const left = clock.deadline - now;
  const all = few ? [0, left] : [0, game.grace, game.grace + 1, left];
  return [...new Set(all.filter((wait) => wait >= 0 && wait <= left))];
}

function turnCall(table: Table, view: GameView, player: Player, now: number): Call {
  const { miner, challenger } = view.game.about;
  return callOf(table.work, view, player.side === "miner" ? miner : challenger, nextMove(view, player, live, now));
}

/** INV-11, at the seconds around the deadline. */
async function assertEitherMoveOrTimeOut(chain: Chain, table: Table, view: GameView, move: Call): Promise<void> {
  const { deadline } = view.clock;
  const stranger = chain.market.stranger.account.address;
  const timeOut = callOf(table.work, view, stranger, { kind: "timeOut" });
  assert.equal(await chain.refusal(move, deadline), undefined);
  assert.equal(await chain.refusal(timeOut, deadline), "BisectionTooEarly");
  assert.equal(await chain.refusal(move, deadline + 1), "BisectionTooLate");
  assert.equal(await chain.refusal(timeOut, deadline + 1), undefined);
}
