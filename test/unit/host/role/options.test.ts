// What an option accepts, in a file and as a flag: its limits, its units, and what it says about anything else.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Failure } from "@sonm/protocol/values/failure";
import { text } from "@sonm/protocol/values/shape";
import { parseEther } from "viem";
import {
  flagOf,
  measured,
  needed,
  perhaps,
  type Sort,
  seconds,
  share,
  snm,
  usually,
  whole,
  words,
  yes,
} from "../../../../offchain/host/role/options.ts";

/** The value of what stands in a file, and of what stands behind a flag. */
const inFile = <T>(sort: Pick<Sort<T>, "shape">, value: unknown) => sort.shape(text())(value, "it");
const asFlag = <T>(sort: Sort<T>, value: string) => inFile(sort, sort.read(value));

describe("an amount of SNM", () => {
  test("is in wei; only a flag may leave the unit out", () => {
    assert.equal(inFile(snm, "12.5 SNM"), parseEther("12.5"));
    for (const flag of ["1,000", "1000 SNM", "1000 snm "]) assert.equal(asFlag(snm, flag), parseEther("1000"));
    assert.throws(
      () => inFile(snm, " 12 "),
      (error: Failure) => {
        assert.match(error.why, /^it must be an amount like "12\.5 SNM", not " 12 ": the unit is missing$/);
        assert.equal(error.todo, 'write "12 SNM"');
        return true;
      },
    );
  });

  test("is refused if it is none, and said why", () => {
    for (const value of ["SNM", "1.2.3 SNM", "-1 SNM", "x"]) {
      assert.throws(() => inFile(snm, value), /must be an amount like "12\.5 SNM"/, value);
    }
  });

  test("has at most 60 characters", () => {
    const long = (length: number) => "1 SNM".padStart(length);
    assert.equal(inFile(snm, long(60)), parseEther("1"));
    assert.throws(() => inFile(snm, long(61)), /text of at most 60 characters/);
  });
});

test("a number is one of its range, both ends included", () => {
  for (const [sort, good, bad] of [
    [whole(), [0, 1, Number.MAX_SAFE_INTEGER], [-1, 0.5]],
    [whole(1, 3), [1, 3], [0, 4]],
    [measured("percent", 1, 70), [1, 70], [0, 71]],
    [seconds, [1, 4_294_967_295], [0, 4_294_967_296]],
    [share, [0, 0.5, 1], [-0.1, 1.1]],
  ] as const) {
    for (const value of good) {
      assert.equal(inFile(sort, value), value);
      assert.equal(asFlag(sort, String(value)), value);
    }
    for (const value of bad) {
      assert.throws(() => inFile(sort, value), /^Failure: .*it must be/);
      assert.throws(() => asFlag(sort, String(value)), /it must be/);
    }
    for (const value of ["1", "", null, undefined, Number.NaN]) assert.throws(() => inFile(sort, value));
    for (const flag of ["many", "1e1", "0x1", "", " "]) assert.throws(() => asFlag(sort, flag), /it must be/, flag);
  }
});

test("a flag that is not given is false, and else true or false", () => {
  const flag = yes("does it");
  assert.deepEqual(
    [undefined, false, true].map((value) => inFile(flag, value)),
    [false, false, true],
  );
  for (const value of ["true", 1, null]) assert.throws(() => inFile(flag, value), /it must be true or false/);
  assert.equal(flag.needed, false);
});

test("an option that need not be given has its default, or none", () => {
  const [must, default7, may] = [needed(whole(), "a"), usually(whole(), 7, "b"), perhaps(whole(), "c")];
  assert.deepEqual(
    [must, default7, may].map((option) => option.needed),
    [true, false, false],
  );
  assert.deepEqual([inFile(default7, undefined), inFile(default7, 3), default7.otherwise], [7, 3, 7]);
  assert.deepEqual([inFile(may, undefined), inFile(may, 3)], [undefined, 3]);
  assert.throws(() => inFile(must, undefined));
  assert.throws(() => inFile(may, "x"));
});

test("text is as long as it may be", () => {
  assert.equal(asFlag(words(3, "<text>"), "abc"), "abc");
  assert.throws(() => asFlag(words(3, "<text>"), "abcd"));
});

test("a flag is the option's name in small letters", () => {
  assert.deepEqual(["hub", "lieUnit", "askAgainSeconds"].map(flagOf), ["--hub", "--lie-unit", "--ask-again-seconds"]);
});
