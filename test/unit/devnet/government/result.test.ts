// What `sonm government` ends with: it is well only if every SNM is accounted for and everything came out as it must.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Address, numberToHex } from "viem";
import type { Stock } from "../../../../offchain/devnet/government/accounts.ts";
import { closingLines, resultOf } from "../../../../offchain/devnet/government/result.ts";

const address = (number: number): Address => numberToHex(number, { size: 20 });
const [ALICE, BOB, STRANGER] = [address(1), address(2), address(3)];
const stock = (alice: bigint, bob: bigint, unknown: readonly Address[] = []): Stock => ({
  holdings: [
    { role: "Alice", address: ALICE, amount: alice },
    { role: "Bob", address: BOB, amount: bob },
  ],
  supply: 100n,
  unknown,
});
const [before, after] = [stock(60n, 40n), stock(55n, 45n)];
const passed = { name: "the tax is paid", ok: true, detail: "5" };
const failed = { name: "the ban is refused", ok: false, detail: "it was not refused" };
const events = [{ at: 1, day: 0, kind: "rated", who: "Alice", what: "rates" }];
const stage = { events, checks: [passed, passed] };

test("a run in which all is as it must be is well, and says who had and has what", () => {
  assert.deepEqual(resultOf(before, after, stage, 12), {
    ok: true,
    snmConserved: true,
    events,
    balances: [
      { role: "Alice", address: ALICE, before: 60n, after: 55n },
      { role: "Bob", address: BOB, before: 40n, after: 45n },
    ],
    checks: [passed, passed],
    seconds: 12,
  });
});

test("a run in which SNM are missing, or with somebody unknown, is not", () => {
  for (const [one, other] of [
    [stock(60n, 39n), after],
    [before, stock(55n, 44n)],
    [before, stock(55n, 46n)],
    [stock(60n, 40n, [STRANGER]), after],
    [before, stock(55n, 45n, [STRANGER])],
  ] as const) {
    const { ok, snmConserved } = resultOf(one, other, stage, 12);
    assert.deepEqual([ok, snmConserved], [false, false]);
  }
});

test("neither is one in which something came out otherwise", () => {
  const { ok, snmConserved } = resultOf(before, after, { events, checks: [passed, failed, passed] }, 12);
  assert.deepEqual([ok, snmConserved], [false, true]);
});

test("people are told the same", () => {
  const told = (last: Stock, ...checks: (typeof passed)[]) =>
    closingLines(resultOf(before, last, { events, checks }, 12), last, { paint: (_, text) => text });
  assert.deepEqual(told(after, passed), [
    "  ✓ every SNM is accounted for, to the wei: the sum is the supply, and nobody else has ever had any",
    "  ✓ 1 of 1 things came out as they must, in 12 s",
  ]);
  assert.deepEqual(told(stock(55n, 44n), passed), [
    "  ✗ SNM are missing: the supply is 100 wei; unknown holders: none",
    "  ✗ 1 of 1 things came out as they must, in 12 s",
  ]);
  assert.deepEqual(told(stock(55n, 45n, [STRANGER, ALICE]), passed, failed), [
    `  ✗ SNM are missing: the supply is 100 wei; unknown holders: ${STRANGER}, ${ALICE}`,
    "  ✗ the ban is refused: it was not refused",
    "  ✗ 1 of 2 things came out as they must, in 12 s",
  ]);
});
