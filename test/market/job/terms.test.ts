import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { zeroAddress } from "viem";
import { createMarket, type Market } from "../../support/market/fixture.ts";
import { refuses } from "../../support/market/refusals.ts";
import { type Job, jobIdOf, SNM } from "../../support/market/terms.ts";

const DAY = 86_400;
/** An address that is no referee. */
const NOBODY = "0x00000000000000000000000000000000000000AA";

/** Terms that are refused: the change, and the error with its values. */
const refused: readonly [string, Partial<Job>, string, readonly unknown[]][] = [
  ["no units", { units: 0 }, "TermsNoUnits", []],
  ["empty batches", { batchSize: 0 }, "TermsBatchSize", [0, 32_768]],
  ["batches above the hard limit", { batchSize: 32_769, deposit: 10n ** 24n }, "TermsBatchSize", [32_769, 32_768]],
  ["an exponent of 0", { exponent: 0 }, "TermsExponent", [0]],
  ["an odd exponent, which would make the miner prove", { exponent: 3 }, "TermsExponent", [3]],
  ["an exponent above 16", { exponent: 18 }, "TermsExponent", [18]],
  ["an exponent that would wrap", { exponent: 254 }, "TermsExponent", [254]],
  ["an entry outside of memory", { entry: 2n ** 32n }, "TermsEntry", [2n ** 32n]],
  ["an entry within an instruction", { entry: 2n }, "TermsEntry", [2n]],
  ["no price", { price: 0n }, "TermsNoPrice", []],
  ["a window too short", { window: 3_599 }, "TermsWindow", [3_599, 3_600, 7 * DAY]],
  ["a window too long", { window: 7 * DAY + 1 }, "TermsWindow", [7 * DAY + 1, 3_600, 7 * DAY]],
  ["an opening too short", { opening: 599 }, "TermsOpening", [599, 600, DAY]],
  ["an opening too long", { opening: DAY + 1 }, "TermsOpening", [DAY + 1, 600, DAY]],
  ["an allowance too short", { allowance: 3_599 }, "TermsAllowance", [3_599, 3_600, 7 * DAY]],
  ["an allowance too long", { allowance: 7 * DAY + 1 }, "TermsAllowance", [7 * DAY + 1, 3_600, 7 * DAY]],
  ["a grace too short", { grace: 599 }, "TermsGrace", [599, 600, 3_600]],
  ["a grace above the allowance", { grace: 3_601 }, "TermsGrace", [3_601, 600, 3_600]],
  ["a grace too long", { grace: DAY + 1, allowance: 2 * DAY }, "TermsGrace", [DAY + 1, 600, DAY]],
  // 4 × 70 % of 1 SNM above the minimum of 10 SNM
  [
    "a bond too small",
    { bond: 12_800n * 10n ** 15n - 1n },
    "TermsBond",
    [12_800n * 10n ** 15n - 1n, 12_800n * 10n ** 15n],
  ],
  ["a deposit too small", { deposit: 100n * SNM - 1n }, "TermsDeposit", [100n * SNM - 1n, 100n * SNM]],
  ["a bond above the deposit", { bond: 101n * SNM }, "TermsDeposit", [100n * SNM, 101n * SNM]],
  // 2 × 70 % × 1 SNM × 1,000 units, of which half is audited
  [
    "a deposit below the gain",
    { batchSize: 1_000, deposit: 1_399n * SNM },
    "TermsDeposit",
    [1_399n * SNM, 1_400n * SNM],
  ],
  ["a referee that nobody has approved", { referee: NOBODY }, "TermsReferee", [NOBODY]],
  ["no referee", { referee: zeroAddress }, "TermsReferee", [zeroAddress]],
];

/** Terms at the limits of what is accepted. */
const accepted: readonly [string, Partial<Job>][] = [
  ["a single unit", { units: 1, batchSize: 1 }],
  ["a batch larger than the job", { units: 3, batchSize: 64 }],
  ["the largest batches", { batchSize: 32_768, deposit: 50_000n * SNM }],
  ["an exponent of 16", { exponent: 16 }],
  ["the last entry", { entry: 2n ** 32n - 4n }],
  ["the price of 1 wei", { price: 1n }],
  ["the longest times", { window: 7 * DAY, opening: DAY, allowance: 7 * DAY, grace: DAY }],
  ["a grace of the whole allowance", { grace: 3_600 }],
  ["a bond as small as may be", { bond: 12_800n * 10n ** 15n }],
  ["a bond as large as the deposit", { bond: 100n * SNM }],
  ["a deposit as small as may be", { batchSize: 1_000, deposit: 1_400n * SNM }],
];

describe("the terms of a job", () => {
  let market: Market;
  before(async () => {
    market = await createMarket();
  });

  for (const [what, changes, error, args] of refused) {
    it(`are refused with ${what}`, async () => {
      await refuses(market.post(changes), market.board, error, args);
    });
  }

  for (const [what, changes] of accepted) {
    it(`are accepted with ${what}`, async () => {
      const job = await market.post(changes);
      assert.equal(await market.board.read.isPosted([jobIdOf(job)]), true);
    });
  }

  it("are refused with a deadline that has come, or is more than a year away", async () => {
    const { board, now, nextAt, termsOf, quote, buyer } = market;
    const time = (await now()) + 100;
    const [min, max] = [time + 1, time + 365 * DAY];
    for (const deadline of [0, time, max + 1]) {
      const job = await termsOf({ deadline: BigInt(deadline) });
      const expiry = BigInt(time + 10);
      const signature = await quote(jobIdOf(job), expiry);
      await nextAt(time);
      await refuses(board.write.post([job, expiry, signature], { account: buyer.account }), board, "TermsDeadline", [
        deadline,
        min,
        max,
      ]);
    }
    for (const [time, after] of [
      [(await now()) + 100, 1],
      [(await now()) + 200, 365 * DAY],
    ] as const) {
      const job = await termsOf({ deadline: BigInt(time + after) });
      const expiry = BigInt(time + 10);
      const signature = await quote(jobIdOf(job), expiry);
      await nextAt(time);
      await board.write.post([job, expiry, signature], { account: buyer.account });
      assert.equal(await board.read.isPosted([jobIdOf(job)]), true);
    }
  });

  it("are refused with another machine than the referee's", async () => {
    const { board, machine } = market;
    await refuses(market.post({ machine: zeroAddress }), board, "TermsMachine", [zeroAddress, machine.address]);
  });

  it("are refused with a referee that the DAO has retired", async () => {
    const { board, parameters, bisection, government, networkHelpers } = market;
    const snapshot = await networkHelpers.takeSnapshot();
    await parameters.write.retireReferee([bisection.address], { account: government.account });
    await refuses(market.post(), board, "TermsReferee", [bisection.address]);
    await snapshot.restore();
  });

  it("tell the smallest bond and deposit there can be", async () => {
    const { board } = market;
    const pay = (price: bigint) => (price * 7n) / 10n;
    assert.deepEqual(await board.read.minimumStakes([SNM, 16]), [10n * SNM + 4n * pay(SNM), 100n * SNM]);
    assert.deepEqual(await board.read.minimumStakes([SNM, 1_000]), [10n * SNM + 4n * pay(SNM), 1_400n * SNM]);
    // Rounded up: 2.8 wei and 1.4 wei a unit.
    assert.deepEqual(await board.read.minimumStakes([1n, 1]), [10n * SNM + 3n, 100n * SNM]);
    const most = 2n ** 128n - 1n;
    assert.equal((await board.read.minimumStakes([most, 32_768]))[1], (14n * most * 32_768n + 9n) / 10n);
  });
});
