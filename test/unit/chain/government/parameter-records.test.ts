// A change of a parameter is shown as long as it waits, and not a second longer.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parameterNames } from "@sonm/chain/enums/parameter";
import { parameterRecordOf, parameterRecordsOf, parametersOf } from "@sonm/chain/government/parameters";
import { deployment, NOW, stubChain } from "../stub-chain.ts";

/** The `i`th parameter is 10 i, within i … 100 i; a change to 20 i is made that takes effect at `from`. */
const chainOf = (from: number) =>
  stubChain({
    answers: {
      get: ([i]: readonly number[]) => BigInt(10 * (i ?? 0)),
      bounds: ([i]: readonly number[]) => [BigInt(i ?? 0), BigInt(100 * (i ?? 0))],
      scheduled: ([i]: readonly number[]) => [BigInt(20 * (i ?? 0)), BigInt(from)],
    },
  }).reader;
const record = { name: "TaxShareBps", value: 20n, min: 2n, max: 200n };

test("a change that waits is shown with its date", async () => {
  const waiting = { ...record, next: { value: 40n, from: NOW + 1 } };
  assert.deepEqual(await parameterRecordOf(chainOf(NOW + 1), deployment, "TaxShareBps"), waiting);
});

test("a change that is in force, or none at all, is not", async () => {
  for (const from of [NOW, NOW - 1, 0])
    assert.deepEqual(await parameterRecordOf(chainOf(from), deployment, "TaxShareBps"), record);
});

test("all parameters come in the order of the contracts", async () => {
  const records = await parameterRecordsOf(chainOf(0), deployment);
  assert.deepEqual(
    records.map(({ name, value }) => [name, value]),
    parameterNames.map((name, i) => [name, BigInt(10 * i)]),
  );
  assert.deepEqual(
    await parametersOf(chainOf(0), deployment),
    Object.fromEntries(parameterNames.map((name, i) => [name, BigInt(10 * i)])),
  );
});
