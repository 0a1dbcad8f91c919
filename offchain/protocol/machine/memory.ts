// Loads and stores. A store goes to the place where the byte is; the first one to a page since the last `commit` marks the page, and saves
// what snapshots still need of it.
import { PAGE_SIZE } from "./aside.ts";
import { bytesOfPage, type Memory, makePart, mark, PAGE_BITS, PAGES_MASK, PART_BITS, PART_SIZE } from "./parts.ts";
import { saveOverwritten } from "./snapshots.ts";

// The engine's optimizer takes constants of this file for constants, but not those of others.
const PAGE_SHIFT = PAGE_BITS;
const PAGE_MASK = PAGE_SIZE - 1;
const PART_SHIFT = PART_BITS;
const PART_MASK = PART_SIZE - 1;
const MARKS = PART_SIZE;
const PAGE_IN_PART = PAGES_MASK;

/** The part that holds `address`. */
function viewAt(memory: Memory, address: number): DataView {
  return memory.views[address >>> PART_SHIFT] as DataView;
}

/** The part that holds `address`, the first store to a page since the last commit. */
function touch(memory: Memory, address: number): DataView {
  const page = address >>> PAGE_BITS;
  if (!makePart(memory, page)) saveOverwritten(memory, page);
  mark(memory, page, 1);
  memory.written.push(page);
  return viewAt(memory, address);
}

/** The part that holds `address`, for a store. */
function writable(memory: Memory, address: number): DataView {
  const view = viewAt(memory, address);
  return view.getUint8(MARKS + ((address >>> PAGE_SHIFT) & PAGE_IN_PART)) === 0 ? touch(memory, address) : view;
}

/** Used to take apart 64 bits that lie in two pages. It is not done by shifts: see halves.ts. */
const scratch = new DataView(new ArrayBuffer(8));

/** The byte at `address`, 0 … 255. */
export function load8(memory: Memory, address: number): number {
  return viewAt(memory, address).getUint8(address & PART_MASK);
}

/** The two bytes from `address` on, little-endian, 0 … 65535. */
export function load16(memory: Memory, address: number): number {
  const offset = address & PART_MASK;
  if (offset > PART_MASK - 1) return load8(memory, address) | (load8(memory, (address + 1) >>> 0) << 8);
  return viewAt(memory, address).getUint16(offset, true);
}

/** The four bytes from `address` on, little-endian, as a signed number. */
export function load32(memory: Memory, address: number): number {
  const offset = address & PART_MASK;
  if (offset > PART_MASK - 3) return load16(memory, address) | (load16(memory, (address + 2) >>> 0) << 16);
  return viewAt(memory, address).getInt32(offset, true);
}

/** The eight bytes from `address` on, little-endian, as a signed number. */
export function load64(memory: Memory, address: number): bigint {
  const offset = address & PART_MASK;
  if (offset > PART_MASK - 7) {
    scratch.setInt32(0, load32(memory, address), true);
    scratch.setInt32(4, load32(memory, (address + 4) >>> 0), true);
    return scratch.getBigInt64(0, true);
  }
  return viewAt(memory, address).getBigInt64(offset, true);
}

/** Stores the low byte of `value`. */
export function store8(memory: Memory, address: number, value: number): void {
  writable(memory, address).setUint8(address & PART_MASK, value);
}

/** Stores the low two bytes of `value`, little-endian. */
export function store16(memory: Memory, address: number, value: number): void {
  if ((address & PAGE_MASK) > PAGE_MASK - 1) {
    store8(memory, address, value);
    store8(memory, (address + 1) >>> 0, value >>> 8);
    return;
  }
  writable(memory, address).setUint16(address & PART_MASK, value, true);
}

/** Stores the low four bytes of `value`, little-endian. */
export function store32(memory: Memory, address: number, value: number): void {
  if ((address & PAGE_MASK) > PAGE_MASK - 3) {
    store16(memory, address, value);
    store16(memory, (address + 2) >>> 0, value >>> 16);
    return;
  }
  writable(memory, address).setInt32(address & PART_MASK, value, true);
}

/** Stores the low eight bytes of `value`, little-endian. */
export function store64(memory: Memory, address: number, value: bigint): void {
  if ((address & PAGE_MASK) > PAGE_MASK - 7) {
    scratch.setBigInt64(0, value, true);
    store32(memory, address, scratch.getInt32(0, true));
    store32(memory, (address + 4) >>> 0, scratch.getInt32(4, true));
    return;
  }
  writable(memory, address).setBigInt64(address & PART_MASK, value, true);
}

/** Calls `visit` for each run of bytes within one page: its address, and its place among the `length` bytes. */
function eachRun(address: number, length: number, visit: (at: number, from: number, to: number) => void): void {
  for (let from = 0; from < length; ) {
    const at = (address + from) >>> 0;
    const to = Math.min(length, from + PAGE_SIZE - (at & PAGE_MASK));
    visit(at, from, to);
    from = to;
  }
}

/** A copy of the `length` bytes from `address` on; wraps at the end of memory. */
export function readBytes(memory: Memory, address: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  eachRun(address, length, (at, from, to) => {
    const offset = at & PAGE_MASK;
    bytes.set(bytesOfPage(memory, at >>> PAGE_BITS).subarray(offset, offset + to - from), from);
  });
  return bytes;
}

/** The `length` bytes from `address` on, as parts of memory itself: they change with it. */
export function* viewsOf(memory: Memory, address: number, length: number): Generator<Uint8Array> {
  for (let from = 0; from < length; ) {
    const at = (address + from) >>> 0;
    const offset = at & PART_MASK;
    const size = Math.min(length - from, PART_SIZE - offset);
    yield new Uint8Array(viewAt(memory, at).buffer as ArrayBuffer, offset, size);
    from += size;
  }
}

/** Writes `bytes` from `address` on; wraps at the end of memory. */
export function writeBytes(memory: Memory, address: number, bytes: Uint8Array): void {
  eachRun(address, bytes.length, (at, from, to) => {
    writable(memory, at);
    bytesOfPage(memory, at >>> PAGE_BITS).set(bytes.subarray(from, to), at & PAGE_MASK);
  });
}
