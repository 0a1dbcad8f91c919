import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Market } from "../../support/market/fixture.ts";
import { descend, open, openTree, playToLast, prove } from "../../support/market/games.ts";
import { eachOnMarket } from "../../support/market/suite.ts";
import { BATCH_STATUS, CLAIM_STATUS, SNM } from "../../support/market/terms.ts";

describe("a claim, from its posting to its end", () => {
  let market: Market;
  eachOnMarket((fresh) => {
    market = fresh;
  });

  it("settles after its window and is paid", async () => {
    const job = await market.post();
    const work = market.workOf(job);
    await market.claim(work);
    await market.nextAt(await market.settleTime(work));
    await market.settle(work);
    assert.equal((await market.results.read.stateOf([work.id])).status, CLAIM_STATUS.Settled);
    assert.deepEqual(await market.board.read.batchOf([work.claim.job, 0]), [BATCH_STATUS.Paid, 0]);
    assert.equal(await market.snm.read.balanceOf([market.hub.address]), 16n * SNM);
    assert.equal(await market.deposits.read.lockedOf([market.miner.account.address]), 0n);
  });

  it("is convicted by the instruction that the miner has got wrong", async () => {
    const job = await market.post({ exponent: 4 });
    const work = market.workOf(job, { lies: new Map([[3, 17]]) });
    await market.claim(work);
    const truth = market.runOf(job, 3);
    const board = await open(market, work, 3);
    const lie = work.runs[3];
    assert(lie);
    await playToLast(market, board, lie, truth);
    await prove(market, board, truth);
    assert.equal((await market.results.read.stateOf([work.id])).status, CLAIM_STATUS.Convicted);
    assert.deepEqual(await market.board.read.batchOf([work.claim.job, 0]), [BATCH_STATUS.Open, 1]);
    assert.equal(await market.deposits.read.lockedOf([market.miner.account.address]), job.deposit);
    const { endedAt } = await market.results.read.stateOf([work.id]);
    await market.nextAt(endedAt + job.opening + 1);
    await market.bisection.write.award([work.job, work.claim, board.game]);
    const verifier = market.verifier.account.address;
    assert.equal(await market.deposits.read.freeOf([verifier]), 10_000n * SNM + job.deposit / 2n);
    assert.equal(await market.deposits.read.lockedOf([verifier]), 0n);
    assert.equal(await market.deposits.read.lockedOf([market.miner.account.address]), 0n);
    assert.equal(await market.snm.read.balanceOf([market.treasury.account.address]), job.deposit / 2n);
  });

  it("is convicted although the miner has not shown its leaves", async () => {
    const job = await market.post();
    const work = market.workOf(job, { batch: 1, lies: new Map([[13, 1]]) });
    await market.claim(work);
    const board = await openTree(market, work);
    const truth = market.runOf(job, 16 + 13);
    await descend(market, board, 13, truth);
    const lie = work.runs[13];
    assert(lie);
    await playToLast(market, board, lie, truth);
    await prove(market, board, truth);
    assert.equal((await market.results.read.stateOf([work.id])).status, CLAIM_STATUS.Convicted);
  });
});
