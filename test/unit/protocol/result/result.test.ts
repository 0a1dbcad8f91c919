import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { foldPath, rootOf } from "@sonm/protocol/merkle/tree";
import { claimId } from "@sonm/protocol/result/claim";
import { leafOf } from "@sonm/protocol/result/leaf";
import { createResultTree, resultTreeOf, roundsOf } from "@sonm/protocol/result/tree";
import type { Hex, JobId } from "@sonm/protocol/values/ids";
import fc from "fast-check";
import { bytesToHex, hexToBytes } from "viem";
import { createChain } from "../../../support/chain.ts";
import { fuzz } from "../../../support/fuzz.ts";
import { claim, hashOf, id, job } from "../../agents/fixtures.ts";
import { addresses, hashes } from "../job/arbitrary.ts";

const connection = await createChain();
const types = await connection.viem.deployContract("TypesDouble");

const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const batches = fc.record({
  miner: addresses,
  job: hashes as fc.Arbitrary<JobId>,
  first: word,
  resultHashes: fc.array(hashes, { minLength: 1, maxLength: 80 }),
});

/** The node over eight children. Missing children are zero subtrees of the given height. */
function nodeOver(children: readonly Hex[], height: number): Hex {
  const nodes = [...children.map((child) => hexToBytes(child))];
  while (nodes.length < 8) nodes.push(rootOf([], height));
  return bytesToHex(rootOf(nodes, 3));
}

describe("a claim", () => {
  it("has the id that the contracts compute", async () => {
    const claims = fc.record({
      job: hashes as fc.Arbitrary<JobId>,
      batch: word,
      attempt: word,
      miner: addresses,
      pay: fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }),
      root: hashes,
    });
    await fc.assert(
      fc.asyncProperty(claims, async (claim) => {
        assert.equal(claimId(claim), await types.read.claimId([claim]));
      }),
      fuzz(30),
    );
  });
});

describe("a result tree", () => {
  it("has as many rounds as its units need", () => {
    assert.deepEqual(
      [1, 2, 8, 9, 64, 65, 512, 513, 32_768].map((n) => roundsOf(n)),
      [1, 1, 1, 2, 2, 3, 3, 4, 5],
    );
  });

  it("opens every leaf, and no leaf under another number or miner", () => {
    fc.assert(
      fc.property(batches, addresses, (batch, stranger) => {
        // Two equal addresses are not rare: fast-check prefers the ends of a range.
        fc.pre(stranger !== batch.miner);
        const tree = createResultTree(batch);
        const foldAt = (leaf: Hex, position: number) => {
          const path = tree.path(position).map((sibling) => hexToBytes(sibling));
          assert.equal(path.length, 3 * tree.rounds);
          return bytesToHex(foldPath(hexToBytes(leaf), position, path));
        };
        for (const [position, hash] of batch.resultHashes.entries()) {
          const unit = batch.first + position;
          assert.equal(foldAt(leafOf(batch.miner, batch.job, unit, hash), position), tree.root);
          assert.notEqual(foldAt(leafOf(batch.miner, batch.job, unit + 1, hash), position), tree.root);
          assert.notEqual(foldAt(leafOf(stranger, batch.job, unit, hash), position), tree.root);
        }
      }),
      fuzz(20),
    );
  });

  it("of a claim is over the numbers of its batch's units, in its miner's name", () => {
    const resultHashes = [1, 2, 3, 4].map(hashOf);
    for (const [batch, first] of [0, job.batchSize].entries()) {
      const tree = createResultTree({ miner: claim.miner, job: id, first, resultHashes });
      assert.equal(resultTreeOf(job, { ...claim, batch }, resultHashes).root, tree.root);
    }
  });

  it("is the plain tree over its leaves", () => {
    fc.assert(
      fc.property(batches, (batch) => {
        const tree = createResultTree(batch);
        const leaves = batch.resultHashes.map((hash, i) =>
          hexToBytes(leafOf(batch.miner, batch.job, batch.first + i, hash)),
        );
        assert.equal(tree.root, bytesToHex(rootOf(leaves, 3 * tree.rounds)));
      }),
      fuzz(20),
    );
  });

  it("shows at each level children that hash up to their node, from the root to the result hashes", () => {
    fc.assert(
      fc.property(batches, (batch) => {
        const tree = createResultTree(batch);
        const descend = (level: number, index: number, node: Hex): number => {
          const children = tree.children(level, index);
          if (level === 1) {
            const leaves = children.map((hash, i) => leafOf(batch.miner, batch.job, batch.first + 8 * index + i, hash));
            assert.equal(nodeOver(leaves, 0), node);
            return children.length;
          }
          assert.equal(nodeOver(children, 3 * (level - 1)), node);
          return children.reduce((sum, child, i) => sum + descend(level - 1, 8 * index + i, child), 0);
        };
        assert.equal(descend(tree.rounds, 0, tree.root), batch.resultHashes.length);
      }),
      fuzz(20),
    );
  });
});
