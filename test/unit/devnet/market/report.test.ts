// What `sonm up` ends with: it is well only if the result is right, the liar alone is convicted, every unit is settled and no SNM are missing.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ClaimId, JobId } from "@sonm/protocol/values/ids";
import { type Address, type Hex, numberToHex } from "viem";
import {
  type Accounts,
  type Conviction,
  gasOf,
  type Run,
  resultOf,
} from "../../../../offchain/devnet/market/report.ts";
import { tellResult } from "../../../../offchain/devnet/market/telling.ts";
import type { Happening, RoleEvent } from "../../../../offchain/host/role/happenings.ts";
import { openTerminal } from "../../../../offchain/host/terminal/terminal.ts";

const SNM = 10n ** 18n;
const addressOf = (number: number): Address => numberToHex(number, { size: 20 });
const hashOf = (number: number): Hex => numberToHex(number, { size: 32 });
const [HUB, MINER, LIAR] = [addressOf(1), addressOf(2), addressOf(3)];
const JOB = hashOf(1) as JobId;

const of = (happening: Happening): RoleEvent => ({ ...happening, role: "buyer", name: "one", at: 0 });
const done = (settledUnits: number) => of({ kind: "done", job: JOB, settledUnits, refundedUnits: 0 });
const claimed = (claim: number) =>
  of({
    kind: "claimed",
    claim: hashOf(claim) as ClaimId,
    job: JOB,
    batch: 0,
    attempt: 0,
    miner: MINER,
    units: 1,
  } as Happening);
const transaction = (call: string, gas: number) =>
  of({ kind: "transaction", call, hash: hashOf(9), gas, block: 1 } as Happening);
const conviction = (miner: Address): Conviction => ({
  claim: hashOf(5) as ClaimId,
  miner,
  unit: 3,
  step: 64_728,
  instruction: "addi a0, a0, 1",
  splits: 4,
  gas: 1_234_567,
});
const accounts = (conserved: boolean, ...amounts: readonly bigint[]): Accounts => ({
  holdings: amounts.map((amount, i) => ({ role: `party ${i}`, address: addressOf(100 + i), amount })),
  conserved,
});

const good: Run = {
  units: 8,
  right: true,
  liar: LIAR,
  before: accounts(true, 5n * SNM, SNM, 2n * SNM),
  after: accounts(true, 3n * SNM, 3n * SNM, 2n * SNM),
  convictions: [conviction(LIAR)],
  events: [claimed(1), claimed(2), claimed(1), done(5), done(3)],
  picture: "picture.png",
  seconds: 12,
};

describe("a run of the market", () => {
  test("is well where everything is", () => {
    const { ok, units, settledUnits, claims, snmConserved } = resultOf(good);
    assert.deepEqual([ok, units, settledUnits, claims, snmConserved], [true, 8, 8, 2, true]);
    assert.equal(resultOf({ ...good, liar: undefined, convictions: [] }).ok, true, "all honest");
  });

  test("is not well where SNM are missing, before or after", () => {
    for (const change of [{ before: accounts(false) }, { after: accounts(false) }]) {
      const { ok, snmConserved } = resultOf({ ...good, ...change });
      assert.deepEqual([ok, snmConserved], [false, false]);
    }
  });

  test("is not well where a result is wrong, or a unit not settled", () => {
    assert.equal(resultOf({ ...good, right: false }).ok, false);
    for (const settled of [7, 9]) assert.equal(resultOf({ ...good, events: [done(settled)] }).ok, false);
    assert.equal(resultOf({ ...good, events: [] }).ok, false);
  });

  test("U12: is well without a conviction where the lie has changed nothing, and not if one has", () => {
    const computed = (lie: boolean, vain?: true) =>
      of({
        kind: "unit-computed",
        job: JOB,
        batch: 0,
        unit: 0,
        steps: 1,
        halt: 4,
        exitCode: "0",
        lie,
        ...(vain && { vain }),
      });
    const well = (...told: RoleEvent[]) => resultOf({ ...good, convictions: [], events: [...good.events, ...told] }).ok;
    assert.equal(well(computed(false, true)), true);
    assert.equal(well(computed(false)), false);
    assert.equal(well(computed(false, true), computed(true)), false);
  });

  test("is not well where the liar gets away, or somebody honest is convicted", () => {
    for (const change of [
      { convictions: [] },
      { convictions: [conviction(MINER)] },
      { convictions: [conviction(LIAR), conviction(HUB)] },
      { liar: undefined },
    ])
      assert.equal(resultOf({ ...good, ...change }).ok, false);
  });

  test("says what everybody had and has, in wei", () => {
    const [first] = resultOf(good).balances;
    const [before, after] = [String(5n * SNM), String(3n * SNM)];
    assert.deepEqual(first, { role: "party 0", address: addressOf(100), before, after });
    const [, newcomer] = resultOf({ ...good, before: accounts(true, SNM) }).balances;
    assert.deepEqual([newcomer?.before, newcomer?.after], ["0", String(3n * SNM)]);
  });
});

test("gas is of each kind of call: how often, least, mean and most", () => {
  const events = [transaction("claim", 100), transaction("settle", 7), transaction("claim", 201), done(1)];
  assert.deepEqual(gasOf(events), [
    { call: "claim", count: 2, min: 100, mean: 151, max: 201 },
    { call: "settle", count: 1, min: 7, mean: 7, max: 7 },
  ]);
});

describe("what people are told at the end", () => {
  function told(run: Run): string[] {
    const lines: string[] = [];
    const plain = { ...openTerminal(process.stderr), paint: (_: unknown, text: string) => text };
    tellResult({ ...plain, say: (...said) => void lines.push(...said) }, resultOf(run));
    return lines.map((line) => line.trim());
  }

  test("is what changed hands, with its sign", () => {
    const rows = told(good).filter((line) => line.startsWith("party"));
    assert.deepEqual(
      rows.map((row) => row.split(/ {2,}/)),
      [
        ["party 0", "5 SNM", "3 SNM", "−2 SNM"],
        ["party 1", "1 SNM", "3 SNM", "+2 SNM"],
        ["party 2", "2 SNM", "2 SNM"],
      ],
    );
  });

  test("is whether SNM are missing", () => {
    assert.ok(told(good).includes("every SNM is accounted for, to the wei"));
    const missing = told({ ...good, after: accounts(false) });
    assert.ok(missing.includes("SNM are missing"));
    assert.ok(!missing.some((line) => line.includes("accounted for")));
    assert.ok(missing.includes("✗ not as it must be: 8 of 8 units settled, 1 convictions"));
  });

  test("is each conviction, and how it all ended", () => {
    assert.ok(
      told(good).includes(
        "Convicted unit 3, step 64,728: addi a0, a0, 1; 4 splits, 1,234,567 gas for the whole challenge",
      ),
    );
    const silent = { ...conviction(LIAR), step: null };
    assert.ok(
      told({ ...good, convictions: [silent] }).some((line) => line.startsWith("Convicted by silence; 4 splits")),
    );
    assert.ok(told(good).includes("✓ 8 units settled, 1 lie convicted, in 12 s"));
    assert.ok(
      told({ ...good, liar: undefined, convictions: [] }).includes("✓ 8 units settled, 0 lies convicted, in 12 s"),
    );
  });
});
