// A batch computed a few units at a time: nothing twice, everything in order, and the lie where it is meant to be.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Hex } from "@sonm/protocol/values/ids";
import { numberToHex } from "viem";
import type { Lie } from "../../../../offchain/host/engines/machine/lie.ts";
import type { UnitRun } from "../../../../offchain/host/engines/machine/tasks.ts";
import {
  computeBatch,
  type Runner,
  runOf,
  type UnitKept,
  unitKey,
  unitsIn,
} from "../../../../offchain/host/role/units.ts";
import { id, job } from "../../agents/fixtures.ts";

/** The second batch of the job: units 4 … 7. */
const batch = { id, job, batch: 1 };
const hashOf = (unit: number): Hex => numberToHex(unit, { size: 32 });
const corruption = { step: 1, change: { register: 1 }, xor: 1n };

/** A runner whose inputs are the units' numbers, and whose runs end when they are told to. */
function runner(threads: number, kept: readonly number[] = []) {
  const units = new Map(kept.map((unit) => [unitKey(id, unit), { resultHash: hashOf(unit) } as UnitKept]));
  const asked: { unit: number; lie: Lie | undefined }[] = [];
  let running = 0;
  let most = 0;
  const computing = {
    async ask(_: string, { run, lie }: { run: UnitRun; lie?: Lie }) {
      const unit = run.input[0] ?? 0;
      asked.push({ unit, lie });
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      return { resultHash: hashOf(unit), corruption: lie && corruption };
    },
  };
  const input = async (_: unknown, unit: number) => Uint8Array.of(unit);
  const source = { program: async () => "program", input, inputInPlay: input };
  const tools = { journal: { units }, source, computing, threads } as unknown as Runner<UnitKept>;
  const compute = (lieAbout: (unit: number) => Lie | undefined = () => undefined) =>
    computeBatch(tools, batch, lieAbout, (unit, { resultHash, corruption }) => {
      units.set(unitKey(id, unit), { resultHash, corruption });
    });
  return { tools, compute, asked, units, most: () => most };
}

describe("a batch", () => {
  for (const threads of [1, 2, 10]) {
    test(`is computed by ${threads} at a time, each unit once`, async () => {
      const { tools, compute, asked, most } = runner(threads);
      await compute();
      assert.deepEqual(asked.map(({ unit }) => unit).sort(), [4, 5, 6, 7]);
      assert.equal(most(), Math.min(threads, 4));
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
    const lie: Lie = { kind: "output" };
    const { tools, compute, asked } = runner(2);
    await compute((unit) => (unit === 5 ? lie : undefined));
    assert.deepEqual(
      asked.filter((one) => one.lie).map(({ unit }) => unit),
      [5],
    );
    assert.deepEqual((await runOf(tools, batch, 5)).corruption, corruption);
    assert.equal((await runOf(tools, batch, 6)).corruption, undefined);
  });

  test("that is not computed whole has no results", async () => {
    const { tools } = runner(1, [4, 5, 7]);
    assert.throws(() => unitsIn(tools, batch), /Unit 6 is not in the journal/);
  });

  test("shares its units with no other job", () => {
    assert.notEqual(unitKey(hashOf(1), 4), unitKey(hashOf(2), 4));
  });
});
