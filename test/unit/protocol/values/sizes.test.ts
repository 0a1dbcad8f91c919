// Bytes from strangers: a decoder asks for no more memory than they hold, whatever their headers claim.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { encode as pack } from "@msgpack/msgpack";
import { encodeManifest, mostManifestBytes } from "@sonm/protocol/job/manifest";
import { encodeDelivery, mostDeliveryBytes } from "@sonm/protocol/result/delivery";
import { decode, encode } from "@sonm/protocol/values/codec";
import { Failure } from "@sonm/protocol/values/failure";
import type { ContentId } from "@sonm/protocol/values/ids";
import { checkSizes } from "@sonm/protocol/values/sizes";
import fc from "fast-check";
import { bytesToHex, concat, hexToBytes } from "viem";
import { fuzz } from "../../../support/fuzz.ts";

const MOST = 2 ** 16;
const refuses = (hex: `0x${string}`, why: RegExp, most = MOST) =>
  assert.throws(
    () => checkSizes(hexToBytes(hex), most),
    (error: Failure) => error instanceof Failure && why.test(error.why),
  );

test("S2: headers that claim what is not there are refused before anything is made", () => {
  const early = /they end within a value/;
  for (const hex of ["0xdd7fffffff", "0xdf7fffffff", "0xdbffffffff", "0xc6ffffffff", "0xc9ffffffff01"] as const)
    refuses(hex, early);
  // Fifty arrays within each other, each claiming the rest of the bytes and more.
  refuses(concat(Array.from({ length: 50 }, () => "0xdd000000ff" as const)), early);
  // Each claims what is left for it, but both together claim more than there is.
  refuses("0x9293c0c0", early);
});

test("S2: a letter of 453 bytes that ended a process is refused", () => {
  // Eighty-nine arrays of 2^31 − 1 elements within each other.
  const letter = concat([...Array.from({ length: 90 }, () => "0xdd7fffffff" as const), "0xc0c0c0"]);
  const child = spawnSync(
    process.execPath,
    [
      "--input-type=module",
      "-e",
      `import { decode } from "@sonm/protocol/values/codec";
       try { decode(Buffer.from("${letter.slice(2)}", "hex")); } catch (error) { console.log(error.name, error.why); }`,
    ],
    { encoding: "utf8", timeout: 60_000, cwd: import.meta.dirname },
  );
  assert.equal(child.stdout.trim(), "Failure they end within a value", child.stderr);
  assert.equal(child.signal, null);
});

test("S2: depth and number of values are bounded", () => {
  const nested = (depth: number) => new Uint8Array([...Array(depth).fill(0x91), 0xc0]);
  checkSizes(nested(31), MOST);
  assert.throws(() => checkSizes(nested(32), MOST), /more than 32 values within each other/);
  const many = encode(Array(9).fill(0));
  checkSizes(many, 10);
  assert.throws(() => checkSizes(many, 9), /more than 9 values/);
  assert.throws(() => decode(many, 9), /more than 9 values/);
});

test("something after the value is refused, and a kind that is not known", () => {
  refuses("0xc0c0", /something follows/);
  refuses("0xc1", /no known kind/);
  refuses("0x", /they end within a value/);
});

test("whatever the format can say passes, cut anywhere it does not", () => {
  const leaf = fc.oneof(
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.double({ noNaN: true }),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    fc.string({ maxLength: 70_000, size: "medium" }),
    fc.uint8Array({ maxLength: 300 }),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, leaf, fc.array(tie("value")), fc.dictionary(fc.string(), tie("value"))),
  }));
  fc.assert(
    fc.property(value, fc.nat(), (one, cut) => {
      const bytes = pack(one, { useBigInt64: true });
      checkSizes(bytes, 2 ** 20);
      assert.throws(() => checkSizes(bytes.subarray(0, cut % bytes.length), 2 ** 20), Failure);
    }),
    fuzz(300),
  );
});

test("long lengths of every width pass", () => {
  for (const length of [0, 15, 16, 31, 32, 255, 256, 65_535, 65_536]) {
    checkSizes(encode("x".repeat(length)), 1);
    checkSizes(encode(new Uint8Array(length)), 1);
    checkSizes(encode(Array(length).fill(null)), length + 1);
    checkSizes(encode(Object.fromEntries(Array.from({ length }, (_, i) => [i, 1]))), 2 * length + 1);
  }
});

test("S2: no bytes at all make the decoder do anything but answer or refuse", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      try {
        decode(bytes);
      } catch (error) {
        assert.ok(error instanceof Failure, bytesToHex(bytes));
      }
    }),
    fuzz(2_000),
  );
});

test("the largest manifest and delivery fit into what is fetched of them, and into the values that are read", () => {
  const hash = `0x${"ff".repeat(32)}` as const;
  const units = 32_768;
  const proof = new Uint8Array(4096);
  const delivery = encodeDelivery(
    Array.from({ length: units }, () => ({ resultHash: hash, output: hash as ContentId, proof })),
  );
  assert.ok(delivery.length <= mostDeliveryBytes(units));
  assert.ok(mostDeliveryBytes(units) < 1.02 * delivery.length, "and not much more");
  checkSizes(delivery, 7 * units + 5);
  const hashes = Array.from({ length: units }, () => hash);
  const manifest = encodeManifest({
    image: hash as ContentId,
    inputs: hashes as ContentId[],
    inputRoots: hashes,
    nonce: hash,
  });
  assert.ok(manifest.length <= mostManifestBytes(units));
  assert.ok(mostManifestBytes(units) < 1.02 * manifest.length);
  checkSizes(manifest, 2 * units + 11);
});
