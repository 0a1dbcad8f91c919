import assert from "node:assert/strict";
import { test } from "node:test";
import {
  address,
  bigInteger,
  hash32,
  hexBytes,
  integer,
  list,
  literal,
  object,
  optional,
  type Shape,
  text,
} from "@sonm/protocol/values/shape";

const hash = `0x${"ab".repeat(32)}`;

const refused: [string, Shape<unknown>, unknown][] = [
  ["a fraction", integer(), 1.5],
  ["a number below the least", integer(3), 2],
  ["a number above the greatest", integer(0, 7), 8],
  ["NaN", integer(), Number.NaN],
  ["text for a number", integer(), "1"],
  ["a number for a bigint", bigInteger(), 1],
  ["a negative bigint", bigInteger(), -1n],
  ["text that is too long", text(3), "abcd"],
  ["a short hash", hash32, "0xab"],
  ["a hash without its prefix", hash32, "ab".repeat(33)],
  ["half a byte", hexBytes(10), "0xabc"],
  ["too many bytes", hexBytes(1), "0xabcd"],
  ["an address of 32 bytes", address, hash],
  ["another literal", literal("a"), "b"],
  ["a list that is too long", list(integer(), 1), [1, 2]],
  ["an object for a list", list(integer(), 1), {}],
  ["a list for an object", object({}), []],
  ["null for an object", object({}), null],
  ["a missing field", object({ a: integer() }), {}],
  ["a wrong field deep inside", object({ a: list(object({ b: hash32 }), 5) }), { a: [{ b: hash }, { b: 1 }] }],
];
for (const [name, shape, value] of refused) {
  test(`${name} is refused`, () => {
    assert.throws(() => shape(value, "it"), /The value is not valid: it/);
  });
}

test("the refusal names the place", () => {
  const shape = object({ a: list(object({ b: hash32 }), 5) });
  assert.throws(() => shape({ a: [{ b: hash }, { b: 1 }] }, "message"), /message\.a\[1\]\.b must be 32 bytes/);
});

test("what fits is returned without unknown fields", () => {
  const shape = object({ a: optional(integer()), b: text() });
  assert.deepEqual(shape({ b: "x", c: 3 }, "it"), { a: undefined, b: "x" });
});
