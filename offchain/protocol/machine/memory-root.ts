// The Merkle root of memory, of its regions, and paths in it (PROTOCOL.md, section 2). The lowest 7 levels of the tree are within a page.
// Hashes are computed when they are asked for, and then kept.
import { hashPair, hashTree } from "../merkle/keccak.ts";
import { pathOf, zeroRoot } from "../merkle/tree.ts";
import { PAGE_SIZE } from "./aside.ts";
import { LEAF_SIZE } from "./layout.ts";
import { childOf, isZero, TREE_LEVELS } from "./memory-tree.ts";
import type { Memory } from "./parts.ts";
import { bytesOf, commit } from "./snapshots.ts";

/** Levels of the tree within a page. */
const PAGE_HEIGHT = 7;

/** The hash of a node; `page` is the first one below it. It is not a copy. */
function hashOf(memory: Memory, node: number, level: number, page: number): Uint8Array {
  if (isZero(node)) return zeroRoot(level + PAGE_HEIGHT);
  const { nodes } = memory;
  if (nodes.hashed[node] === 0) {
    nodes.hashes.set(
      level === 0
        ? hashTree(bytesOf(memory, node, page))
        : hashPair(
            hashOf(memory, nodes.left[node] as number, level - 1, page),
            hashOf(memory, nodes.right[node] as number, level - 1, page + 2 ** (level - 1)),
          ),
      32 * node,
    );
    nodes.hashed[node] = 1;
  }
  return nodes.hashes.subarray(32 * node, 32 * node + 32);
}

/** Root of memory as it is now, 32 bytes. */
export function memoryRoot(memory: Memory): Uint8Array {
  return hashOf(memory, commit(memory), TREE_LEVELS, 0).slice();
}

/** Roots of the four regions as they are now, in address order. */
export function regionRoots(
  memory: Memory,
): readonly [program: Uint8Array, ram: Uint8Array, input: Uint8Array, output: Uint8Array] {
  const tree = commit(memory);
  const region = (number: number) => {
    const page = number * 2 ** (TREE_LEVELS - 2);
    const half = childOf(memory.nodes, tree, TREE_LEVELS, page);
    return hashOf(memory, childOf(memory.nodes, half, TREE_LEVELS - 1, page), TREE_LEVELS - 2, page).slice();
  };
  return [region(0), region(1), region(2), region(3)];
}

function leavesOf(page: Uint8Array): Uint8Array[] {
  return Array.from({ length: PAGE_SIZE / LEAF_SIZE }, (_, i) => page.slice(i * LEAF_SIZE, (i + 1) * LEAF_SIZE));
}

/** Siblings on the way from a leaf of memory (0 … 2^27 − 1) to the root, from level 0 upwards, as memory is now. */
export function memoryPath(memory: Memory, leaf: number): Uint8Array[] {
  const { nodes } = memory;
  const page = leaf >>> PAGE_HEIGHT;
  const above: Uint8Array[] = [];
  let node = commit(memory);
  for (let level = TREE_LEVELS; level > 0; level--) {
    const beside = ((page >>> (level - 1)) ^ 1) * 2 ** (level - 1);
    above.push(hashOf(memory, childOf(nodes, node, level, beside), level - 1, beside).slice());
    node = childOf(nodes, node, level, page);
  }
  const within = pathOf(leavesOf(bytesOf(memory, node, page)), PAGE_HEIGHT, leaf % 2 ** PAGE_HEIGHT);
  return [...within, ...above.reverse()];
}
