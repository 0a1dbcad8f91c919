// Reads mail once: each letter is handed over and remembered as read in one step.
import type { Cursor, Peer, Received } from "./peer.ts";

/** How far the reader has read. Its journal keeps this. */
export type Bookmark = {
  get(): Cursor;
  /** Remembers `cursor` together with whatever `note` writes: both or none. */
  advance(cursor: Cursor, note: () => void): void;
};

/**
 * Checks a letter, which may take long. Returns a function that writes down what matters of the letter; to check and write the same
 * letter twice must do no harm.
 */
export type Prepare = (letter: Received) => Promise<() => void> | (() => void);

/**
 * Reads all new mail.
 * @returns how far it has read now
 */
export async function readMail(peer: Peer, bookmark: Bookmark, prepare: Prepare): Promise<Cursor> {
  for (;;) {
    const since = bookmark.get();
    const { messages, next } = await peer.messages(since);
    if (next === since) return next;
    const notes: (() => void)[] = [];
    for (const letter of messages) notes.push(await prepare(letter));
    bookmark.advance(next, () => {
      for (const note of notes) note();
    });
    if (messages.length === 0) return next;
  }
}
