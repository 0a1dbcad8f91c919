// The DAO's numbers, and values computed from them, are the same as in the contracts.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { jobBoardAbi } from "@sonm/chain/abi/job-board";
import { parametersOf } from "@sonm/chain/government/parameters";
import { minimalBond, minimalDeposit } from "@sonm/protocol/job/sizes";
import fc from "fast-check";
import { fuzz } from "../../../support/fuzz.ts";
import { createWorld, type World } from "../world.ts";

describe("the parameters in force", () => {
  let world: World;
  before(async () => {
    world = await createWorld();
  });
  after(() => world?.anvil.stop());

  it("reads the DAO's numbers", async () => {
    const numbers = await parametersOf(world.reader, world.deployment);
    assert.equal(numbers.LockShareBps, 3000n);
    assert.equal(numbers.CommitStakeWei, 10n ** 18n);
    assert.ok(numbers.RatingRiskBps > 0n);
  });

  it("computes the least stakes as the contracts do", async () => {
    const { reader, deployment, addresses } = world;
    const numbers = await parametersOf(reader, deployment);
    const parameters = {
      minBond: numbers.MinBondWei,
      minDeposit: numbers.MinDepositWei,
      auditRateBps: numbers.AuditRateBps,
    };
    const prices = fc.oneof(fc.bigInt({ min: 1n, max: 1000n }), fc.bigInt({ min: 1n, max: 10n ** 24n }));
    await fc.assert(
      fc.asyncProperty(prices, fc.integer({ min: 1, max: 32_768 }), async (price, batchSize) => {
        const [bond, deposit] = await reader.client.readContract({
          address: addresses.jobBoard,
          abi: jobBoardAbi,
          functionName: "minimumStakes",
          args: [price, batchSize],
        });
        assert.equal(minimalBond(price, parameters), bond);
        assert.equal(minimalDeposit({ price, batchSize, bond: 0n }, parameters), deposit);
      }),
      fuzz(30),
    );
  });
});
