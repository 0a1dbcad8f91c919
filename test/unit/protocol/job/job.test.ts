import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkJob } from "@sonm/protocol/job/check";
import { inputPath, inputsHeight, inputsRoot } from "@sonm/protocol/job/inputs";
import { batchCount, batchRange, jobId } from "@sonm/protocol/job/job";
import { maxPay, minimalBond, minimalDeposit } from "@sonm/protocol/job/sizes";
import { foldPath } from "@sonm/protocol/merkle/tree";
import fc from "fast-check";
import { bytesToHex, hexToBytes, zeroAddress } from "viem";
import { createChain } from "../../../support/chain.ts";
import { fuzz } from "../../../support/fuzz.ts";
import { hashes, jobs } from "./arbitrary.ts";

const connection = await createChain();
const types = await connection.viem.deployContract("TypesDouble");

describe("a job", () => {
  it("has the id that the contracts compute", async () => {
    await fc.assert(
      fc.asyncProperty(jobs, async (job) => {
        assert.equal(jobId(job), await types.read.jobId([job]));
      }),
      fuzz(30),
    );
  });

  it("is cut into the batches that the contracts see", async () => {
    const cuts = fc.record({ units: fc.integer({ min: 1, max: 200 }), batchSize: fc.integer({ min: 1, max: 40 }) });
    await fc.assert(
      fc.asyncProperty(jobs, cuts, async (job, cut) => {
        const cutJob = { ...job, ...cut };
        const last = batchCount(cutJob) - 1;
        for (const batch of [0, last, last + 1]) {
          const [first, count] = await types.read.range([cutJob, batch]);
          assert.deepEqual(batchRange(cutJob, batch), { first, count });
        }
      }),
      fuzz(20),
    );
  });

  it("has every unit in exactly one batch", () => {
    for (const units of [1, 7, 8, 9, 100]) {
      for (const batchSize of [1, 3, 8, 100, 32_768]) {
        const cut = { units, batchSize };
        const seen: number[] = [];
        for (let batch = 0; batch < batchCount(cut); batch++) {
          const { first, count } = batchRange(cut, batch);
          assert.ok(count > 0, `batch ${batch} of ${units} by ${batchSize} is empty`);
          for (let unit = first; unit < first + count; unit++) seen.push(unit);
        }
        assert.deepEqual(seen, [...Array(units).keys()]);
      }
    }
  });
});

describe("a job is checked", () => {
  it("and accepted if its terms are possible", () => {
    fc.assert(
      fc.property(jobs, (job) => assert.doesNotThrow(() => checkJob(job))),
      fuzz(100),
    );
  });

  const [sample] = fc.sample(jobs, { numRuns: 1, seed: 7 });
  assert.ok(sample);

  it("and accepted without a machine, since a referee may judge by other means", () =>
    assert.doesNotThrow(() => checkJob({ ...sample, machine: zeroAddress })));

  const malformed: readonly [string, object, RegExp][] = [
    ["a missing field", { salt: undefined }, /`salt` is undefined/],
    ["a number for an amount", { price: 1 }, /`price` is 1/],
    ["an amount that is too large", { price: 2n ** 128n }, /`price` is 3402/],
    ["a negative amount", { price: -1n }, /`price` is -1/],
    ["a short hash", { image: "0x12" }, /`image` is "0x12"/],
    ["a fraction", { units: 1.5 }, /`units` is 1.5/],
    ["a bad address", { buyer: "0x12" }, /`buyer` is "0x12"/],
  ];
  for (const [name, change, reason] of malformed) {
    it(`refuses ${name}, and says which`, () => assert.throws(() => checkJob({ ...sample, ...change }), reason));
  }

  const impossible = [
    ["units", { units: 0 }],
    ["batchSize", { batchSize: 0 }],
    ["batchSize", { batchSize: 32_769 }],
    ["exponent", { exponent: 3 }],
    ["exponent", { exponent: 0 }],
    ["exponent", { exponent: 18 }],
    ["entry", { entry: 2n }],
    ["entry", { entry: 2n ** 32n }],
    ["price", { price: 0n }],
    ["bond", { bond: 2n, deposit: 1n }],
    ["buyer", { buyer: zeroAddress }],
    ["hub", { hub: zeroAddress }],
    ["referee", { referee: zeroAddress }],
  ] as const;
  for (const [field, change] of impossible) {
    it(`refuses an impossible ${field}`, () =>
      assert.throws(() => checkJob({ ...sample, ...change }), new RegExp(`\`${field}\``)));
  }
});

describe("the inputs tree", () => {
  it("has the least height that holds all units", () => {
    const heights = [1, 2, 3, 4, 5, 8, 9, 1024, 1025, 2 ** 32 - 1].map((units) => inputsHeight(units));
    assert.deepEqual(heights, [0, 1, 2, 2, 3, 3, 4, 10, 11, 32]);
  });

  it("opens every unit's input root", () => {
    fc.assert(
      fc.property(fc.array(hashes, { minLength: 1, maxLength: 20 }), (roots) => {
        const root = inputsRoot(roots);
        for (const [unit, leaf] of roots.entries()) {
          const path = inputPath(roots, unit).map((sibling) => hexToBytes(sibling));
          assert.equal(bytesToHex(foldPath(hexToBytes(leaf), unit, path)), root);
        }
      }),
      fuzz(30),
    );
  });
});

describe("the sizes of stakes", () => {
  const parameters = { minBond: 10n, minDeposit: 100n, auditRateBps: 5000n };

  it("follow the formulas, rounded up", () => {
    assert.equal(maxPay(10n), 7n);
    assert.equal(maxPay(1n), 0n);
    assert.equal(minimalBond(100n, parameters), 10n + 280n);
    assert.equal(minimalBond(1n, parameters), 10n + 3n);
    // p = 1/2: 2 × 70 % × 100 × 10 × 1
    assert.equal(minimalDeposit({ price: 100n, bond: 5n, batchSize: 10 }, parameters), 1400n);
    // p = 1/4: three times as much
    assert.equal(
      minimalDeposit({ price: 100n, bond: 5n, batchSize: 10 }, { ...parameters, auditRateBps: 2500n }),
      4200n,
    );
  });

  it("are never below the floors", () => {
    assert.equal(minimalDeposit({ price: 1n, bond: 5n, batchSize: 1 }, parameters), 100n);
    assert.equal(minimalDeposit({ price: 1n, bond: 500n, batchSize: 1 }, parameters), 500n);
  });
});
