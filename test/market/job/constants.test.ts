// fault 16: a constant that is written in two places must have the same value in both, on chain and off chain and between contracts.
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { MAX_PAY_BPS, minimalBond, minimalDeposit } from "@sonm/protocol/job/sizes";
import fc from "fast-check";
import { fuzz } from "../../support/fuzz.ts";
import { createMarket, type Market } from "../../support/market/fixture.ts";

/** Numbers of `Parameter`. */
const LOCK_SHARE = 1;
const MAX_OPENING = 11;

describe("fault 16: constants", () => {
  let market: Market;
  before(async () => {
    market = await createMarket();
  });

  it("make the same bonds and deposits on chain and off chain", async () => {
    const { board } = market;
    const parameters = { minBond: 10n * 10n ** 18n, minDeposit: 100n * 10n ** 18n, auditRateBps: 5_000n };
    const price = fc.oneof(fc.bigInt(1n, 2n ** 128n - 1n), fc.bigInt(1n, 1_000n));
    await fc.assert(
      fc.asyncProperty(price, fc.integer({ min: 1, max: 32_768 }), async (price, batchSize) => {
        const [bond, deposit] = await board.read.minimumStakes([price, batchSize]);
        assert.equal(bond, minimalBond(price, parameters));
        assert.equal(deposit, minimalDeposit({ price, batchSize, bond: 0n }, parameters));
      }),
      fuzz(30),
    );
  });

  it("leave the wallet's lock what the miner's pay leaves", async () => {
    const [, most] = await market.parameters.read.bounds([LOCK_SHARE]);
    assert.equal(most + MAX_PAY_BPS, 10_000n);
  });

  it("give every opening its time before a commitment is forfeited, and a day to retract", async () => {
    const [, most] = await market.parameters.read.bounds([MAX_OPENING]);
    const { bisection, verifier, now, nextAt } = market;
    const hash = `0x${"11".repeat(32)}` as const;
    await bisection.write.commit([hash], { account: verifier.account });
    const from = (await now()) + Number(most) + 86_400;
    await nextAt(from);
    await assert.rejects(bisection.write.forfeit([verifier.account.address, hash]), /BisectionNotForfeitable/);
    await nextAt(from + 1);
    await bisection.write.forfeit([verifier.account.address, hash]);
  });
});
