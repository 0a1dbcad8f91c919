// Pages that memory no longer has because they were overwritten, and that snapshots still need.
import { giveBytes, type Room, takeBytes } from "./room.ts";

/** Bytes of a page. */
export const PAGE_SIZE = 4096;
const PAGES = 64;

/** A part of the space, taken and given back as one. */
type Slab = { readonly bytes: Uint8Array<ArrayBuffer>; readonly free: number[] };

/** Places for pages. They are numbers from 0 on. */
export type Aside = {
  readonly slabs: (Slab | undefined)[];
  /** numbers of slabs in which a place is free */
  readonly roomy: Set<number>;
};

export function createAside(): Aside {
  return { slabs: [], roomy: new Set() };
}

function newSlab({ slabs, roomy }: Aside, buffer: ArrayBuffer): number {
  const vacant = slabs.indexOf(undefined);
  const number = vacant < 0 ? slabs.length : vacant;
  slabs[number] = { bytes: new Uint8Array(buffer), free: Array.from({ length: PAGES }, (_, i) => PAGES - 1 - i) };
  roomy.add(number);
  return number;
}

/**
 * A free place; undefined if the room has none.
 * @param must takes it even then
 */
export function takePlace(aside: Aside, room: Room, must = false): number | undefined {
  let [number] = aside.roomy;
  if (number === undefined) {
    const buffer = takeBytes(room, PAGES * PAGE_SIZE, must);
    if (buffer === undefined) return undefined;
    number = newSlab(aside, buffer);
  }
  const { free } = aside.slabs[number] as Slab;
  const index = free.pop() as number;
  if (free.length === 0) aside.roomy.delete(number);
  return number * PAGES + index;
}

/** Frees a place. A slab whose places are all free goes back to the room. */
export function freePlace(aside: Aside, room: Room, place: number): void {
  const number = Math.floor(place / PAGES);
  const { bytes, free } = aside.slabs[number] as Slab;
  free.push(place % PAGES);
  aside.roomy.add(number);
  if (free.length < PAGES) return;
  aside.roomy.delete(number);
  aside.slabs[number] = undefined;
  giveBytes(room, bytes.buffer);
}

/** The bytes at a place. */
export function bytesAt({ slabs }: Aside, place: number): Uint8Array {
  const { bytes } = slabs[Math.floor(place / PAGES)] as Slab;
  const offset = (place % PAGES) * PAGE_SIZE;
  return bytes.subarray(offset, offset + PAGE_SIZE);
}

/** Gives everything back. */
export function closeAside({ slabs, roomy }: Aside, room: Room): void {
  for (const slab of slabs.splice(0)) if (slab) giveBytes(room, slab.bytes.buffer);
  roomy.clear();
}
