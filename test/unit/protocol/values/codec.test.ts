import assert from "node:assert/strict";
import { test } from "node:test";
import { decode, encode } from "@sonm/protocol/values/codec";
import { Failure } from "@sonm/protocol/values/failure";
import fc from "fast-check";
import { fuzz } from "../../../support/fuzz.ts";

test("bigints of any size and sign come back as they went", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 256n), max: 2n ** 256n }), (value) => {
      assert.equal(decode(encode(value)), value);
    }),
    fuzz(100),
  );
});

test("nested values come back as they went", () => {
  const value = { a: [1, "x", null, true, 5n], b: { bytes: Uint8Array.of(1, 2, 255) }, c: 2 ** 48 };
  assert.deepEqual(decode(encode(value)), value);
});

test("fields that are undefined are left out", () => {
  assert.deepEqual(decode(encode({ a: 1, b: undefined })), { a: 1 });
});

test("encodings do not share memory", () => {
  const first = encode("first");
  encode("other");
  assert.equal(decode(first), "first");
});

test("malformed bytes are refused with a reason", () => {
  for (const bytes of [Uint8Array.of(), Uint8Array.of(0x92, 1), Uint8Array.of(0xd4, 1, 0x78), Uint8Array.of(1, 2)]) {
    assert.throws(() => decode(bytes), Failure);
  }
});
