// How much a store takes: in all, and of one sender. Keys cost nothing, so a limit for each sender alone would bound nothing; and without
// one, a single sender could take it all. What is full takes nothing more: it never drops what is already there before its time.
import type { Address } from "@sonm/protocol/values/ids";
import { NetNoRoom } from "./errors.ts";

/** Letters have a room of their own, so that content cannot keep them out. */
export type Kind = "content" | "mail";

/** What a store takes. */
export type Room = {
  /** bytes of content, of all senders together */
  readonly space: number;
  /** bytes of content of one sender */
  readonly quota: number;
};

/** Letters get this part of both, on top of them. */
const MAIL_PART = 1 / 16;
/**
 * Whoever has had something here for less than a day is a newcomer; all newcomers together get at most half of the space. So a flood from
 * fresh keys keeps out other fresh keys, but nobody who was here before it.
 */
export const NEWCOMER_MS = 24 * 3600 * 1000;
const NEWCOMERS_PART = 1 / 2;

/** Accounts that are no sender's. */
const ALL = "all";
const NEWCOMERS = "newcomers";

/** The accounts that something is charged to. */
export function accountsOf(sender: string, newcomer: boolean): readonly string[] {
  return newcomer ? [sender, ALL, NEWCOMERS] : [sender, ALL];
}

const BLOCK = 4096;
/** What a letter, and its place in the indexes, takes beside its bytes. */
const LETTER_EXTRA = 1024;

/** Bytes on disk that are charged for content or a letter of so many bytes: never less than a file system and a database need. */
export function charged(kind: Kind, bytes: number): number {
  return kind === "mail" ? bytes + LETTER_EXTRA : BLOCK * (1 + Math.ceil(bytes / BLOCK));
}

/**
 * Checks that there is room for something.
 * @param size bytes that it would be charged
 * @param used bytes of this kind that an account has been charged
 * @throws NetNoRoom
 */
export function checkRoom(
  room: Room,
  kind: Kind,
  sender: Address,
  newcomer: boolean,
  size: number,
  used: (account: string) => number,
): void {
  const part = kind === "mail" ? MAIL_PART : 1;
  const check = (account: string, limit: number, whose: string, todo: string) => {
    if (used(account) + size <= limit * part) return;
    throw new NetNoRoom(kind, whose, used(account), size, limit * part, todo);
  };
  const later = "wait until something of it has expired, or raise the store's";
  check(sender, room.quota, `${sender} has`, `${later} --quota`);
  check(ALL, room.space, "all senders together have", `${later} --space`);
  if (newcomer) {
    const limit = room.space * NEWCOMERS_PART;
    check(NEWCOMERS, limit, "senders of their first day together have", `${later} --space`);
  }
}
