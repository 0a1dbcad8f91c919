// How roles reach each other without the chain: a store of content that is named by its hash, and a mailbox. Nothing here depends
// on where the bytes are stored, so that a peer-to-peer network can replace the loopback server.
import type { Address, ContentId } from "@sonm/protocol/values/ids";
import type { Message } from "./message.ts";

/** A message as it arrives: its sender's signature has been checked. */
export type Received = {
  /** hash of the envelope and its sender: equal for copies of one sending */
  readonly id: string;
  readonly from: Address;
  readonly message: Message;
};

/** How far a reader has read of a lane. Numbers of one store grow with the arrival of its letters, over all lanes and mailboxes. */
export type Cursor = number;

/**
 * The two parts of a mailbox: letters of senders that the store has known for a while, and letters of newcomers, of whom there may be
 * any number. A letter stays in its lane. So a flood of newcomers' letters is beside the mail of all others, and not before it.
 */
export const LANES = ["known", "newcomers"] as const;
export type Lane = (typeof LANES)[number];

/** One participant's access to the network, in the name of its key. */
export interface Peer {
  /** Whose mail is read, and who signs what is sent. */
  readonly address: Address;

  /** Makes bytes available to everybody. The id is their keccak-256: publishing twice changes nothing. */
  publish(bytes: Uint8Array): Promise<ContentId>;

  /**
   * The bytes of that hash, checked. Throws `NetContentMissing` while nobody offers them, and `NetContentCorrupt` if other bytes came.
   * After either error, the caller may try again.
   * @param most bytes; more are not read, and `NetTooLarge` is thrown
   */
  fetch(id: ContentId, most?: number): Promise<Uint8Array>;

  /** As `publish`, for content of any size in a file: no more of it is in memory than a part. */
  publishFile(path: string): Promise<ContentId>;

  /**
   * As `fetch`, into a file, which is written while the content comes. The file is there only if all has come and is right.
   * @throws DiskInTheWay if the disk is in the way
   */
  fetchFile(id: ContentId, path: string, most?: number): Promise<void>;

  /** Signs a message and puts it into the mailbox of `to`, who may be offline. It may arrive more than once. */
  send(to: Address, message: Message): Promise<void>;

  /**
   * Some mail of a lane that came after `since` (0: all that is still kept), in order of arrival. Bad signatures and malformed mail are
   * left out. The lane has no other letter up to `next`; if it has none after it either, `next` is the newest letter of the store.
   */
  messages(lane: Lane, since: Cursor): Promise<{ readonly messages: readonly Received[]; readonly next: Cursor }>;
}
