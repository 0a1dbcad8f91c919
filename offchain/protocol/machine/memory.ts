// 2^32 bytes, of which only the pages that were ever written exist. Pages that a tree holds are frozen: the first store to one copies
// it. So a snapshot is the tree, and hashing looks only at pages written since.
import {
  branch,
  EMPTY_TREE,
  PAGE_SIZE,
  type Page,
  pageIn,
  type Subtree,
  TREE_LEVELS,
  ZERO_PAGE,
} from "./memory-tree.ts";

/** Memory of one machine. `table` finds a page at once, `tree` is the state of the last `commit`, `open` are the pages written since. */
export type Memory = {
  readonly table: Page[][];
  readonly open: Map<number, Page>;
  tree: Subtree;
};

const TABLE_BITS = 10;
const TABLE_MASK = 2 ** TABLE_BITS - 1;
const OFFSET_BITS = 12;
const OFFSET_MASK = PAGE_SIZE - 1;
const EMPTY_TABLE: Page[] = new Array<Page>(2 ** TABLE_BITS).fill(ZERO_PAGE);

/** Memory that is all zero. */
export function createMemory(): Memory {
  return { table: new Array<Page[]>(2 ** TABLE_BITS).fill(EMPTY_TABLE), open: new Map(), tree: EMPTY_TREE };
}

/** The page that holds `address`. */
export function pageAt(memory: Memory, address: number): Page {
  return (memory.table[address >>> (OFFSET_BITS + TABLE_BITS)] as Page[])[
    (address >>> OFFSET_BITS) & TABLE_MASK
  ] as Page;
}

function place(memory: Memory, pageNumber: number, page: Page): void {
  const high = pageNumber >>> TABLE_BITS;
  let row = memory.table[high] as Page[];
  if (row === EMPTY_TABLE) {
    row = EMPTY_TABLE.slice();
    memory.table[high] = row;
  }
  row[pageNumber & TABLE_MASK] = page;
}

/** Replaces a frozen page by a copy that may be written. */
function thaw(memory: Memory, address: number): Page {
  const bytes = pageAt(memory, address).bytes.slice();
  const page: Page = { bytes, view: new DataView(bytes.buffer), frozen: false, hash: undefined };
  const pageNumber = address >>> OFFSET_BITS;
  place(memory, pageNumber, page);
  memory.open.set(pageNumber, page);
  return page;
}

function writable(memory: Memory, address: number): Page {
  const page = pageAt(memory, address);
  return page.frozen ? thaw(memory, address) : page;
}

/** Used to take apart 64 bits that lie in two pages. It is not done by shifts: see halves.ts. */
const scratch = new DataView(new ArrayBuffer(8));

/** The byte at `address`, 0 … 255. */
export function load8(memory: Memory, address: number): number {
  return pageAt(memory, address).view.getUint8(address & OFFSET_MASK);
}

/** The two bytes from `address` on, little-endian, 0 … 65535. */
export function load16(memory: Memory, address: number): number {
  const offset = address & OFFSET_MASK;
  if (offset > PAGE_SIZE - 2) return load8(memory, address) | (load8(memory, (address + 1) >>> 0) << 8);
  return pageAt(memory, address).view.getUint16(offset, true);
}

/** The four bytes from `address` on, little-endian, as a signed number. */
export function load32(memory: Memory, address: number): number {
  const offset = address & OFFSET_MASK;
  if (offset > PAGE_SIZE - 4) return load16(memory, address) | (load16(memory, (address + 2) >>> 0) << 16);
  return pageAt(memory, address).view.getInt32(offset, true);
}

/** The eight bytes from `address` on, little-endian, as a signed number. */
export function load64(memory: Memory, address: number): bigint {
  const offset = address & OFFSET_MASK;
  if (offset > PAGE_SIZE - 8) {
    scratch.setInt32(0, load32(memory, address), true);
    scratch.setInt32(4, load32(memory, (address + 4) >>> 0), true);
    return scratch.getBigInt64(0, true);
  }
  return pageAt(memory, address).view.getBigInt64(offset, true);
}

/** Stores the low byte of `value`. */
export function store8(memory: Memory, address: number, value: number): void {
  const page = writable(memory, address);
  const offset = address & OFFSET_MASK;
  page.view.setUint8(offset, value);
}

