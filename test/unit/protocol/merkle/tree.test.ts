import assert from "node:assert/strict";
import test from "node:test";
import { createHasher, hashPair, keccak } from "@sonm/protocol/merkle/keccak";
import { foldPath, pathOf, rootOf, TreePositionError, zeroRoot } from "@sonm/protocol/merkle/tree";
import fc from "fast-check";
import keccak256 from "keccak256";
import { MerkleTree } from "merkletreejs";
import { fuzz } from "../../../support/fuzz.ts";

const leafBytes = fc.uint8Array({ minLength: 32, maxLength: 32 });

/** A tree by another library, over all positions. */
function oracle(leaves: readonly Uint8Array[], height: number): MerkleTree {
  const all = Array.from({ length: 2 ** height }, (_, i) => Buffer.from(leaves[i] ?? new Uint8Array(32)));
  return new MerkleTree(all, keccak256);
}

const trees = fc
  .integer({ min: 0, max: 7 })
  .chain((height) => fc.tuple(fc.constant(height), fc.array(leafBytes, { maxLength: 2 ** height })));

test("keccak is what the keccak256 package says, for every length around its block of 136 bytes", () => {
  for (const length of [0, 1, 31, 32, 64, 135, 136, 137, 271, 272, 273, 672, 4096, 100_000]) {
    const data = Uint8Array.from({ length }, (_, i) => (i * 7 + length) & 255);
    assert.deepEqual(Buffer.from(keccak(data)), keccak256(Buffer.from(data)), `length ${length}`);
  }
});

test("keccak and hashPair are what the keccak256 package says", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1000 }), leafBytes, leafBytes, (data, left, right) => {
      assert.deepEqual(Buffer.from(keccak(data)), keccak256(Buffer.from(data)));
      assert.deepEqual(Buffer.from(hashPair(left, right)), keccak256(Buffer.concat([left, right])));
    }),
    fuzz(100),
  );
});

test("bytes that come in parts have the same keccak, also if others hash in between", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 8 }), leafBytes, (parts, other) => {
      const hasher = createHasher();
      for (const [index, part] of parts.entries()) {
        hasher.update(part);
        hashPair(other, other);
        const soFar = Buffer.concat(parts.slice(0, index + 1));
        assert.deepEqual(hasher.digest(), keccak(soFar));
        keccak(other);
      }
      assert.deepEqual(hasher.digest(), keccak(Buffer.concat(parts)));
    }),
    fuzz(200),
  );
});

test("results do not change when later hashes are computed", () => {
  const first = keccak(new Uint8Array(3));
  const copy = first.slice();
  keccak(new Uint8Array(5));
  assert.deepEqual(first, copy);
});

test("roots and paths are those of merkletreejs over all positions", () => {
  fc.assert(
    fc.property(trees, fc.nat(), ([height, leaves], at) => {
      const tree = oracle(leaves, height);
      const index = at % 2 ** height;
      assert.deepEqual(Buffer.from(rootOf(leaves, height)), tree.getRoot());
      const proof = height === 0 ? [] : tree.getProof(tree.getLeaves()[index] as Buffer, index);
      assert.deepEqual(
        pathOf(leaves, height, index).map((sibling) => Buffer.from(sibling)),
        proof.map(({ data }) => data),
      );
    }),
    fuzz(40),
  );
});

test("a path folds to the root, and with another leaf or at another position to something else", () => {
  fc.assert(
    fc.property(trees, fc.nat(), leafBytes, ([height, leaves], at, other) => {
      const index = at % 2 ** height;
      const leaf = leaves[index] ?? zeroRoot(0);
      const path = pathOf(leaves, height, index);
      assert.deepEqual(foldPath(leaf, index, path), rootOf(leaves, height));
      if (!Buffer.from(other).equals(leaf)) assert.notDeepEqual(foldPath(other, index, path), rootOf(leaves, height));
      const sibling = path[0];
      if (sibling !== undefined && !Buffer.from(sibling).equals(leaf)) {
        assert.notDeepEqual(foldPath(leaf, index ^ 1, path), rootOf(leaves, height));
      }
    }),
    fuzz(100),
  );
});

test("the root of no leaves is the zero root, and each is the hash of two of the one below", () => {
  assert.deepEqual(zeroRoot(0), new Uint8Array(32));
  for (let height = 1; height <= 48; height++) {
    assert.deepEqual(rootOf([], height), zeroRoot(height));
    assert.deepEqual(zeroRoot(height), hashPair(zeroRoot(height - 1), zeroRoot(height - 1)));
  }
});

test("leaves, positions and folds beyond the tree are refused", () => {
  const leaf = new Uint8Array(32);
  assert.throws(() => rootOf([leaf, leaf, leaf], 1), TreePositionError);
  assert.throws(() => pathOf([leaf], 1, 2), TreePositionError);
  assert.throws(() => pathOf([leaf], 1, -1), TreePositionError);
  assert.throws(() => pathOf([leaf, leaf, leaf], 1, 0), TreePositionError);
  assert.throws(() => foldPath(leaf, 4, [leaf, leaf]), TreePositionError);
  assert.throws(() => foldPath(leaf, 0.5, [leaf, leaf]), TreePositionError);
});
