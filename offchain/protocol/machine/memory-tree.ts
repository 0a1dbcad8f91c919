// Memory as an immutable tree of pages, which share what they have in common and remember their hashes: the Merkle tree of
// PROTOCOL.md, section 2, whose lowest 7 levels are within a page.
import { hashPair, hashTree } from "../merkle/keccak.ts";
import { pathOf } from "../merkle/tree.ts";
import { LEAF_SIZE } from "./layout.ts";

/** Bytes of a page. */
export const PAGE_SIZE = 4096;
/** Levels of the tree within a page, and above it. */
const PAGE_HEIGHT = 7;
/** Levels of nodes above the pages: memory has 2^20 pages. */
export const TREE_LEVELS = 20;

/** A page: its bytes, and its root once computed. Once `frozen` its bytes never change. */
export type Page = {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  frozen: boolean;
  hash: Uint8Array | undefined;
};

/** A node above the pages. */
export type Branch = { readonly left: Subtree; readonly right: Subtree; hash: Uint8Array | undefined };

/** A page, or a node above pages. */
export type Subtree = Page | Branch;

/** A node over two subtrees; its hash is computed when first asked for. */
export function branch(left: Subtree, right: Subtree): Branch {
  return { left, right, hash: undefined };
}

const zeroBytes = new Uint8Array(PAGE_SIZE);

/** The page wherever nothing was ever written. */
export const ZERO_PAGE: Page = {
  bytes: zeroBytes,
  view: new DataView(zeroBytes.buffer),
  frozen: true,
  hash: undefined,
};

/** All memory at zero. Every level is one node, so that untouched memory costs nothing. */
export const EMPTY_TREE: Subtree = emptyTree(TREE_LEVELS);

function emptyTree(levels: number): Subtree {
  if (levels === 0) return ZERO_PAGE;
  const below = emptyTree(levels - 1);
  return branch(below, below);
}

/** The page with that number, 0 … 2^20 − 1. */
export function pageIn(tree: Subtree, pageNumber: number): Page {
  let node = tree;
  for (let level = TREE_LEVELS - 1; "left" in node; level--) {
    node = (pageNumber >>> level) & 1 ? node.right : node.left;
  }
  return node;
}

function leavesOf(page: Page): Uint8Array[] {
  return Array.from({ length: PAGE_SIZE / LEAF_SIZE }, (_, i) =>
    page.bytes.subarray(i * LEAF_SIZE, (i + 1) * LEAF_SIZE),
  );
}

/** Merkle root of a subtree. */
export function hashOf(node: Subtree): Uint8Array {
  node.hash ??= "left" in node ? hashPair(hashOf(node.left), hashOf(node.right)) : hashTree(node.bytes);
  return node.hash;
}

/** Siblings on the way from a leaf of memory (0 … 2^27 − 1) to the root, from level 0 upwards. */
export function memoryPath(tree: Subtree, leaf: number): Uint8Array[] {
  const above: Uint8Array[] = [];
  let node = tree;
  for (let bit = TREE_LEVELS + PAGE_HEIGHT - 1; "left" in node; bit--) {
    const goRight = (leaf >>> bit) & 1;
    above.push(hashOf(goRight ? node.left : node.right));
    node = goRight ? node.right : node.left;
  }
  return [...pathOf(leavesOf(node), PAGE_HEIGHT, leaf % 2 ** PAGE_HEIGHT), ...above.reverse()];
}

/** The four subtrees of the regions, in address order. */
export function regionsOf(tree: Subtree): readonly [program: Subtree, ram: Subtree, input: Subtree, output: Subtree] {
  if (!("left" in tree && "left" in tree.left && "left" in tree.right)) throw new TypeError("not a tree of memory");
  return [tree.left.left, tree.left.right, tree.right.left, tree.right.right];
}
