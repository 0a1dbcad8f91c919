// Binary Merkle trees of a fixed height over 32-byte leaves (PROTOCOL.md, section 2). The height is part of the use, never of the
// data, so a leaf can never be taken for a node. Positions beyond the last leaf hold zero.
import { hashPair } from "./keccak.ts";

/** Leaves do not fit: a tree of this height has fewer positions, or the position asked for is beyond its end. */
export class TreePositionError extends Error {
  override readonly name = "TreePositionError";
  readonly position: number;
  readonly height: number;

  constructor(position: number, height: number) {
    super(`A Merkle tree of height ${height} has ${2 ** height} leaves; position ${position} is outside of it.`);
    this.position = position;
    this.height = height;
  }
}

const zeroRoots: Uint8Array[] = [new Uint8Array(32)];

/** `Z(height)`: root of the tree whose leaves are all zero. Shared by all callers: do not write to it. */
export function zeroRoot(height: number): Uint8Array {
  const known = zeroRoots[height];
  if (known !== undefined) return known;
  const below = zeroRoot(height - 1);
  const root = hashPair(below, below);
  zeroRoots[height] = root;
  return root;
}

/** The level above: `level` is the height of the nodes given, which says what follows the last one. */
function parents(nodes: readonly Uint8Array[], level: number): Uint8Array[] {
  const above: Uint8Array[] = [];
  for (let i = 0; i < nodes.length; i += 2) {
    above.push(hashPair(nodes[i] as Uint8Array, nodes[i + 1] ?? zeroRoot(level)));
  }
  return above;
}

function requirePosition(position: number, height: number): void {
  if (!Number.isInteger(position) || position < 0 || position >= 2 ** height) {
    throw new TreePositionError(position, height);
  }
}

/**
 * Root of the tree with `leaves` from position 0 on.
 * @throws TreePositionError if there are more than `2 ** height`
 */
export function rootOf(leaves: readonly Uint8Array[], height: number): Uint8Array {
  if (leaves.length === 0) return zeroRoot(height);
  requirePosition(leaves.length - 1, height);
  let nodes = leaves;
  for (let level = 0; level < height; level++) nodes = parents(nodes, level);
  return nodes[0] as Uint8Array;
}

/**
 * The siblings on the way from position `index` to the root, from level 0 upwards.
 * @throws TreePositionError if `index` or a leaf is outside of the tree
 */
export function pathOf(leaves: readonly Uint8Array[], height: number, index: number): Uint8Array[] {
  requirePosition(index, height);
  if (leaves.length > 0) requirePosition(leaves.length - 1, height);
  const path: Uint8Array[] = [];
  let nodes = leaves;
  let position = index;
  for (let level = 0; level < height; level++) {
    const sibling = position % 2 === 0 ? position + 1 : position - 1;
    path.push(nodes[sibling] ?? zeroRoot(level));
    nodes = parents(nodes, level);
    position = Math.floor(position / 2);
  }
  return path;
}

/**
 * The root that follows from `leaf` at position `index` and its siblings. A proof holds if this is the known root.
 * @throws TreePositionError if `index` is outside of a tree as high as the path is long
 * @example
 * ```ts
 * import { foldPath, pathOf, rootOf } from "@sonm/protocol/merkle";
 *
 * const leaves = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
 * const [, second = new Uint8Array(32)] = leaves;
 * const proved = foldPath(second, 1, pathOf(leaves, 3, 1));
 * console.log(proved.toString() === rootOf(leaves, 3).toString());
 * ```
 */
export function foldPath(leaf: Uint8Array, index: number, path: readonly Uint8Array[]): Uint8Array {
  requirePosition(index, path.length);
  let node = leaf;
  let position = index;
  for (const sibling of path) {
    node = position % 2 === 0 ? hashPair(node, sibling) : hashPair(sibling, node);
    position = Math.floor(position / 2);
  }
  return node;
}
