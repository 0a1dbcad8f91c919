import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { maxUint256, parseSignature, zeroAddress } from "viem";
import type { Market } from "../../support/market/fixture.ts";
import { refuses } from "../../support/market/refusals.ts";
import { eachOnMarket } from "../../support/market/suite.ts";
import { PERMIT } from "../../support/market/terms.ts";

const DAY = 86_400;

describe("Deposits", () => {
  let market: Market;
  eachOnMarket((fresh) => {
    market = fresh;
  });

  /** Balances of an account: free, locked and withdrawing stake, and its own SNM. */
  async function stakeOf(account: `0x${string}`) {
    const { deposits, snm } = market;
    const [withdrawing] = await deposits.read.withdrawalOf([account]);
    const [free, locked] = [await deposits.read.freeOf([account]), await deposits.read.lockedOf([account])];
    return { free, locked, withdrawing, pocket: await snm.read.balanceOf([account]) };
  }

  /** Calls as `Results`, which is a keeper. */
  async function asResults() {
    await market.networkHelpers.impersonateAccount(market.results.address);
    await market.networkHelpers.setBalance(market.results.address, 10n ** 18n);
    return { account: market.results.address };
  }

  it("takes one's own stake", async () => {
    const { deposits, miner } = market;
    const before = await stakeOf(miner.account.address);
    await deposits.write.deposit([5n], { account: miner.account });
    const after = await stakeOf(miner.account.address);
    assert.deepEqual(after, { ...before, free: before.free + 5n, pocket: before.pocket - 5n });
  });

  it("takes a stake for somebody else, from the caller's pocket", async () => {
    const { deposits, buyer, stranger } = market;
    const pocket = (await stakeOf(buyer.account.address)).pocket;
    await deposits.write.depositFor([stranger.account.address, 7n], { account: buyer.account });
    assert.equal((await stakeOf(stranger.account.address)).free, 7n);
    assert.deepEqual(await stakeOf(buyer.account.address), {
      free: 0n,
      locked: 0n,
      withdrawing: 0n,
      pocket: pocket - 7n,
    });
  });

  it("takes a stake with an approval by signature, also when somebody has sent the signature first", async () => {
    const { deposits, snm, stranger, client } = market;
    const owner = stranger.account.address;
    await snm.write.approve([deposits.address, 0n], { account: stranger.account });
    for (const [nonce, sentBefore] of [false, true].entries()) {
      const deadline = maxUint256;
      const signature = await stranger.signTypedData({
        domain: { name: "SONM", version: "1", chainId: await client.getChainId(), verifyingContract: snm.address },
        types: { Permit: PERMIT },
        primaryType: "Permit",
        message: { owner, spender: deposits.address, value: 11n, nonce: BigInt(nonce), deadline },
      });
      const { v, r, s } = parseSignature(signature);
      if (sentBefore) await snm.write.permit([owner, deposits.address, 11n, deadline, Number(v), r, s]);
      await deposits.write.depositWithPermit([11n, deadline, Number(v), r, s], { account: stranger.account });
    }
    assert.equal((await stakeOf(owner)).free, 22n);
    assert.equal(await snm.read.allowance([owner, deposits.address]), 0n);
  });

  it("refuses a signature of somebody else's", async () => {
    const { deposits, snm, stranger } = market;
    await snm.write.approve([deposits.address, 0n], { account: stranger.account });
    const zero = `0x${"00".repeat(32)}` as const;
    await refuses(
      deposits.write.depositWithPermit([11n, maxUint256, 27, zero, zero], { account: stranger.account }),
      snm,
      "ERC20InsufficientAllowance",
    );
  });

  it("refuses a stake of nothing, and more than the caller has", async () => {
    const { deposits, snm, miner } = market;
    const by = { account: miner.account };
    await refuses(deposits.write.deposit([0n], by), deposits, "DepositsZeroAmount", []);
    await refuses(deposits.write.depositFor([zeroAddress, 0n], by), deposits, "DepositsZeroAmount", []);
    await refuses(deposits.write.deposit([10n ** 27n], by), snm, "ERC20InsufficientBalance");
    await refuses(deposits.write.deposit([2n ** 200n], by), snm, "ERC20InsufficientBalance");
  });

  it("gives a stake back to its owner after the delay, at that very second and not before", async () => {
    const { deposits, miner, nextAt, now } = market;
    const by = { account: miner.account };
    const before = await stakeOf(miner.account.address);
    await deposits.write.requestWithdrawal([100n], by);
    const from = (await now()) + DAY;
    assert.deepEqual(await deposits.read.withdrawalOf([miner.account.address]), [100n, BigInt(from)]);
    await nextAt(from - 1);
    await refuses(deposits.write.withdraw(by), deposits, "DepositsNotYet", [from]);
    await nextAt(from);
    await deposits.write.withdraw(by);
    const after = await stakeOf(miner.account.address);
    assert.deepEqual(after, { ...before, free: before.free - 100n, pocket: before.pocket + 100n });
    await refuses(deposits.write.withdraw(by), deposits, "DepositsNothingToWithdraw", [miner.account.address]);
  });

  it("adds a second request to the first and starts the delay anew", async () => {
    const { deposits, miner, now, nextAt } = market;
    const by = { account: miner.account };
    await deposits.write.requestWithdrawal([100n], by);
    await nextAt((await now()) + DAY - 1);
    await deposits.write.requestWithdrawal([50n], by);
    const from = (await now()) + DAY;
    await nextAt(from - 1);
    await refuses(deposits.write.withdraw(by), deposits, "DepositsNotYet", [from]);
    await nextAt(from);
    await deposits.write.withdraw(by);
    assert.equal((await stakeOf(miner.account.address)).withdrawing, 0n);
  });

  it("refuses to give back nothing, or more than is free (INV-8)", async () => {
    const { deposits, miner, stranger } = market;
    const by = { account: miner.account };
    const { free } = await stakeOf(miner.account.address);
    await refuses(deposits.write.requestWithdrawal([0n], by), deposits, "DepositsZeroAmount", []);
    await deposits.write.lock([miner.account.address, 1n], await asResults());
    await refuses(deposits.write.requestWithdrawal([free], by), deposits, "DepositsInsufficientFree", [
      miner.account.address,
      free - 1n,
      free,
    ]);
    await refuses(
      deposits.write.requestWithdrawal([1n], { account: stranger.account }),
      deposits,
      "DepositsInsufficientFree",
      [stranger.account.address, 0n, 1n],
    );
    await refuses(deposits.write.withdraw({ account: stranger.account }), deposits, "DepositsNothingToWithdraw", [
      stranger.account.address,
    ]);
  });

  it("locks and frees for keepers, within what there is", async () => {
    const { deposits, miner } = market;
    const account = miner.account.address;
    const keeper = await asResults();
    const { free } = await stakeOf(account);
    await deposits.write.lock([account, 60n], keeper);
    await deposits.write.unlock([account, 20n], keeper);
    const { locked, free: rest } = await stakeOf(account);
    assert.deepEqual([locked, rest], [40n, free - 40n]);
    await refuses(deposits.write.lock([account, free], keeper), deposits, "DepositsInsufficientFree", [
      account,
      free - 40n,
      free,
    ]);
    await refuses(deposits.write.unlock([account, 41n], keeper), deposits, "DepositsInsufficientLocked", [
      account,
      40n,
      41n,
    ]);
    await refuses(deposits.write.lock([account, 2n ** 128n + 1n], keeper), deposits, "DepositsInsufficientFree");
    await refuses(deposits.write.unlock([account, 2n ** 128n + 1n], keeper), deposits, "DepositsInsufficientLocked");
  });

  it("slashes: a share to whoever earned it, the rest to the Treasury", async () => {
    const { deposits, snm, miner, verifier, treasury } = market;
    const account = miner.account.address;
    const other = verifier.account.address;
    const keeper = await asResults();
    const earner = await stakeOf(other);
    await deposits.write.lock([account, 100n], keeper);
    await deposits.write.slash([account, 91n, other, 45n], keeper);
    assert.equal((await stakeOf(account)).locked, 9n);
    assert.deepEqual(await stakeOf(other), { ...earner, free: earner.free + 45n });
    assert.equal(await snm.read.balanceOf([treasury.account.address]), 46n);
    await deposits.write.slash([account, 4n, other, 4n], keeper);
    await deposits.write.slash([account, 5n, account, 0n], keeper);
    assert.equal(await snm.read.balanceOf([treasury.account.address]), 51n);
    assert.equal((await stakeOf(account)).locked, 0n);
  });

  it("pays an account that is slashed in its own favour", async () => {
    const { deposits, miner } = market;
    const account = miner.account.address;
    const keeper = await asResults();
    const before = await stakeOf(account);
    await deposits.write.lock([account, 100n], keeper);
    await deposits.write.slash([account, 100n, account, 50n], keeper);
    assert.deepEqual(await stakeOf(account), { ...before, free: before.free - 50n });
  });

  it("refuses to slash what is not locked, or to give away more than is taken", async () => {
    const { deposits, miner, verifier } = market;
    const account = miner.account.address;
    const keeper = await asResults();
    await deposits.write.lock([account, 100n], keeper);
    await refuses(
      deposits.write.slash([account, 101n, verifier.account.address, 1n], keeper),
      deposits,
      "DepositsInsufficientLocked",
      [account, 100n, 101n],
    );
    await refuses(
      deposits.write.slash([account, 100n, verifier.account.address, 101n], keeper),
      deposits,
      "DepositsShareTooLarge",
      [101n, 100n],
    );
  });

  it("obeys nobody but its keepers", async () => {
    const { deposits, miner, government, board } = market;
    const account = miner.account.address;
    await market.networkHelpers.impersonateAccount(board.address);
    await market.networkHelpers.setBalance(board.address, 10n ** 18n);
    for (const by of [miner.account.address, government.account.address, board.address]) {
      const as = { account: by };
      const reason = ["DepositsNotKeeper", [by]] as const;
      await refuses(deposits.write.lock([account, 1n], as), deposits, ...reason);
      await refuses(deposits.write.unlock([account, 0n], as), deposits, ...reason);
      await refuses(deposits.write.slash([account, 0n, by, 0n], as), deposits, ...reason);
    }
  });

  it("has Results and the first referee as keepers, and later ones only from the government", async () => {
    const { deposits, results, bisection, government, miner, stranger } = market;
    assert.equal(await deposits.read.isKeeper([results.address]), true);
    assert.equal(await deposits.read.isKeeper([bisection.address]), true);
    assert.equal(await deposits.read.isKeeper([stranger.account.address]), false);
    await refuses(
      deposits.write.addKeeper([stranger.account.address], { account: stranger.account }),
      deposits,
      "DepositsNotGovernment",
      [stranger.account.address],
    );
    await deposits.write.addKeeper([stranger.account.address], { account: government.account });
    assert.equal(await deposits.read.isKeeper([stranger.account.address]), true);
    await deposits.write.lock([miner.account.address, 1n], { account: stranger.account });
  });
});
