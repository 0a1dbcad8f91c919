import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type ParameterName, parameterNames } from "@sonm/chain/enums/parameter";
import { readParameter, readParameterName, showParameter } from "@sonm/chain/government/parameter-text";
import { Failure } from "@sonm/protocol/values/failure";
import fc from "fast-check";
import { parseEther } from "viem";
import { fuzz } from "../../../support/fuzz.ts";

test("what is shown of any parameter is read back exactly", () => {
  const most = (name: ParameterName) =>
    name.endsWith("Wei") ? 10n ** 24n : name.endsWith("Bps") ? 10_000n : 10n ** 8n;
  const value = fc
    .constantFrom(...parameterNames)
    .chain((name) => fc.tuple(fc.constant(name), fc.bigInt({ min: 0n, max: most(name) })));
  fc.assert(
    fc.property(value, ([name, given]) => assert.equal(readParameter(name, showParameter(name, given)), given)),
    fuzz(300),
  );
});

test("every basis point can be written as a percentage", () => {
  for (let bps = 0; bps <= 10_000; bps++) {
    const digits = String(bps).padStart(3, "0");
    assert.equal(readParameter("TaxShareBps", `${digits.slice(0, -2)}.${digits.slice(-2)} %`), BigInt(bps));
  }
});

describe("values are read without rounding", () => {
  const written: readonly (readonly [ParameterName, string, bigint])[] = [
    ["TaxShareBps", "1.1 %", 110n],
    ["TaxShareBps", "0.55%", 55n],
    ["TaxShareBps", "0.29 %", 29n],
    ["TaxShareBps", "55 bps", 55n],
    ["PayPeriodSeconds", "30 d", 2_592_000n],
    ["PayPeriodSeconds", "1.5 h", 5_400n],
    ["PayPeriodSeconds", "0.1 h", 360n],
    ["PayPeriodSeconds", "1 d 12 h 30 s", 129_630n],
    ["PayPeriodSeconds", "2,592,000 s", 2_592_000n],
    ["ReserveWei", "1,000.5 SNM", parseEther("1000.5")],
  ];
  for (const [name, text, value] of written)
    test(`${name} ${text}`, () => assert.equal(readParameter(name, text), value));

  const refused: readonly (readonly [ParameterName, string, RegExp, RegExp])[] = [
    ["TaxShareBps", "0.001 %", /smallest step is 0\.01 %/, /multiple of 0\.01 %/],
    ["TaxShareBps", "0.5 bps", /smallest step is 0\.01 %/, /multiple/],
    ["TaxShareBps", "0,5 %", /a comma only groups thousands/, /write 0\.5/],
    ["TaxShareBps", "1", /a number and a unit: %, bps/, /25 %/],
    ["TaxShareBps", "1 d", /its unit is one of %, bps, not d/, /25 %/],
    ["TaxShareBps", "1 % 5 bps", /each unit comes once/, /25 %/],
    ["TaxShareBps", "%", /a number and a unit/, /25 %/],
    ["TaxShareBps", "1 % of it", /a number and a unit/, /25 %/],
    ["TaxShareBps", "1e2 bps", /a number and a unit/, /25 %/],
    ["PayPeriodSeconds", "0.5 s", /smallest step is 1 s/, /multiple of 1 s/],
    ["PayPeriodSeconds", "1 h 1 d", /larger ones first/, /1 d 12 h/],
    ["PayPeriodSeconds", "1 d 1 d", /each unit comes once/, /1 d 12 h/],
    ["PayPeriodSeconds", "-1 d", /below 0/, /write/],
    ["PayPeriodSeconds", "", /a number and a unit/, /30 d/],
    ["ReserveWei", "1,5", /a comma only groups thousands/, /write 1\.5/],
  ];
  for (const [name, text, why, todo] of refused) {
    test(`${name} ${JSON.stringify(text)} is refused`, () =>
      assert.throws(
        () => readParameter(name, text),
        (error) => {
          assert.ok(error instanceof Failure);
          assert.match(error.why, why);
          assert.match(error.todo, todo);
          return true;
        },
      ));
  }
});

describe("a parameter's name", () => {
  test("is read with or without its unit, in any case, with or without dashes", () => {
    for (const text of ["TaxShareBps", "taxsharebps", "TaxShare", "tax-share", "tax-share-bps"])
      assert.equal(readParameterName(text), "TaxShareBps", text);
    assert.equal(readParameterName("reserve"), "ReserveWei");
    assert.equal(readParameterName("pay-period"), "PayPeriodSeconds");
    for (const name of parameterNames) assert.equal(readParameterName(name), name);
  });
  test("that is none is refused with those that there are", () => {
    for (const text of ["lunch", "", "bps"])
      assert.throws(
        () => readParameterName(text),
        (error) => error instanceof Failure && error.todo.includes(parameterNames.join(", ")),
      );
  });
});
