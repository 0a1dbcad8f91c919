import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { keccak256, padHex, parseEventLogs } from "viem";
import type { Market, Wallet, Work } from "../../support/market/fixture.ts";
import { open, opening, playToLast, prove } from "../../support/market/games.ts";
import { refuses } from "../../support/market/refusals.ts";
import { eachOnMarket } from "../../support/market/suite.ts";
import { commitmentHash, SNM } from "../../support/market/terms.ts";

const DAY = 86_400;
const SALT = padHex("0x05");

describe("an announced challenge", () => {
  let market: Market;
  eachOnMarket((fresh) => {
    market = fresh;
  });

  const hashOf = (work: Work, by: Wallet = market.verifier) => commitmentHash(by.account.address, work.id, SALT);
  const lockedOf = (who: Wallet) => market.deposits.read.lockedOf([who.account.address]);
  const freeOf = (who: Wallet) => market.deposits.read.freeOf([who.account.address]);

  /** A claim that lies in unit 0 from step 5 on. */
  async function lie() {
    const work = market.workOf(await market.post(), { lies: new Map([[0, 5]]) });
    await market.claim(work);
    return work;
  }

  /** Announces a challenge; returns the time of the announcement. */
  async function commit(work: Work, by: Wallet = market.verifier) {
    await market.bisection.write.commit([hashOf(work, by)], { account: by.account });
    return market.now();
  }

  function openIt(work: Work, by: Wallet = market.verifier) {
    const truth = market.runOf(work.job, 0);
    return market.bisection.write.open(opening(work, SALT, 0, truth), { account: by.account });
  }

  const retract = (work: Work, by: Wallet = market.verifier) =>
    market.bisection.write.retract([work.job, work.claim, SALT], { account: by.account });

  /** Convicts the claim by a game of somebody else. */
  async function convict(work: Work) {
    const truth = market.runOf(work.job, 0);
    const board = await open(market, work, 0, truth, market.second);
    await playToLast(market, board, work.runs[0] ?? truth, truth);
    await prove(market, board, truth);
    return market.now();
  }

  it("locks the stake that the DAO has set, and ranks commitments in the order of arrival", async () => {
    const { bisection, verifier, second, logsOf } = market;
    const work = await lie();
    const ranks = [];
    for (const by of [verifier, second]) {
      const hash = await bisection.write.commit([hashOf(work, by)], { account: by.account });
      const [log] = parseEventLogs({ abi: bisection.abi, logs: await logsOf(hash), eventName: "Committed" });
      assert.equal(log?.args.stake, SNM);
      ranks.push(log?.args.rank);
      assert.equal(await lockedOf(by), SNM);
    }
    assert.deepEqual(ranks, [1n, 2n]);
    assert.deepEqual(await bisection.read.commitmentOf([verifier.account.address, hashOf(work)]), {
      announced: true,
      committedAt: (await market.now()) - 1,
      rank: 1n,
      stake: SNM,
    });
  });

  it("is the challenger's own: nobody can occupy another's hash", async () => {
    const { bisection, stranger, rival, verifier } = market;
    const work = await lie();
    const hash = hashOf(work);
    await bisection.write.commit([hash], { account: rival.account });
    await commit(work);
    await openIt(work);
    assert.equal((await bisection.read.commitmentOf([rival.account.address, hash])).announced, true);
    await refuses(openIt(work, rival), bisection, "BisectionNotCommitted", [
      rival.account.address,
      hashOf(work, rival),
    ]);
    await refuses(openIt(work, stranger), bisection, "BisectionNotCommitted");
    assert.equal((await bisection.read.commitmentOf([verifier.account.address, hash])).announced, false);
  });

  it("is made once, and needs its stake", async () => {
    const { bisection, deposits, verifier, stranger } = market;
    const work = await lie();
    await commit(work);
    await refuses(commit(work), bisection, "BisectionAlreadyCommitted", [verifier.account.address, hashOf(work)]);
    await refuses(commit(work, stranger), deposits, "DepositsInsufficientFree", [stranger.account.address, 0n, SNM]);
  });

  it("is opened once (INV-14), and opening frees its stake", async () => {
    const { bisection, verifier } = market;
    const work = await lie();
    await commit(work);
    await openIt(work);
    assert.equal(await lockedOf(verifier), work.job.bond);
    await refuses(openIt(work), bisection, "BisectionNotCommitted", [verifier.account.address, hashOf(work)]);
  });

  it("is opened until R after it, that second included", async () => {
    const { bisection, nextAt } = market;
    const work = await lie();
    const at = await commit(work);
    const until = at + work.job.opening;
    const committed = await market.networkHelpers.takeSnapshot();
    await nextAt(until + 1);
    await refuses(openIt(work), bisection, "BisectionOpeningOver", [until]);
    await committed.restore();
    await nextAt(until);
    await openIt(work);
  });

  it("counts when announced in the last second of the window, and then can be opened", async () => {
    const { nextAt, claimedAt, results, settle, settleTime } = market;
    const work = await lie();
    const end = (await claimedAt(work)) + work.job.window;
    await nextAt(end);
    await commit(work);
    // The last second of the opening. One second later the claim could settle.
    await nextAt(end + work.job.opening);
    assert.equal(end + work.job.opening + 1, await settleTime(work));
    await openIt(work);
    await refuses(settle(work), results, "ResultsGamesOpen");
  });

  it("comes too late after the window", async () => {
    const { nextAt, claimedAt, results } = market;
    const work = await lie();
    const end = (await claimedAt(work)) + work.job.window;
    await nextAt(end + 1);
    await commit(work);
    await refuses(openIt(work), results, "ResultsCommittedTooLate", [work.id, end + 1, end]);
  });

  it("opens nothing but the claim it was made for", async () => {
    const { bisection } = market;
    const work = await lie();
    await commit(work);
    const other = await lie();
    await refuses(openIt(other), bisection, "BisectionNotCommitted");
    const salt = keccak256(SALT);
    const call = bisection.write.open(opening(work, salt, 0, market.runOf(work.job, 0)), {
      account: market.verifier.account,
    });
    await refuses(call, bisection, "BisectionNotCommitted");
  });

  describe("of a claim that is over", () => {
    it("is retracted when the buyer has confirmed it early", async () => {
      const { results, buyer, verifier } = market;
      const work = await lie();
      const free = await freeOf(verifier);
      await commit(work);
      await results.write.confirm([work.job, work.claim], { account: buyer.account });
      await retract(work);
      assert.equal(await freeOf(verifier), free);
      assert.equal(await lockedOf(verifier), 0n);
      await refuses(retract(work), market.bisection, "BisectionNotCommitted");
    });

    it("is retracted when another has convicted it, also after R", async () => {
      const { verifier, nextAt } = market;
      const work = await lie();
      const at = await commit(work);
      await convict(work);
      await nextAt(at + DAY + work.job.opening);
      await retract(work);
      assert.equal(await lockedOf(verifier), 0n);
    });

    it("is retracted when it was made after the conviction", async () => {
      const { results } = market;
      const work = await lie();
      const endedAt = await convict(work);
      await market.nextAt(endedAt + 1);
      await commit(work);
      await refuses(openIt(work), results, "ResultsCommittedTooLate");
      await retract(work);
    });

    it("is not retracted while the claim is live", async () => {
      const { bisection } = market;
      const work = await lie();
      const at = await commit(work);
      await refuses(retract(work), bisection, "BisectionNotRetractable", [work.id, 0, at + work.job.opening]);
    });

    it("is not retracted when there was time enough to open it, to the second", async () => {
      const { bisection, results, buyer, nextAt } = market;
      const work = await lie();
      const until = (await commit(work)) + work.job.opening;
      const confirm = () => results.write.confirm([work.job, work.claim], { account: buyer.account });
      const committed = await market.networkHelpers.takeSnapshot();
      await nextAt(until + 1);
      await confirm();
      await refuses(retract(work), bisection, "BisectionNotRetractable", [work.id, until + 1, until]);
      await committed.restore();
      await nextAt(until);
      await confirm();
      await retract(work);
    });

    it("is retracted with the job's own R only", async () => {
      const { bisection, results, buyer, nextAt } = market;
      const work = await lie();
      const until = (await commit(work)) + work.job.opening;
      await nextAt(until + 1);
      await results.write.confirm([work.job, work.claim], { account: buyer.account });
      const job = { ...work.job, opening: 86_400 };
      const call = bisection.write.retract([job, work.claim, SALT], { account: market.verifier.account });
      await refuses(call, bisection, "BisectionNotRetractable");
    });
  });

  it("that nobody opens is forfeited to the Treasury by anyone after two days, to the second", async () => {
    const { bisection, snm, treasury, verifier, stranger, nextAt } = market;
    const work = await lie();
    const at = await commit(work);
    const forfeit = () =>
      bisection.write.forfeit([verifier.account.address, hashOf(work)], { account: stranger.account });
    await nextAt(at + 2 * DAY);
    await refuses(forfeit(), bisection, "BisectionNotForfeitable", [at + 2 * DAY + 1]);
    await nextAt(at + 2 * DAY + 1);
    await forfeit();
    assert.equal(await snm.read.balanceOf([treasury.account.address]), SNM);
    assert.equal(await lockedOf(verifier), 0n);
    await refuses(forfeit(), bisection, "BisectionNotCommitted", [verifier.account.address, hashOf(work)]);
  });
});
