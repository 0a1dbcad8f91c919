// Faults that stakes and payments of other systems have had in production. Each must be impossible here.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { encodeFunctionData, type Hex, keccak256, padHex } from "viem";
import type { Market, Wallet, Work } from "../../support/market/fixture.ts";
import { type Board, commit, open, opening, openTree, playToLast, prove, split } from "../../support/market/games.ts";
import { refuses } from "../../support/market/refusals.ts";
import { corruptRun, type Run } from "../../support/market/runs.ts";
import { eachOnMarket } from "../../support/market/suite.ts";
import { CLAIM_STATUS, commitmentHash, HUB_STATUS, type Job, jobIdOf, SNM } from "../../support/market/terms.ts";

describe("a fault known of stakes elsewhere", () => {
  let market: Market;
  eachOnMarket((fresh) => {
    market = fresh;
  });

  const by = (wallet: Wallet) => ({ account: wallet.account });
  const stateOf = (board: Board) => market.bisection.read.stateOf([board.id]);
  const statusOf = async (work: Work) => (await market.results.read.stateOf([work.id])).status;
  const stakeOf = async (who: Wallet) =>
    (await market.deposits.read.freeOf([who.account.address])) +
    (await market.deposits.read.lockedOf([who.account.address]));
  const timeOut = (board: Board) => market.bisection.write.timeOut([board.game], by(market.stranger));

  /** A claim with a lie in unit 0, and the two runs its game is about. */
  async function lie(changes: Partial<Job> = {}) {
    const work = market.workOf(await market.post(changes), { lies: new Map([[0, 5]]) });
    await market.claim(work);
    return { work, truth: market.runOf(work.job, 0), lied: work.runs[0] as Run };
  }

  async function convict(work: Work, challenger: Wallet = market.verifier) {
    const truth = market.runOf(work.job, 0);
    const board = await open(market, work, 0, truth, challenger);
    await playToLast(market, board, work.runs[0] as Run, truth);
    await prove(market, board, truth);
    return board;
  }

  it("fault 3: a miner and a challenger that reject every call block nobody's money", async () => {
    const { viem, deposits, results, bisection, snm, hub, board, parameters } = market;
    const player = await viem.deployContract("RejectingPlayer");
    const act = (target: Hex, data: Hex) => player.write.act([target, data]);
    await snm.write.transfer([player.address, 1_000n * SNM]);
    await act(
      snm.address,
      encodeFunctionData({ abi: snm.abi, functionName: "approve", args: [deposits.address, 2n ** 255n] }),
    );
    await act(deposits.address, encodeFunctionData({ abi: deposits.abi, functionName: "deposit", args: [500n * SNM] }));
    const job = await market.post();
    const as = { ...market.miner, account: { ...market.miner.account, address: player.address } } as Wallet;
    const work = market.workOf(job, { by: as });
    const expiry = BigInt((await market.now()) + 1_000);
    const signature = await market.assign(work.claim, expiry);
    const args = [job, work.claim, expiry, signature] as const;
    await act(results.address, encodeFunctionData({ abi: results.abi, functionName: "claim", args }));
    // It pays a miner directly when the hub is suspected: a plain transfer, which calls nobody.
    await hub.write.setStatus([HUB_STATUS.Suspected]);
    await market.nextAt(await market.settleTime(work));
    await market.settle(work);
    assert.equal(await snm.read.balanceOf([player.address]), 508n * SNM);

    await hub.write.setStatus([HUB_STATUS.Registered]);
    const cheated = market.workOf(job, { batch: 1, lies: new Map([[0, 5]]) });
    await market.claim(cheated);
    const salt = padHex("0x01");
    const truth = market.runOf(job, 16);
    const hash = commitmentHash(player.address, cheated.id, salt);
    await act(bisection.address, encodeFunctionData({ abi: bisection.abi, functionName: "commit", args: [hash] }));
    const open = encodeFunctionData({
      abi: bisection.abi,
      functionName: "open",
      args: opening(cheated, salt, 0, truth),
    });
    await act(bisection.address, open);
    const [log] = await bisection.getEvents.GameOpened();
    assert(log?.args.game && log.args.id);
    await market.nextAt((await bisection.read.stateOf([log.args.id])).deadline + 1);
    await bisection.write.timeOut([log.args.game]);
    await market.nextAt((await results.read.stateOf([cheated.id])).endedAt + job.opening + 1);
    await bisection.write.award([job, cheated.claim, log.args.game]);
    assert.equal(await deposits.read.freeOf([player.address]), 500n * SNM + job.deposit / 2n);
    assert.deepEqual(await board.read.waiting([hub.address]), { remainder: 8n * SNM, prices: 16n * SNM });
    assert.equal(await parameters.read.refereeStatus([bisection.address]), 1);
  });

  it("fault 4: whoever loses a game loses at least half of what it has at stake for good (INV-9)", async () => {
    const { treasury, snm, miner, verifier } = market;
    const { work } = await lie();
    // The cheat convicts itself at once, from another account of its own, and takes the pool.
    const together = (await stakeOf(miner)) + (await stakeOf(verifier));
    const { game } = await convict(work);
    await market.nextAt((await market.results.read.stateOf([work.id])).endedAt + work.job.opening + 1);
    await market.bisection.write.award([work.job, work.claim, game]);
    assert.equal((await stakeOf(miner)) + (await stakeOf(verifier)), together - work.job.deposit / 2n);
    assert.equal(await snm.read.balanceOf([treasury.account.address]), work.job.deposit / 2n);
  });

  it("fault 4: a bond that is lost cannot pay for the next attack", async () => {
    const { miner, verifier } = market;
    const work = market.workOf(await market.post());
    await market.claim(work);
    const truth = market.runOf(work.job, 0);
    const together = (await stakeOf(miner)) + (await stakeOf(verifier));
    const board = await open(market, work, 0, corruptRun(truth, 5));
    await split(market, board, truth);
    await market.nextAt((await stateOf(board)).deadline + 1);
    await timeOut(board);
    // The odd wei goes to the Treasury.
    assert.equal((await stakeOf(miner)) + (await stakeOf(verifier)), together - (work.job.bond + 1n) / 2n);
  });

  it("fault 6: no job is accepted whose bond and deposit are below the players' costs", async () => {
    const { board, parameters } = market;
    const [minBond, minDeposit] = [await parameters.read.get([16]), await parameters.read.get([17])];
    assert.deepEqual([minBond, minDeposit], [10n * SNM, 100n * SNM]);
    // An honest miner gets half of the bond: it must cover the miner's gas and twice its pay.
    const [least] = await board.read.minimumStakes([SNM, 16]);
    assert(least / 2n >= minBond / 2n + (2n * 7n * SNM) / 10n);
    await refuses(market.post({ bond: least - 1n }), board, "TermsBond");
    await market.post({ bond: least });
  });

  it("fault 7: one stuck dispute does not hold up other batches, claims or games", async () => {
    const { results, rival, second } = market;
    const { work, truth, lied } = await lie();
    await open(market, work, 0, truth);
    const other = market.workOf(work.job, { batch: 1, by: rival });
    const mine = market.workOf(work.job, { batch: 2 });
    await market.claim(other);
    await market.claim(mine);
    const quick = await open(market, work, 0, truth, second);
    await playToLast(market, quick, lied, truth);
    await prove(market, quick, truth);
    await market.nextAt(await market.settleTime(mine));
    await market.settle(other);
    await market.settle(mine);
    assert.equal(await statusOf(work), CLAIM_STATUS.Convicted);
    assert.equal((await results.read.stateOf([work.id])).games, 1);
    // The batch is not stuck either: it is free for the next miner while the stuck game continues.
    await market.claim(market.workOf(work.job, { by: rival, attempt: 1 }));
  });

  it("fault 12: disputing oneself is not free: the bond, or half of the deposit", async () => {
    const { miner } = market;
    const work = market.workOf(await market.post());
    await market.claim(work);
    const before = await stakeOf(miner);
    const truth = market.runOf(work.job, 0);
    const board = await open(market, work, 0, corruptRun(truth, 5), miner);
    await split(market, board, truth);
    await market.nextAt((await stateOf(board)).deadline + 1);
    await timeOut(board);
    assert.equal(await stakeOf(miner), before - (work.job.bond + 1n) / 2n);

    const cheated = market.workOf(work.job, { batch: 1, lies: new Map([[0, 5]]) });
    await market.claim(cheated);
    const stake = await stakeOf(miner);
    const real = market.runOf(work.job, 16);
    const own = await open(market, cheated, 0, real, miner);
    await playToLast(market, own, cheated.runs[0] as Run, real);
    await prove(market, own, real);
    const { endedAt } = await market.results.read.stateOf([cheated.id]);
    await market.nextAt(endedAt + work.job.opening + 1);
    await market.bisection.write.award([cheated.job, cheated.claim, own.game]);
    assert.equal(await stakeOf(miner), stake - work.job.deposit / 2n);
  });

  it("fault 12: a game against oneself shields from nobody", async () => {
    const { miner, verifier } = market;
    const { work } = await lie();
    await openTree(market, work, miner);
    const free = await stakeOf(verifier);
    await convict(work);
    assert.equal(await statusOf(work), CLAIM_STATUS.Convicted);
    assert.equal(await stakeOf(verifier), free);
  });

  it("fault 18: nobody registers a judge but the DAO", async () => {
    const { parameters, stranger, board, results, viem, machine, deposits } = market;
    const own = await viem.deployContract("Bisection", [
      machine.address,
      deposits.address,
      results.address,
      parameters.address,
    ]);
    await refuses(parameters.write.approveReferee([own.address], by(stranger)), parameters, "ParametersNotGovernment");
    await refuses(market.post({ referee: own.address }), board, "TermsReferee", [own.address]);
    await refuses(deposits.write.addKeeper([own.address], by(stranger)), deposits, "DepositsNotGovernment");
    const { work } = await lie();
    const salt = await commit(market, work);
    const forged = { ...work.job, referee: own.address };
    assert.notEqual(jobIdOf(forged), work.claim.job);
    await refuses(own.write.commit([keccak256(salt)], by(market.verifier)), deposits, "DepositsNotKeeper");
  });

  it("fault 18: no sum of stakes overflows into somebody else's", async () => {
    const { deposits, results, miner, networkHelpers } = market;
    await networkHelpers.impersonateAccount(results.address);
    await networkHelpers.setBalance(results.address, 10n ** 18n);
    const keeper = { account: results.address };
    const who = miner.account.address;
    const most = 2n ** 256n - 1n;
    for (const amount of [most, 2n ** 128n, most - 10_000n * SNM + 1n]) {
      await refuses(deposits.write.lock([who, amount], keeper), deposits, "DepositsInsufficientFree");
      await refuses(deposits.write.unlock([who, amount], keeper), deposits, "DepositsInsufficientLocked");
      await refuses(deposits.write.slash([who, amount, who, 0n], keeper), deposits, "DepositsInsufficientLocked");
      await refuses(deposits.write.slash([who, 0n, who, amount], keeper), deposits, "DepositsShareTooLarge");
      await refuses(deposits.write.requestWithdrawal([amount], by(miner)), deposits, "DepositsInsufficientFree");
    }
  });
});
