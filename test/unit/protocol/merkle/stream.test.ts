import assert from "node:assert/strict";
import { test } from "node:test";
import { hashPair } from "@sonm/protocol/merkle/keccak";
import { createTreeHasher } from "@sonm/protocol/merkle/stream";
import { rootOf, TreePositionError, zeroRoot } from "@sonm/protocol/merkle/tree";
import fc from "fast-check";
import { fuzz } from "../../../support/fuzz.ts";

const HEIGHT = 10;
const PAGE = 4096;

function leavesOf(bytes: Uint8Array): Uint8Array[] {
  const whole = new Uint8Array(Math.ceil(bytes.length / 32) * 32);
  whole.set(bytes);
  return Array.from({ length: whole.length / 32 }, (_, i) => whole.subarray(32 * i, 32 * i + 32));
}

/** The root, level by level, with what is beyond the last node of each. */
function rootByLevels(leaves: readonly Uint8Array[], beyond: readonly Uint8Array[]): Uint8Array {
  let nodes = leaves;
  for (const right of beyond) {
    const below = nodes;
    nodes = Array.from({ length: Math.ceil(below.length / 2) }, (_, i) =>
      hashPair(below[2 * i] ?? assert.fail(), below[2 * i + 1] ?? right),
    );
  }
  return nodes[0] ?? assert.fail("there is no leaf");
}

/** Sizes at the borders of leaves, pages and of the whole tree, and others. */
const sizes = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(0, 32, PAGE, 2 * PAGE, 3 * PAGE, 7 * PAGE, 32 * 2 ** HEIGHT),
      fc.integer({ min: -33, max: 33 }),
    )
    .map(([size, change]) => Math.min(32 * 2 ** HEIGHT, Math.max(0, size + change))),
  fc.integer({ min: 0, max: 32 * 2 ** HEIGHT }),
);

/** Bytes, and the lengths of the parts in which they come, again and again. */
const streams = fc.tuple(
  sizes,
  fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 5 }),
  fc.nat(255),
);

function streamed([size, lengths, first]: readonly [number, readonly number[], number]) {
  const bytes = Uint8Array.from({ length: size }, (_, i) => first + i * 7 + (i >>> 8));
  const tree = createTreeHasher(HEIGHT);
  for (let at = 0, i = 0; at < size; i++) {
    const length = lengths[i % lengths.length] ?? 1;
    // The maker of parts may use its memory again.
    const part = bytes.slice(at, at + length);
    tree.update(part);
    part.fill(0xee);
    at += length;
  }
  return { leaves: leavesOf(bytes), tree };
}

test("G5: the root of leaves that come in parts is that of all of them", () => {
  fc.assert(
    fc.property(streams, (stream) => {
      const { leaves, tree } = streamed(stream);
      assert.deepEqual(tree.root(), rootOf(leaves, HEIGHT));
    }),
    fuzz(60),
  );
});

test("G5: so is the root with something beyond the last leaf", () => {
  const beyond = Array.from({ length: HEIGHT }, (_, level) => new Uint8Array(32).fill(level + 1));
  fc.assert(
    fc.property(streams, (stream) => {
      const { leaves, tree } = streamed(stream);
      if (leaves.length > 0) assert.deepEqual(tree.root(beyond), rootByLevels(leaves, beyond));
    }),
    fuzz(60),
  );
});

test("G5: no leaf is the zero tree, and more leaves than the tree has are refused", () => {
  assert.deepEqual(createTreeHasher(HEIGHT).root(), zeroRoot(HEIGHT));
  const tree = createTreeHasher(HEIGHT);
  tree.update(new Uint8Array(32 * 2 ** HEIGHT));
  assert.throws(() => tree.update(new Uint8Array(1)), TreePositionError);
});