/** Stores the low two bytes of `value`, little-endian. */
export function store16(memory: Memory, address: number, value: number): void {
  const offset = address & OFFSET_MASK;
  if (offset > PAGE_SIZE - 2) {
    store8(memory, address, value);
    store8(memory, (address + 1) >>> 0, value >>> 8);
    return;
  }
  const page = writable(memory, address);
  page.view.setUint16(offset, value, true);
}

/** Stores the low four bytes of `value`, little-endian. */
export function store32(memory: Memory, address: number, value: number): void {
  const offset = address & OFFSET_MASK;
  if (offset > PAGE_SIZE - 4) {
    store16(memory, address, value);
    store16(memory, (address + 2) >>> 0, value >>> 16);
    return;
  }
  const page = writable(memory, address);
  page.view.setInt32(offset, value, true);
}

/** Stores the low eight bytes of `value`, little-endian. */
export function store64(memory: Memory, address: number, value: bigint): void {
  const offset = address & OFFSET_MASK;
  if (offset > PAGE_SIZE - 8) {
    scratch.setBigInt64(0, value, true);
    store32(memory, address, scratch.getInt32(0, true));
    store32(memory, (address + 4) >>> 0, scratch.getInt32(4, true));
    return;
  }
  const page = writable(memory, address);
  page.view.setBigInt64(offset, value, true);
}

/** Calls `visit` for each run of bytes within one page: its address, and its place among the `length` bytes. */
function eachRun(address: number, length: number, visit: (at: number, from: number, to: number) => void): void {
  for (let from = 0; from < length; ) {
    const at = (address + from) >>> 0;
    const to = Math.min(length, from + PAGE_SIZE - (at & OFFSET_MASK));
    visit(at, from, to);
    from = to;
  }
}

/** A copy of the `length` bytes from `address` on; wraps at the end of memory. */
export function readBytes(memory: Memory, address: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  eachRun(address, length, (at, from, to) => {
    const offset = at & OFFSET_MASK;
    bytes.set(pageAt(memory, at).bytes.subarray(offset, offset + to - from), from);
  });
  return bytes;
}

/** Writes `bytes` from `address` on; wraps at the end of memory. */
export function writeBytes(memory: Memory, address: number, bytes: Uint8Array): void {
  eachRun(address, bytes.length, (at, from, to) => {
    const page = writable(memory, at);
    page.bytes.set(bytes.subarray(from, to), at & OFFSET_MASK);
  });
}

/** Freezes what was written and returns the tree of it: a snapshot of memory, which never changes any more. */
export function commit(memory: Memory): Subtree {
  if (memory.open.size > 0) {
    for (const page of memory.open.values()) page.frozen = true;
    memory.tree = graft(memory.tree, TREE_LEVELS, [...memory.open]);
    memory.open.clear();
  }
  return memory.tree;
}

/** A tree like `node` of which the given pages (numbered within it) are replaced; all else is shared. */
function graft(node: Subtree, level: number, pages: readonly (readonly [number, Page])[]): Subtree {
  const first = pages[0];
  if (first === undefined) return node;
  if (!("left" in node)) return first[1];
  const half = 2 ** (level - 1);
  const left = pages.filter(([at]) => at < half);
  const right = pages.filter(([at]) => at >= half).map(([at, page]) => [at - half, page] as const);
  return branch(graft(node.left, level - 1, left), graft(node.right, level - 1, right));
}

/** Makes memory what it was when `tree` was committed. */
export function reset(memory: Memory, tree: Subtree): void {
  for (const pageNumber of memory.open.keys()) place(memory, pageNumber, pageIn(tree, pageNumber));
  memory.open.clear();
  replace(memory, memory.tree, tree, TREE_LEVELS, 0);
  memory.tree = tree;
}

/** Puts into the table the pages in which two trees differ. */
function replace(memory: Memory, from: Subtree, to: Subtree, level: number, pageNumber: number): void {
  if (from === to) return;
  if ("left" in from && "left" in to) {
    replace(memory, from.left, to.left, level - 1, pageNumber);
    replace(memory, from.right, to.right, level - 1, pageNumber + 2 ** (level - 1));
  } else if (!("left" in to)) {
    place(memory, pageNumber, to);
  }
}
