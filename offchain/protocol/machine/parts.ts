// 2^32 bytes as parts of 256 KiB, of which only those exist in which something was ever written.
import { type Aside, closeAside, createAside, PAGE_SIZE } from "./aside.ts";
import { createNodes, type Nodes, TREE_LEVELS } from "./memory-tree.ts";
import { ENDLESS_ROOM, giveBytes, MemoryShort, type Room, takeBytes } from "./room.ts";

/** Memory of one machine. */
export type Memory = {
  /** the parts of memory by their number: its bytes, and behind them a mark for each page. Parts never written are `ZERO_VIEW`. */
  readonly views: DataView<ArrayBuffer>[];
  /** pages written since the last `commit`; these are the marked ones */
  readonly written: number[];
  readonly nodes: Nodes;
  /** memory as of the last `commit`, as a node of level `TREE_LEVELS` */
  tree: number;
  readonly aside: Aside;
  readonly room: Room;
  /** parts that exist */
  parts: number;
  /** Releases a snapshot when the room is full; false if there is none that can be spared. */
  giveWay: () => boolean;
};

/** An address without these low bits is the number of its page. */
export const PAGE_BITS = 12;
/** An address without these low bits is the number of its part. */
export const PART_BITS = 18;
/** The bits of a page's number that say where it is in its part. */
export const PAGES_MASK = 2 ** (PART_BITS - PAGE_BITS) - 1;

/** Bytes of a part. */
export const PART_SIZE: number = 2 ** PART_BITS;
/** Bytes of a part with its marks. */
export const PART_ROOM = PART_SIZE + PAGES_MASK + 1;

/** A part in which nothing was ever written. */
const ZERO_VIEW = new DataView(new ArrayBuffer(PART_ROOM));

/** Memory that is all zero. */
export function createMemory(room: Room = ENDLESS_ROOM): Memory {
  return {
    views: new Array<DataView<ArrayBuffer>>(2 ** (32 - PART_BITS)).fill(ZERO_VIEW),
    written: [],
    nodes: createNodes(),
    tree: TREE_LEVELS,
    aside: createAside(),
    room,
    parts: 0,
    giveWay: () => false,
  };
}

/** The bytes of a page as they are now; they change with it. */
export function bytesOfPage({ views }: Memory, page: number): Uint8Array {
  const { buffer } = views[page >>> (PART_BITS - PAGE_BITS)] as DataView;
  return new Uint8Array(buffer, (page & PAGES_MASK) * PAGE_SIZE, PAGE_SIZE);
}

/** Whether the part that holds a page exists. */
export function isPart({ views }: Memory, page: number): boolean {
  return views[page >>> (PART_BITS - PAGE_BITS)] !== ZERO_VIEW;
}

/** Marks a page as written since the last commit, or takes the mark away. */
export function mark({ views }: Memory, page: number, value: 0 | 1): void {
  (views[page >>> (PART_BITS - PAGE_BITS)] as DataView).setUint8(PART_SIZE + (page & PAGES_MASK), value);
}

/**
 * Makes the part that holds a page, if it is not there; says whether it was not.
 * @throws MemoryShort if the room is full and no snapshot can be spared
 */
export function makePart(memory: Memory, page: number): boolean {
  const number = page >>> (PART_BITS - PAGE_BITS);
  if (memory.views[number] !== ZERO_VIEW) return false;
  let buffer = takeBytes(memory.room, PART_ROOM);
  while (buffer === undefined) {
    if (!memory.giveWay()) throw new MemoryShort(memory.parts * PART_ROOM);
    buffer = takeBytes(memory.room, PART_ROOM);
  }
  memory.views[number] = new DataView(buffer);
  memory.parts++;
  return true;
}

/** Gives everything back. The memory and its snapshots cannot be used after it. */
export function closeMemory({ views, aside, room }: Memory): void {
  for (const view of views.splice(0)) if (view !== ZERO_VIEW) giveBytes(room, view.buffer);
  closeAside(aside, room);
}
