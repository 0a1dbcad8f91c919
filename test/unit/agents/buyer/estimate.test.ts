// U4: what a job will need and cost is known before anything is asked or paid, and what would be paid for nothing is refused.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Failure } from "@sonm/protocol/values/failure";
import fc from "fast-check";
import { parseEther } from "viem";
import {
  checkTotal,
  estimateOf,
  exponentFor,
  refusalOf,
  unitsToTry,
} from "../../../../offchain/agents/buyer/estimate.ts";
import { tryUnits } from "../../../../offchain/agents/buyer/trial.ts";
import type { Content } from "../../../../offchain/host/disk/content-file.ts";
import { type Ending, NeedsMoreMemory } from "../../../../offchain/host/engines/engine.ts";
import type { Happening } from "../../../../offchain/host/role/happenings.ts";
import { fuzz } from "../../../support/fuzz.ts";
import { id, job } from "../fixtures.ts";

const steps = fc.integer({ min: 0, max: 8 ** 16 });
const ended: Ending = { steps: 1000, halt: 12, exitCode: 0 };

describe("U4: the exponent that would do", () => {
  test("is the least even one whose steps are enough", () => {
    fc.assert(
      fc.property(steps, (needed) => {
        const m = exponentFor(needed) ?? assert.fail("none");
        assert.ok(m % 2 === 0 && m >= 2 && m <= 16 && 8 ** m >= needed);
        if (m > 2) assert.ok(8 ** (m - 2) < needed);
      }),
      fuzz(200),
    );
    assert.deepEqual([8 ** 4, 8 ** 4 + 1, 8 ** 16, 8 ** 16 + 1].map(exponentFor), [4, 6, 16, undefined]);
  });
});

describe("U4: the units that are tried", () => {
  test("are those with the largest inputs, as many as asked", () => {
    assert.deepEqual(unitsToTry([3, 9, 9, 1], 1), [1]);
    assert.deepEqual(unitsToTry([3, 9, 9, 1], 3), [1, 2, 0]);
    assert.deepEqual(unitsToTry([3, 9], 5), [1, 0]);
    assert.deepEqual(unitsToTry([3, 9], "none"), []);
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1 }), fc.integer({ min: 1, max: 20 }), (sizes, count) => {
        const tried = unitsToTry(sizes, count);
        const least = Math.min(...tried.map((unit) => sizes[unit] ?? 0));
        assert.equal(new Set(tried).size, Math.min(count, sizes.length));
        assert.ok(sizes.every((size, unit) => tried.includes(unit) || size <= least));
        assert.deepEqual(unitsToTry(sizes, "all").sort(), sizes.map((_, unit) => unit).sort());
      }),
      fuzz(100),
    );
  });

  test("that end by themselves are right, whatever their exit code", () => {
    for (const exitCode of [0, 1, -1]) assert.equal(refusalOf(0, { ...ended, exitCode }, 8), undefined);
  });

  test("that do not end are refused, with the exponent that allows more", () => {
    const { what, why, todo } = refusalOf(3, { steps: 8 ** 8, halt: 0, exitCode: undefined }, 8) ?? assert.fail();
    assert.equal(what, "Unit 3 would be paid for without a result");
    assert.equal(why, "a trial of it here did not end within its 8^8 steps");
    assert.match(todo, /--exponent 10\b.*smaller inputs.*--trial none/);
    assert.match(refusalOf(3, { steps: 1, halt: 0, exitCode: undefined }, 16)?.todo ?? "", /cut the work into smaller/);
  });

  test("that end by a fault are refused with the fault", () => {
    const fault = "illegal instruction at 0x00010008";
    const { why, todo } = refusalOf(0, { steps: 1234, halt: 3, exitCode: undefined, fault }, 8) ?? assert.fail();
    assert.equal(why, `a trial of it here ended after 1,234 steps by ${fault}`);
    assert.match(todo, /mend the program.*--trial none/);
  });
});

describe("U4: a trial", () => {
  const image = new Uint8Array([1]);
  const inputs = [3, 9, 5].map((length) => new Uint8Array(length));
  async function run(size: number | "all" | "none", endings: Readonly<Record<number, Partial<Ending>>> = {}) {
    const said: Happening[] = [];
    const engine = {
      async tryOut(_: Uint8Array, { length }: Content, exponent: number, onProgress?: (steps: number) => void) {
        assert.equal(exponent, 8);
        onProgress?.(length);
        return { ...ended, steps: length * 100, ...endings[length] };
      },
    };
    const trial = await tryUnits(engine, image, inputs, { exponent: 8, size, emit: (one) => void said.push(one) });
    return {
      trial,
      said: said.flatMap((one) => (one.kind === "trying" ? [[one.unit, one.bytes, one.allowed]] : [])),
      progress: said.flatMap((one) => (one.kind === "trial" ? [[one.unit, one.steps]] : [])),
    };
  }

  test("says what it runs, and what the longest run has needed", async () => {
    const { trial, said, progress } = await run("all");
    assert.deepEqual({ ...trial, seconds: 0 }, { units: 3, steps: 900, enough: 4, seconds: 0 });
    assert.deepEqual(said, [
      [1, 9, 8 ** 8],
      [2, 5, 8 ** 8],
      [0, 3, 8 ** 8],
    ]);
    assert.deepEqual(progress, [
      [1, 9],
      [2, 5],
      [0, 3],
    ]);
    assert.equal((await run("all", { 3: { steps: 10_000 } })).trial?.steps, 10_000);
    assert.deepEqual((await run(1)).said.length, 1);
    assert.deepEqual(await run("none"), { trial: null, said: [], progress: [] });
  });

  test("of a unit that needs more memory than it may have is refused with the ways out", async () => {
    const engine = { tryOut: () => Promise.reject(new NeedsMoreMemory(64 * 2 ** 20)) };
    await assert.rejects(tryUnits(engine, image, inputs, { exponent: 8, size: 1, emit: () => {} }), {
      what: "Unit 1 cannot be tried here",
      why: /^it needs more than 64 MiB of memory/,
      todo: /--memory.*--trial none/,
    });
  });

  test("ends at the first unit that does not end", async () => {
    await assert.rejects(run("all", { 5: { exitCode: undefined, halt: 0 } }), { what: /^Unit 2 / });
    await run(1, { 5: { exitCode: undefined, halt: 0 } });
  });
});

describe("U13: the price", () => {
  const snm = parseEther;
  test("of the whole job has a limit, to the wei", () => {
    checkTotal({ price: snm("0.1"), units: 30 }, snm("3"));
    checkTotal({ price: snm("0.1"), units: 30 }, undefined);
    assert.throws(
      () => checkTotal({ price: snm("0.1"), units: 30 }, snm("3") - 1n),
      (error) => error instanceof Failure && /30 units at 0.1 SNM are 3 SNM, more than --max-total 2.9/.test(error.why),
    );
  });

  test("is estimated with all that the job binds", () => {
    const trial = { units: 1, steps: 900, enough: 4, seconds: 0.1 };
    assert.deepEqual(estimateOf(id, job, trial), {
      kind: "estimated",
      job: id,
      units: 8,
      batches: 2,
      exponent: 8,
      allowed: 16_777_216,
      trial,
      price: "1000",
      total: "8000",
      deposit: "500",
      bond: "100",
      settles: 86_400 + 1800 + 1,
      deadline: 2_000_000,
    });
  });
});
