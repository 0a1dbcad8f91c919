import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readSnm, showSnm } from "@sonm/protocol/values/amounts";
import { Failure } from "@sonm/protocol/values/failure";
import fc from "fast-check";
import { parseEther } from "viem";
import { fuzz } from "../../../support/fuzz.ts";

const wei = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), fc.bigInt({ min: 0n, max: 10n ** 21n }));

describe("what is shown can be typed", () => {
  test("every amount, with its unit and without, grouped and plain", () => {
    fc.assert(
      fc.property(wei, (amount) => {
        const shown = showSnm(amount);
        const bare = shown.replace(" SNM", "");
        for (const text of [shown, bare, bare.replaceAll(",", ""), ` ${bare}snm `]) assert.equal(readSnm(text), amount);
      }),
      fuzz(300),
    );
  });

  const written: Record<string, string> = {
    "1": "1",
    "0": "0",
    "1.5": "1.5",
    "1.50": "1.5",
    "0.000000000000000001": "0.000000000000000001",
    "1.0000000000000000000": "1",
    "1,000": "1000",
    "12,345,678.5": "12345678.5",
    "12.5SNM": "12.5",
    "12.5 snm": "12.5",
  };
  for (const [text, snm] of Object.entries(written)) {
    test(text, () => assert.equal(readSnm(text), parseEther(snm)));
  }
});

describe("everything else is refused, with the mistake and what to write", () => {
  const refused: Record<string, readonly [why: RegExp, todo: RegExp]> = {
    "1,5": [/a comma only groups thousands/, /^write 1\.5$/],
    "0,001": [/a comma only groups thousands/, /^write 0\.001$/],
    "12,50 SNM": [/a comma only groups thousands/, /^write 12\.50$/],
    "1000,000": [/a comma only groups thousands/, /^write 1000\.000$/],
    "1,00,000": [/three digits each/, /like 1,000/],
    "1,0000.5": [/three digits each/, /like 1,000/],
    ",5": [/three digits each/, /leave commas out/],
    "1.234.567": [/one point at most/, /12\.5/],
    "1.234,5": [/no comma after it/, /12\.5/],
    "1.000.000,5": [/one point at most/, /12\.5/],
    ".5": [/both sides of its point/, /^write 0\.5$/],
    "5.": [/both sides of its point/, /^write 5$/],
    "007": [/no zeros in front/, /^write 7$/],
    "00.5": [/no zeros in front/, /^write 0\.5$/],
    "-1": [/below 0/, /12\.5/],
    "+1": [/not a decimal number/, /12\.5/],
    "1e3": [/not a decimal number/, /12\.5/],
    "0x10": [/not a decimal number/, /12\.5/],
    "1_000": [/not a decimal number/, /12\.5/],
    "1 000": [/not a decimal number/, /12\.5/],
    "1'000": [/not a decimal number/, /12\.5/],
    "١": [/not a decimal number/, /12\.5/],
    "1 ETH": [/not a decimal number/, /12\.5/],
    "": [/not a decimal number/, /12\.5/],
    SNM: [/not a decimal number/, /12\.5/],
    NaN: [/not a decimal number/, /12\.5/],
    "1.0000000000000000001": [/at most 18 digits after the point/, /^write 1\.000000000000000000 /],
    [`1${"0".repeat(21)}`]: [/not as many SNM/, /smaller/],
  };
  for (const [text, [why, todo]] of Object.entries(refused)) {
    test(JSON.stringify(text), () =>
      assert.throws(
        () => readSnm(text),
        (error) => {
          assert.ok(error instanceof Failure);
          assert.equal(error.what, `"${text}" is not an amount of SNM`);
          assert.match(error.why, why);
          assert.match(error.todo, todo);
          return true;
        },
      ),
    );
  }
});
