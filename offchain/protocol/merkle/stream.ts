// The root of a tree whose leaves come in order, in memory that does not grow with their number.
import { hashPair, hashTree } from "./keccak.ts";
import { TreePositionError, zeroRoot } from "./tree.ts";

const LEAF_SIZE = 32;
/** Levels that are hashed at once: a page of 128 leaves. */
const PAGE_HEIGHT = 7;
const PAGE_SIZE = LEAF_SIZE * 2 ** PAGE_HEIGHT;

/** Takes leaves, of 32 bytes each, in parts of any length. */
export type TreeHasher = {
  update(part: Uint8Array): void;
  /**
   * The root. Bytes that are no whole leaf yet are followed by zeros. The hasher takes nothing more.
   * @param beyond what the tree has right of the last leaf, by level; zero subtrees if it is not given
   */
  root(beyond?: readonly Uint8Array[]): Uint8Array;
};

/**
 * Starts a tree of this height, of at least 7.
 * @throws TreePositionError from its `update`, if there are more than `2 ** height` leaves
 */
export function createTreeHasher(height: number): TreeHasher {
  /** by level: a left node that waits for its right sibling */
  const waiting: (Uint8Array | undefined)[] = [];
  const page = new Uint8Array(PAGE_SIZE);
  let held = 0;
  let size = 0;

  function push(node: Uint8Array, level: number): void {
    let [above, at] = [node, level];
    for (let left = waiting[at]; left !== undefined; left = waiting[at]) {
      above = hashPair(left, above);
      waiting[at++] = undefined;
    }
    waiting[at] = above;
  }

  return {
    update(part) {
      size += part.length;
      if (size > LEAF_SIZE * 2 ** height) throw new TreePositionError(2 ** height, height);
      for (let at = 0; at < part.length; ) {
        const taken = part.subarray(at, at + PAGE_SIZE - held);
        at += taken.length;
        if (taken.length === PAGE_SIZE) push(hashTree(taken), PAGE_HEIGHT);
        else {
          page.set(taken, held);
          held += taken.length;
          if (held < PAGE_SIZE) return;
          push(hashTree(page), PAGE_HEIGHT);
          held = 0;
        }
      }
    },
    root(beyond) {
      page.fill(0, held);
      for (let at = 0; at < held; at += LEAF_SIZE) push(page.slice(at, at + LEAF_SIZE), 0);
      let last: Uint8Array | undefined;
      for (let level = 0; level < height; level++) {
        const left = waiting[level];
        const right = () => beyond?.[level] ?? zeroRoot(level);
        if (left) last = hashPair(left, last ?? right());
        else if (last) last = hashPair(last, right());
      }
      return last ?? waiting[height] ?? zeroRoot(height);
    },
  };
}
