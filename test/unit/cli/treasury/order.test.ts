// Which seizures the Treasury shows first: a flood of small ones hides nothing.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Seizure } from "@sonm/chain/government/treasury";
import { frozenFirst } from "../../../../offchain/cli/treasury/treasury.ts";

test("what is frozen comes first, the largest before the smaller, and of equal ones the latest", () => {
  const of = (number: number, amount: bigint, released = false) => ({ number, amount, released }) as Seizure;
  const all = [of(0, 1n), of(1, 99n, true), of(2, 5n), of(3, 1n), of(4, 7n, true), of(5, 9n)];
  for (const given of [all, all.toReversed()])
    assert.deepEqual(
      given.toSorted(frozenFirst).map(({ number }) => number),
      [5, 2, 3, 0, 1, 4],
    );
});
