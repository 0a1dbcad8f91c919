// How roles reach each other beside the chain: a store of content that is named by its hash, and a mailbox. Nothing here knows
// where the bytes lie, so that a peer-to-peer network can take the place of the loopback server.
import type { Address, ContentId } from "@sonm/protocol/values/ids";
import type { Message } from "./message.ts";

/** A message as it arrives: its sender's signature has been checked. */
export type Received = {
  /** hash of the signed envelope: equal for copies of one sending */
  readonly id: string;
  readonly from: Address;
  readonly message: Message;
};

/** Where a reader has got to. Opaque: only good for the same peer's next call. */
export type Cursor = number;

/** One participant's access to the network, in the name of its key. */
export interface Peer {
  /** Whose mail is read, and who signs what is sent. */
  readonly address: Address;

  /** Makes bytes available to everybody. The id is their keccak-256: publishing twice changes nothing. */
  publish(bytes: Uint8Array): Promise<ContentId>;

  /**
   * The bytes of that hash, checked. Throws `NetContentMissing` while nobody offers them, `NetContentCorrupt` if what came is something
   * else; both may be tried again.
   */
  fetch(id: ContentId): Promise<Uint8Array>;

  /** Signs a message and puts it into the mailbox of `to`, who need not be awake. It may arrive more than once. */
  send(to: Address, message: Message): Promise<void>;

  /** Mail that came after `since` (0: all that is still kept), in order of arrival. Bad signatures and malformed mail are left out. */
  messages(since: Cursor): Promise<{ readonly messages: readonly Received[]; readonly next: Cursor }>;
}
