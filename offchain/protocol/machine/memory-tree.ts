// The Merkle tree of memory above its pages (PROTOCOL.md, section 2), as nodes that several states share. A node is a number; all that is
// known of it stands in arrays, so that a million pages cost their bytes and little more. A node never changes: a store makes new ones.

/** Levels of nodes above the pages: memory has 2^20 pages. */
export const TREE_LEVELS = 20;

/** Where the bytes of a page are: in the machine's memory itself, or else at a place outside (see aside.ts), 0 or more. */
export const IN_PLACE = -1;

/** All nodes of one memory. The nodes 0 … TREE_LEVELS are the subtrees of these levels that are all zero; they are never freed. */
export type Nodes = {
  /** the left child; of a page, where its bytes are; of a free node, the next free one */
  left: Int32Array<ArrayBuffer>;
  right: Int32Array<ArrayBuffer>;
  /** number of parents and holders; the node is free when it is 0 */
  uses: Int32Array<ArrayBuffer>;
  /** 1 once the hash is known */
  hashed: Uint8Array<ArrayBuffer>;
  /** 32 bytes each */
  hashes: Uint8Array<ArrayBuffer>;
  /** nodes made so far */
  count: number;
  /** the first free node; 0 if there is none */
  free: number;
};

const FIRST_CAPACITY = 64;

/** Nodes of a memory that is all zero: its tree is node `TREE_LEVELS`. */
export function createNodes(): Nodes {
  const nodes: Nodes = {
    left: new Int32Array(FIRST_CAPACITY),
    right: new Int32Array(FIRST_CAPACITY),
    uses: new Int32Array(FIRST_CAPACITY),
    hashed: new Uint8Array(FIRST_CAPACITY),
    hashes: new Uint8Array(32 * FIRST_CAPACITY),
    count: TREE_LEVELS + 1,
    free: 0,
  };
  for (let level = 1; level <= TREE_LEVELS; level++) {
    nodes.left[level] = level - 1;
    nodes.right[level] = level - 1;
  }
  return nodes;
}

/** Whether nothing was ever written below a node. */
export function isZero(node: number): boolean {
  return node <= TREE_LEVELS;
}

/** Twice as many nodes. The arrays are moved, so that there are never two of each. */
function grow(nodes: Nodes): void {
  const capacity = 2 * nodes.uses.length;
  nodes.left = new Int32Array(nodes.left.buffer.transfer(4 * capacity));
  nodes.right = new Int32Array(nodes.right.buffer.transfer(4 * capacity));
  nodes.uses = new Int32Array(nodes.uses.buffer.transfer(4 * capacity));
  nodes.hashed = new Uint8Array(nodes.hashed.buffer.transfer(capacity));
  nodes.hashes = new Uint8Array(nodes.hashes.buffer.transfer(32 * capacity));
}

/** A new node with one use. For a branch, the uses of its children that the caller had become the node's own. */
export function newNode(nodes: Nodes, left: number, right: number): number {
  let node = nodes.free;
  if (node !== 0) nodes.free = nodes.left[node] as number;
  else {
    node = nodes.count++;
    if (node === nodes.uses.length) grow(nodes);
  }
  nodes.left[node] = left;
  nodes.right[node] = right;
  nodes.uses[node] = 1;
  return node;
}

/** One use more. */
export function retain(nodes: Nodes, node: number): number {
  if (!isZero(node)) nodes.uses[node] = (nodes.uses[node] as number) + 1;
  return node;
}

/**
 * One use less. A node without any is freed, and its children lose one.
 * @param freePage gets the place of each page that is freed and not in place
 */
export function release(nodes: Nodes, node: number, level: number, freePage: (place: number) => void): void {
  if (isZero(node)) return;
  const uses = (nodes.uses[node] as number) - 1;
  nodes.uses[node] = uses;
  if (uses > 0) return;
  const left = nodes.left[node] as number;
  if (level > 0) {
    release(nodes, left, level - 1, freePage);
    release(nodes, nodes.right[node] as number, level - 1, freePage);
  } else if (left !== IN_PLACE) freePage(left);
  nodes.hashed[node] = 0;
  nodes.left[node] = nodes.free;
  nodes.free = node;
}

/** Whether others use a node too, besides whoever holds the tree that it is in. Zero subtrees need no others. */
export function isShared(nodes: Nodes, node: number): boolean {
  return (nodes.uses[node] as number) > 1;
}

/** The child of a node on the way to a page. */
export function childOf(nodes: Nodes, node: number, level: number, page: number): number {
  return ((page >>> (level - 1)) & 1 ? nodes.right[node] : nodes.left[node]) as number;
}

/** A tree like `node` in which the given pages (ascending, from `from` to before `to`) are new ones in place; all else is shared. */
export function graft(nodes: Nodes, node: number, level: number, pages: Int32Array, from: number, to: number): number {
  if (from === to) return retain(nodes, node);
  if (level === 0) return newNode(nodes, IN_PLACE, 0);
  let [half, end] = [from, to];
  while (half < end) {
    const middle = (half + end) >>> 1;
    if (((pages[middle] as number) >>> (level - 1)) & 1) end = middle;
    else half = middle + 1;
  }
  const left = graft(nodes, nodes.left[node] as number, level - 1, pages, from, half);
  const right = graft(nodes, nodes.right[node] as number, level - 1, pages, half, to);
  return newNode(nodes, left, right);
}
