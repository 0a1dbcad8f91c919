// How much memory machines may take. Whoever runs several of them gives them one room, and decides who gives way when it is full.

/** Bytes that one or more machines share. */
export type Room = {
  /** Takes bytes; false if they are not there, unless it `must`. */
  take(bytes: number, must?: boolean): boolean;
  /** Gives back what was taken. */
  give(bytes: number): void;
};

/** Room without an end. */
export const ENDLESS_ROOM: Room = { take: () => true, give() {} };

/**
 * Room for so many bytes.
 * @param giveWay makes others give something back; false if there is nothing more to be had
 */
export function createRoom(limit: number, giveWay: () => boolean = () => false): Room & { readonly taken: number } {
  let taken = 0;
  return {
    take(bytes, must = false) {
      while (taken + bytes > limit && !must) if (!giveWay()) return false;
      taken += bytes;
      return true;
    },
    give(bytes) {
      taken -= bytes;
    },
    get taken() {
      return taken;
    },
  };
}

/** A run that needs more memory than its room has. The machine is then in no defined state. */
export class MemoryShort extends Error {
  override readonly name = "MemoryShort";

  /** @param taken bytes that the run has taken when it asked for more */
  constructor(taken: number) {
    super(`The run has taken ${taken} bytes, and there is no room for more.`);
  }
}

/** Bytes that are zero, taken from a room; undefined if there is no room, or if the system has none. */
export function takeBytes(room: Room, size: number, must = false): ArrayBuffer | undefined {
  if (!room.take(size, must)) return undefined;
  try {
    return new ArrayBuffer(size);
  } catch (error) {
    room.give(size);
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Gives bytes back. They are freed at once: the garbage collector would leave them there until long after others have taken more. */
export function giveBytes(room: Room, bytes: ArrayBuffer): void {
  room.give(bytes.byteLength);
  bytes.transfer(0);
}
