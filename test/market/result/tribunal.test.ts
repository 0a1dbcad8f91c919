// What referees may do to a claim: `Results` as an ITribunal, with the test as the referee.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Address, getAddress, zeroAddress } from "viem";
import type { Market, Wallet, Work } from "../../support/market/fixture.ts";
import { refuses } from "../../support/market/refusals.ts";
import { eachOnMarket } from "../../support/market/suite.ts";
import { BATCH_STATUS, CLAIM_STATUS, SNM } from "../../support/market/terms.ts";

describe("Results as a tribunal", () => {
  let market: Market;
  let referee: { account: Address };
  const clean = eachOnMarket(async (fresh) => {
    market = fresh;
    referee = await as(market.bisection.address);
  });

  async function as(address: Address) {
    await market.networkHelpers.impersonateAccount(address);
    await market.networkHelpers.setBalance(address, 10n ** 18n);
    return { account: address };
  }

  const stateOf = (work: Work) => market.results.read.stateOf([work.id]);
  const freeOf = (who: Wallet) => market.deposits.read.freeOf([who.account.address]);
  const lockedOf = (who: Wallet) => market.deposits.read.lockedOf([who.account.address]);
  const inTreasury = () => market.snm.read.balanceOf([market.treasury.account.address]);

  async function claimed(changes = {}) {
    const work = market.workOf(await market.post(changes));
    await market.claim(work);
    return work;
  }

  /** Opens a game as the referee does. */
  async function enter(work: Work, rank: bigint, by: Wallet = market.verifier, committedAt?: number) {
    const at = committedAt ?? (await market.now());
    const args = [work.job, work.claim, by.account.address, at, rank] as const;
    await market.results.write.enter(args, referee);
    const { job, miner, batch } = work.claim;
    return { claim: work.id, job, batch, miner, challenger: by.account.address, bond: work.job.bond, rank };
  }

  type Case = Awaited<ReturnType<typeof enter>>;
  const convict = (about: Case) => market.results.write.convict([about], referee);
  const award = ({ job, claim }: Work, about: Case) => market.results.write.award([job, claim, about], referee);

  describe("enter", () => {
    it("counts the game, locks the bond and states the case", async () => {
      const work = await claimed();
      const at = await market.now();
      const args = [work.job, work.claim, market.verifier.account.address, at, 7n] as const;
      const { result } = await market.results.simulate.enter(args, referee);
      const about = await enter(work, 7n);
      const plain = { ...about, challenger: getAddress(about.challenger), miner: getAddress(about.miner) };
      assert.deepEqual(result, plain);
      assert.equal((await stateOf(work)).games, 1);
      assert.equal(await lockedOf(market.verifier), work.job.bond);
    });

    it("is the job's referee's alone", async () => {
      const work = await claimed();
      const { results, stranger, government } = market;
      // Another referee is not this job's, even if the DAO has approved it.
      await market.parameters.write.approveReferee([stranger.account.address], { account: government.account });
      const args = [work.job, work.claim, stranger.account.address, 0, 1n] as const;
      const call = results.write.enter(args, { account: stranger.account });
      await refuses(call, results, "ResultsNotReferee", [stranger.account.address]);
      const forged = { ...work.job, referee: stranger.account.address };
      await refuses(
        results.write.enter([forged, work.claim, stranger.account.address, 0, 1n], { account: stranger.account }),
        results,
        "ResultsWrongJob",
      );
    });

    it("takes challenges announced until the window's last second", async () => {
      const work = await claimed();
      const until = (await market.claimedAt(work)) + work.job.window;
      await enter(work, 1n, market.verifier, until);
      await refuses(enter(work, 2n, market.second, until + 1), market.results, "ResultsCommittedTooLate", [
        work.id,
        until + 1,
        until,
      ]);
    });

    it("takes challenges of a convicted claim announced no later than its conviction", async () => {
      const work = await claimed();
      await convict(await enter(work, 5n));
      const { endedAt } = await stateOf(work);
      await enter(work, 6n, market.second, endedAt);
      await refuses(enter(work, 7n, market.second, endedAt + 1), market.results, "ResultsCommittedTooLate", [
        work.id,
        endedAt + 1,
        endedAt,
      ]);
    });

    it("takes no challenge after the window, though the conviction came even later", async () => {
      const work = await claimed();
      const about = await enter(work, 1n);
      const until = (await market.claimedAt(work)) + work.job.window;
      await market.nextAt(until + 10);
      await convict(about);
      await refuses(enter(work, 2n, market.second, until + 1), market.results, "ResultsCommittedTooLate", [
        work.id,
        until + 1,
        until,
      ]);
      await enter(work, 3n, market.second, until);
    });

    it("knows no claim that was never posted, is settled or awarded", async () => {
      const { Live, None, Settled, Awarded } = CLAIM_STATUS;
      const { results, buyer, settle, nextAt, settleTime } = market;
      const never = market.workOf(await market.post());
      await refuses(enter(never, 1n), results, "ResultsClaimNot", [Live, never.id, None]);
      const settled = await claimed();
      await nextAt(await settleTime(settled));
      await settle(settled);
      await refuses(enter(settled, 1n), results, "ResultsClaimNot", [Live, settled.id, Settled]);
      const confirmed = await claimed();
      await results.write.confirm([confirmed.job, confirmed.claim], { account: buyer.account });
      await refuses(enter(confirmed, 1n), results, "ResultsClaimNot", [Live, confirmed.id, Settled]);
      const awarded = await claimed();
      const won = await enter(awarded, 1n);
      await convict(won);
      await nextAt((await stateOf(awarded)).endedAt + awarded.job.opening + 1);
      await award(awarded, won);
      await refuses(enter(awarded, 2n), results, "ResultsClaimNot", [Live, awarded.id, Awarded]);
    });

    it("needs the bond", async () => {
      const work = await claimed();
      await refuses(enter(work, 1n, market.stranger), market.deposits, "DepositsInsufficientFree", [
        market.stranger.account.address,
        0n,
        work.job.bond,
      ]);
    });
  });

  describe("convict", () => {
    it("forfeits the deposit, which award divides, and reopens the batch", async () => {
      const { board, deposits, miner, verifier } = market;
      const work = await claimed({ deposit: 100n * SNM + 1n });
      const free = await freeOf(verifier);
      const won = await enter(work, 1n);
      await convict(won);
      assert.deepEqual(await stateOf(work), {
        status: CLAIM_STATUS.Convicted,
        games: 0,
        claimedAt: await market.claimedAt(work),
        endedAt: await market.now(),
        winner: 1n,
      });
      const endedAt = await market.now();
      assert.equal(await inTreasury(), 0n);
      assert.equal(await lockedOf(miner), 100n * SNM + 1n);
      assert.equal(await deposits.read.freeOf([verifier.account.address]), free);
      assert.deepEqual(await board.read.batchOf([work.claim.job, 0]), [BATCH_STATUS.Open, 1]);
      assert.equal(await market.results.read.endedAt([work.id]), endedAt);
      await market.nextAt(endedAt + work.job.opening + 1);
      await award(work, won);
      // The odd wei goes to the Treasury.
      assert.equal(await inTreasury(), 50n * SNM + 1n);
      assert.equal(await lockedOf(miner), 0n);
      assert.equal(await deposits.read.freeOf([verifier.account.address]), free + 50n * SNM);
    });

    it("lets the next miner claim the batch, while games on the dead claim go on", async () => {
      const { rival, board } = market;
      const work = await claimed();
      const first = await enter(work, 1n);
      const second = await enter(work, 2n, market.second);
      await convict(first);
      const next = market.workOf(work.job, { by: rival, attempt: 1 });
      await market.claim(next);
      await convict(second);
      assert.deepEqual(await board.read.batchOf([work.claim.job, 0]), [BATCH_STATUS.Taken, 1]);
      assert.equal((await stateOf(next)).status, CLAIM_STATUS.Live);
      assert.equal(await lockedOf(market.miner), 100n * SNM);
      await market.nextAt(await market.settleTime(next));
      await market.settle(next);
    });

    it("never lets the claim settle, nor be confirmed (INV-6)", async () => {
      const { results, buyer, settle, nextAt, settleTime } = market;
      const work = await claimed();
      await convict(await enter(work, 1n));
      const reason = [CLAIM_STATUS.Live, work.id, CLAIM_STATUS.Convicted];
      const confirm = results.write.confirm([work.job, work.claim], { account: buyer.account });
      await refuses(confirm, results, "ResultsClaimNot", reason);
      await nextAt(await settleTime(work));
      await refuses(settle(work), results, "ResultsClaimNot", reason);
    });

    it("keeps the earliest committed winner, in whatever order they win", async () => {
      const { verifier, second, rival } = market;
      for (const order of [
        [1n, 2n, 3n],
        [3n, 1n, 2n],
        [2n, 3n, 1n],
      ]) {
        await clean.restore();
        const work = await claimed();
        const people = new Map([
          [1n, verifier],
          [2n, second],
          [3n, rival],
        ]);
        const cases = [];
        for (const number of order) cases.push(await enter(work, number, people.get(number)));
        for (const about of cases) await convict(about);
        assert.equal((await stateOf(work)).winner, 1n);
      }
    });
  });

  describe("acquit", () => {
    it("gives half of the bond to the miner and half to the Treasury", async () => {
      const { results, miner, verifier } = market;
      const work = await claimed({ bond: 20n * SNM + 1n });
      const [miners, challengers] = [await freeOf(miner), await freeOf(verifier)];
      await results.write.acquit([await enter(work, 1n)], referee);
      assert.equal(await freeOf(miner), miners + 10n * SNM);
      assert.equal(await inTreasury(), 10n * SNM + 1n);
      assert.equal(await freeOf(verifier), challengers - 20n * SNM - 1n);
      assert.equal(await lockedOf(verifier), 0n);
      assert.deepEqual(await stateOf(work), {
        status: CLAIM_STATUS.Live,
        games: 0,
        claimedAt: await market.claimedAt(work),
        endedAt: 0,
        winner: 0n,
      });
    });

    it("leaves a convicted claim convicted", async () => {
      const { results, second } = market;
      const work = await claimed();
      const [first, other] = [await enter(work, 1n), await enter(work, 2n, second)];
      await convict(first);
      await results.write.acquit([other], referee);
      assert.equal((await stateOf(work)).status, CLAIM_STATUS.Convicted);
    });
  });

  describe("dismiss", () => {
    it("gives the bond back once the claim is convicted, and not before", async () => {
      const { results, second } = market;
      const work = await claimed();
      const free = await freeOf(second);
      const [first, other] = [await enter(work, 1n), await enter(work, 2n, second)];
      await refuses(results.write.dismiss([other], referee), results, "ResultsClaimNot", [
        CLAIM_STATUS.Convicted,
        work.id,
        CLAIM_STATUS.Live,
      ]);
      await convict(first);
      await results.write.dismiss([other], referee);
      assert.equal(await freeOf(second), free);
      assert.equal((await stateOf(work)).games, 0);
    });
  });

  describe("award", () => {
    it("credits the pool to the winner, R after the conviction and not a second earlier", async () => {
      const { results, verifier, miner, nextAt } = market;
      const work = await claimed();
      const free = await freeOf(verifier);
      const won = await enter(work, 1n);
      await convict(won);
      const from = (await stateOf(work)).endedAt + work.job.opening + 1;
      await nextAt(from - 1);
      await refuses(award(work, won), results, "ResultsNotYet", [work.id, from]);
      await nextAt(from);
      await award(work, won);
      assert.equal(await freeOf(verifier), free + 50n * SNM);
      assert.equal(await lockedOf(miner), 0n);
      assert.equal(await inTreasury(), 50n * SNM);
      const reason = [CLAIM_STATUS.Convicted, work.id, CLAIM_STATUS.Awarded];
      await refuses(award(work, won), results, "ResultsClaimNot", reason);
    });

    it("waits for the games that are still open: an earlier committed winner may come", async () => {
      const { results, verifier, second, nextAt } = market;
      const work = await claimed();
      const early = await enter(work, 1n, second);
      const late = await enter(work, 2n, verifier);
      await convict(late);
      await nextAt((await stateOf(work)).endedAt + work.job.opening + 1);
      await refuses(award(work, late), results, "ResultsGamesOpen", [work.id, 1]);
      await convict(early);
      const free = await freeOf(second);
      await refuses(award(work, late), results, "ResultsNotWinner", [work.id, 2n]);
      await award(work, early);
      assert.equal(await freeOf(second), free + 50n * SNM);
    });

    it("gives nothing for winning against another claim", async () => {
      const { results, nextAt } = market;
      const [work, other] = [await claimed(), await claimed()];
      const won = await enter(work, 1n);
      await convict(won);
      await convict(await enter(other, 1n, market.second));
      await nextAt((await stateOf(other)).endedAt + work.job.opening + 1);
      await refuses(award(other, won), results, "ResultsNotWinner", [other.id, 1n]);
    });

    it("has nothing to give for a claim that stands", async () => {
      const { results } = market;
      const work = await claimed();
      const open = await enter(work, 1n);
      await refuses(award(work, open), results, "ResultsClaimNot", [
        CLAIM_STATUS.Convicted,
        work.id,
        CLAIM_STATUS.Live,
      ]);
      await refuses(award({ ...work, job: { ...work.job, opening: 0 } }, open), results, "ResultsWrongJob");
    });

    it("is the job's referee's alone", async () => {
      const { results, stranger, government } = market;
      await market.parameters.write.approveReferee([stranger.account.address], { account: government.account });
      const work = await claimed();
      const won = await enter(work, 1n);
      await convict(won);
      await market.nextAt((await stateOf(work)).endedAt + work.job.opening + 1);
      const call = results.write.award([work.job, work.claim, won], { account: stranger.account });
      await refuses(call, results, "ResultsNotReferee", [stranger.account.address]);
    });
  });

  it("is closed to whoever is no referee", async () => {
    const { results, stranger, board, government } = market;
    const work = await claimed();
    const about = await enter(work, 1n);
    for (const by of [stranger.account.address, government.account.address, board.address, work.claim.miner]) {
      const caller = await as(by);
      const reason = ["ResultsNotReferee", [by]] as const;
      await refuses(results.write.convict([about], caller), results, ...reason);
      await refuses(results.write.acquit([about], caller), results, ...reason);
      await refuses(results.write.dismiss([about], caller), results, ...reason);
    }
  });

  it("lets a retired referee finish its games", async () => {
    const { parameters, bisection, government } = market;
    const work = await claimed();
    const about = await enter(work, 1n);
    await parameters.write.retireReferee([bisection.address], { account: government.account });
    await convict(about);
    assert.equal((await stateOf(work)).status, CLAIM_STATUS.Convicted);
  });

  it("decides no game that is not open", async () => {
    const { results } = market;
    const work = await claimed();
    const about = await enter(work, 1n);
    await results.write.acquit([about], referee);
    for (const call of ["convict", "acquit", "dismiss"] as const)
      await refuses(results.write[call]([about], referee), results, "ResultsNoGame", [work.id]);
    const unknown = { ...about, claim: `0x${"00".repeat(32)}` as const, miner: zeroAddress };
    await refuses(results.write.convict([unknown], referee), results, "ResultsNoGame", [unknown.claim]);
  });
});
