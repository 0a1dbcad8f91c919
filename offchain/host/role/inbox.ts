// Mail as a role reads it: a page at a time, each letter for itself. A letter whose check fails is kept and tried again while everything
// else goes on; if it fails every time, it is put aside. So nothing that anybody writes can keep a role from its other letters.
import type { Cursor, Peer, Received } from "../net/peer.ts";
import type { Desk } from "./journal.ts";
import { retryPause } from "./repeat.ts";

/**
 * Checks a letter, which may take its time. What it returns writes down what matters of the letter; a second call must do no harm. It
 * throws where the answer may be another one later; a letter that is no good is no failure.
 */
export type Prepare = (letter: Received) => Promise<() => void> | (() => void);

export type Inbox = {
  /**
   * Reads the next page, then tries the kept letters whose time has come.
   * @returns whether there was anything on the page
   * @throws what the peer throws
   */
  look(): Promise<boolean>;
  /** All mail up to here has been read. */
  readTo(): Cursor;
};

/** A letter is put aside when its check has failed so often. */
const ATTEMPTS = 5;
/** Letters that are kept at a time. One more is put aside at its first failure. */
const MOST_KEPT = 256;

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

  /** What is to be written down after a check, or after its failure. */
  async function check(letter: Received, since: Cursor, failed: number, keptNow: number): Promise<() => void> {
    try {
      const note = await prepare(letter);
      return () => {
        note();
        desk.kept.delete(letter.id);
      };
    } catch (error) {
      const attempts = failed + 1;
      if (attempts < ATTEMPTS && (failed > 0 || keptNow < MOST_KEPT)) {
        retryAt.set(letter.id, now() + 1000 * retryPause(attempts));
        return () => desk.kept.put(letter.id, { letter, since, attempts });
      }
      retryAt.delete(letter.id);
      const why = error instanceof Error ? error.message : String(error);
      return () => {
        desk.kept.delete(letter.id);
        putAside(letter, why);
      };
    }
  }

  return {
    async look() {
      const since = desk.get();
      const kept = desk.kept.all();
      const { messages, next } = await peer.messages(since);
      if (next !== since) {
        const notes: (() => void)[] = [];
        for (const letter of messages) notes.push(await check(letter, since, 0, kept.length + notes.length));
        desk.advance(next, () => {
          for (const note of notes) note();
        });
      }
      for (const { letter, since, attempts } of kept) {
        if ((retryAt.get(letter.id) ?? 0) > now()) continue;
        desk.advance(desk.get(), await check(letter, since, attempts, 0));
      }
      return messages.length > 0;
    },
    readTo: () => Math.min(desk.get(), ...desk.kept.all().map(({ since }) => since)),
  };
}
