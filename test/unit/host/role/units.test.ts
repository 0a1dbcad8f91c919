// A batch is computed, a few units at a time: no unit twice, all in order, and the lie in the right unit.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Hex } from "@sonm/protocol/values/ids";
import { numberToHex } from "viem";
import type { Engine } from "../../../../offchain/host/engines/engine.ts";
import { runOf } from "../../../../offchain/host/referees/bisection/play.ts";
import { computeBatch, type Runner, type UnitKept, unitKey, unitsIn } from "../../../../offchain/host/role/units.ts";
import { id, job } from "../../agents/fixtures.ts";

/** The second batch of the job: units 4 … 7. */
const batch = { id, job, batch: 1 };
const hashOf = (unit: number): Hex => numberToHex(unit, { size: 32 });
const corruption = { step: 1, change: { register: 1 }, xor: 1n };

/** A runner whose results are the units' numbers. Each run takes a moment. */
function runner(parallel: number, kept: readonly number[] = []) {
  const units = new Map(kept.map((unit) => [unitKey(id, unit), { resultHash: hashOf(unit) } as UnitKept]));
  const asked: { unit: number; lying: boolean }[] = [];
  let running = 0;
  let most = 0;
  const engine = {
    parallel,
    async compute(_, unit, lying) {
      asked.push({ unit, lying });
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      const ending = { steps: 1, memory: 0, halt: 1, exitCode: 0, proof: new Uint8Array() };
      return { resultHash: hashOf(unit), ...ending, corruption: lying ? corruption : undefined };
    },
  } satisfies Partial<Engine>;
  const tools: Runner<UnitKept> = { journal: { units }, engine };
  const compute = (lyingUnit?: number) =>
    computeBatch(tools, batch, lyingUnit, (unit, { resultHash, corruption }) => {
      units.set(unitKey(id, unit), { resultHash, corruption });
    });
  return { tools, compute, asked, units, most: () => most };
}

describe("a batch", () => {
  for (const parallel of [1, 2, 10]) {
    test(`is computed ${parallel} at a time, each unit once`, async () => {
      const { tools, compute, asked, most } = runner(parallel);
      await compute();
      assert.deepEqual(asked.map(({ unit }) => unit).sort(), [4, 5, 6, 7]);
      assert.equal(most(), Math.min(parallel, 4));
      assert.deepEqual(
        unitsIn(tools, batch).map(({ resultHash }) => resultHash),
        [4, 5, 6, 7].map(hashOf),
      );
    });
  }

  test("goes on after a kill with what is not written down", async () => {
    const { compute, asked } = runner(1, [4, 6]);
    await compute();
    assert.deepEqual(
      asked.map(({ unit }) => unit),
      [5, 7],
    );
  });

  test("is lied about in one unit, and the lie is kept for the games about it", async () => {
    const { tools, compute, asked } = runner(2);
    await compute(5);
    assert.deepEqual(
      asked.filter((one) => one.lying).map(({ unit }) => unit),
      [5],
    );
    const run = { program: { entry: 0, segments: [] }, input: new Uint8Array(), exponent: job.exponent };
    const given: unknown[] = [];
    const engine = {
      async runOf(_: unknown, unit: number, corruption: unknown) {
        given.push([unit, corruption]);
        return run;
      },
    };
    for (const unit of [5, 6]) assert.equal(await runOf({ ...tools, engine }, batch, unit), run);
    assert.deepEqual(given, [
      [5, corruption],
      [6, undefined],
    ]);
  });

  test("that is not computed whole has no results", async () => {
    const { tools } = runner(1, [4, 5, 7]);
    assert.throws(() => unitsIn(tools, batch), /Unit 6 is not in the journal/);
  });

  test("shares its units with no other job", () => {
    assert.notEqual(unitKey(hashOf(1), 4), unitKey(hashOf(2), 4));
  });
});
