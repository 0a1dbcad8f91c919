// Mail as a role reads it: a page at a time of each lane, each letter for itself. A letter whose check fails is kept and tried again while
// everything else goes on; if it fails every time, it is put aside. So nothing that anybody writes can keep a role from its other letters,
// and however many newcomers write, a role reads those first whom the store has known before them.
import { type Cursor, LANES, type Lane, type Peer, type Received } from "../net/peer.ts";
import type { Desk, Kept } from "./journal.ts";
import { retryPause } from "./repeat.ts";

/**
 * Checks a letter, which may take its time. What it returns writes down what matters of the letter; a second call must do no harm. It
 * throws where the answer may be another one later; a letter that is no good is no failure.
 */
export type Prepare = (letter: Received) => Promise<() => void> | (() => void);

export type Inbox = {
  /**
   * Reads the next page of letters of known senders, then one of newcomers, then tries the kept letters whose time has come.
   * @returns whether there was anything on the pages
   * @throws what the peer throws
   */
  look(): Promise<boolean>;
  /** All mail up to here has been read. */
  readTo(): Cursor;
  /** Another number whenever something was written down, also while older mail is still to be read. */
  written(): number;
};

/** A letter is put aside when its check has failed so often. */
const ATTEMPTS = 5;
/** Letters that are kept at a time. One more is put aside at its first failure. */
const MOST_KEPT = 256;
/** Of these, letters of newcomers: they leave places for the others. */
const MOST_OF_NEWCOMERS = MOST_KEPT / 2;

/**
 * @param putAside told of a letter that is given up, and why
 * @param now milliseconds of a clock that only goes forward
 */
export function createInbox(
  peer: Pick<Peer, "messages">,
  desk: Desk,
  prepare: Prepare,
  putAside: (letter: Received, why: string) => void,
  now: () => number = () => performance.now(),
): Inbox {
  const retryAt = new Map<string, number>();

  let written = 0;

  /**
   * What is to be written down after a check, or after its failure.
   * @param room whether one more letter can be kept
   */
  async function check({ letter, lane, since, attempts: failed }: Kept, room: boolean): Promise<() => void> {
    try {
      const note = await prepare(letter);
      return () => {
        note();
        desk.kept.delete(letter.id);
      };
    } catch (error) {
      const attempts = failed + 1;
      if (attempts < ATTEMPTS && room) {
        retryAt.set(letter.id, now() + 1000 * retryPause(attempts));
        return () => desk.kept.put(letter.id, { letter, ...(lane && { lane }), since, attempts });
      }
      retryAt.delete(letter.id);
      const why = error instanceof Error ? error.message : String(error);
      return () => {
        desk.kept.delete(letter.id);
        putAside(letter, why);
      };
    }
  }

  /** How many letters of a lane can still be kept. */
  function roomFor(lane: Lane): number {
    const kept = desk.kept.all();
    const left = MOST_KEPT - kept.length;
    if (lane === "known") return left;
    return Math.min(left, MOST_OF_NEWCOMERS - kept.filter((one) => one.lane === lane).length);
  }

  /** Reads a page of a lane. Returns the number of its letters. */
  async function read(lane: Lane): Promise<number> {
    const since = desk.get(lane);
    const { messages, next } = await peer.messages(lane, since);
    if (next === since) return messages.length;
    const room = roomFor(lane);
    const notes: (() => void)[] = [];
    for (const letter of messages) {
      notes.push(await check({ letter, lane, since, attempts: 0 }, notes.length < room));
    }
    desk.advance(lane, next, () => {
      for (const note of notes) note();
    });
    written++;
    return messages.length;
  }

  return {
    async look() {
      const kept = desk.kept.all();
      let letters = await read("known");
      // If both lanes have been read to one number, it is mostly the store's newest letter: so an idle role asks once, and not twice.
      // If not, newcomers wait until the next look.
      if (desk.get("known") !== desk.get("newcomers")) letters += await read("newcomers");
      for (const one of kept) {
        if ((retryAt.get(one.letter.id) ?? 0) > now()) continue;
        desk.together(await check(one, true));
        written++;
      }
      return letters > 0;
    },
    readTo: () => Math.min(...LANES.map(desk.get), ...desk.kept.all().map(({ since }) => since)),
    written: () => written,
  };
}
