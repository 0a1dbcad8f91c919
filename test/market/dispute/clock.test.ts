// Exact seconds of a game's clock (PROTOCOL.md, section 6.3).
import assert from "node:assert/strict";
import { before, beforeEach, describe, it } from "node:test";
import { createMarket, type Market, type Work } from "../../support/market/fixture.ts";
import { type Board, childrenOf, open, openTree, playToLast, prove, split } from "../../support/market/games.ts";
import { refuses } from "../../support/market/refusals.ts";
import type { Run } from "../../support/market/runs.ts";
import { CLAIM_STATUS } from "../../support/market/terms.ts";

const [A, G] = [3_600, 600];

describe("the clock", () => {
  let market: Market;
  let clean: Awaited<ReturnType<Market["networkHelpers"]["takeSnapshot"]>>;
  let work: Work;
  let opened: Board;
  let board: Board;
  let truth: Run;
  let lie: Run;
  before(async () => {
    market = await createMarket();
    work = market.workOf(await market.post({ exponent: 4, allowance: A, grace: G, window: 86_400 }), {
      lies: new Map([[0, 5]]),
    });
    await market.claim(work);
    truth = market.runOf(work.job, 0);
    lie = work.runs[0] as Run;
    opened = await open(market, work, 0, truth);
    clean = await market.networkHelpers.takeSnapshot();
  });
  beforeEach(async () => {
    await clean.restore();
    board = { ...opened };
  });

  /** Lets this number of seconds pass until the next transaction. */
  const wait = async (seconds: number) => market.nextAt((await market.now()) + seconds);
  const stateOf = () => market.bisection.read.stateOf([board.id]);
  const timeOut = () => market.bisection.write.timeOut([board.game], { account: market.stranger.account });

  it("gives both the allowance and the miner the first turn", async () => {
    const { deadline, minerRest, challengerRest } = await stateOf();
    assert.deepEqual([deadline, minerRest, challengerRest], [(await market.now()) + A, A, A]);
  });

  it("takes off a player's rest what its turn has lasted, and nothing else", async () => {
    const start = await market.now();
    await market.nextAt(start + 100);
    await split(market, board, lie);
    let state = await stateOf();
    assert.deepEqual([state.minerRest, state.challengerRest, state.deadline], [A - 100, A, start + 100 + A]);
    await market.nextAt(start + 100 + 70);
    await split(market, board, truth);
    state = await stateOf();
    assert.deepEqual([state.minerRest, state.challengerRest, state.deadline], [A - 100, A - 70, start + 170 + A - 100]);
  });

  it("leaves a player that has used up its rest the grace, in every turn", async () => {
    await wait(A);
    await split(market, board, lie);
    assert.equal((await stateOf()).minerRest, 0);
    await wait(10);
    await split(market, board, truth);
    assert.equal((await stateOf()).deadline, (await market.now()) + G);
    await wait(G);
    await split(market, board, lie);
    assert.equal((await stateOf()).minerRest, 0);
  });

  it("gives the grace, not the rest, when less than the grace is left", async () => {
    await wait(A - 50);
    await split(market, board, lie);
    assert.equal((await stateOf()).minerRest, 50);
    await wait(1);
    await split(market, board, truth);
    assert.equal((await stateOf()).deadline, (await market.now()) + G);
    // Longer than the remaining 50 seconds but within the grace: the remaining time becomes 0, not negative.
    await wait(51);
    await split(market, board, lie);
    assert.equal((await stateOf()).minerRest, 0);
  });

  it("lets move until the deadline and time out from the next second on: exactly one is possible (INV-11)", async () => {
    const { bisection, nextAt, networkHelpers } = market;
    const { deadline } = await stateOf();
    const before = await networkHelpers.takeSnapshot();
    await nextAt(deadline);
    await refuses(timeOut(), bisection, "BisectionTooEarly", [board.id, deadline]);
    await nextAt(deadline);
    await split(market, board, lie);
    await before.restore();
    board = { ...opened };
    await nextAt(deadline + 1);
    await refuses(split(market, board, lie), bisection, "BisectionTooLate", [board.id, deadline]);
    await timeOut();
    assert.equal((await market.results.read.stateOf([work.id])).status, CLAIM_STATUS.Convicted);
  });

  it("lets prove until the deadline and not a second longer", async () => {
    const { bisection, nextAt, networkHelpers } = market;
    await playToLast(market, board, lie, truth);
    const { deadline } = await stateOf();
    const before = await networkHelpers.takeSnapshot();
    await nextAt(deadline + 1);
    await refuses(prove(market, board, truth), bisection, "BisectionTooLate", [board.id, deadline]);
    await timeOut();
    assert.equal((await market.results.read.stateOf([work.id])).status, CLAIM_STATUS.Live);
    await before.restore();
    await nextAt(deadline);
    await prove(market, board, truth);
    assert.equal((await market.results.read.stateOf([work.id])).status, CLAIM_STATUS.Convicted);
  });

  it("holds for revealing and picking too", async () => {
    const { bisection, nextAt, miner } = market;
    const game = await openTree(market, work);
    const stateOfIt = () => bisection.read.stateOf([game.id]);
    const root = childrenOf(work, 2, 0);
    const reveal = () => bisection.write.reveal([game.game, root], { account: miner.account });
    const pick = () => bisection.write.pick([game.game, root, 0], { account: game.challenger.account });
    const start = await market.now();
    let { deadline } = await stateOfIt();
    assert.equal(deadline, start + A);
    await nextAt(deadline + 1);
    await refuses(reveal(), bisection, "BisectionTooLate", [game.id, deadline]);
    await nextAt(deadline);
    await reveal();
    ({ deadline } = await stateOfIt());
    assert.deepEqual([deadline, (await stateOfIt()).minerRest], [start + 2 * A, 0]);
    await nextAt(deadline + 1);
    await refuses(pick(), bisection, "BisectionTooLate", [game.id, deadline]);
    await nextAt(deadline);
    await pick();
    assert.equal((await stateOfIt()).deadline, start + 2 * A + G);
    await nextAt(start + 2 * A + G + 1);
    await bisection.write.timeOut([game.game]);
    assert.equal((await market.results.read.stateOf([work.id])).status, CLAIM_STATUS.Convicted);
  });
});
