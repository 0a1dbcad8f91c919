// A peer that uses the loopback store.

import { keccak } from "@sonm/protocol/merkle/keccak";
import { decode } from "@sonm/protocol/values/codec";
import type { ContentId } from "@sonm/protocol/values/ids";
import { bytesToHex, type LocalAccount } from "viem";
import { seal, unseal } from "./envelope.ts";
import { NetContentCorrupt, NetContentMissing, NetUnreachable } from "./errors.ts";
import type { Peer, Received } from "./peer.ts";

export type HttpPeerOptions = {
  /** of the store, e.g. http://127.0.0.1:4000 */
  readonly url: string;
  readonly account: LocalAccount;
  /** called with the reason when mail is left out */
  readonly onBadMail?: (error: Error) => void;
};

/** Makes a peer. It opens no connection yet: every call is one request. */
export function createHttpPeer({ url, account, onBadMail }: HttpPeerOptions): Peer {
  /**
   * Sends a request, and returns the body of the answer.
   * @param missing is thrown if the answer is 404; without it, a 404 means that the server is no store
   * @throws NetUnreachable if no whole answer comes, or an error
   */
  async function request(
    method: string,
    path: string,
    { body, missing }: { readonly body?: Uint8Array; readonly missing?: NetContentMissing } = {},
  ): Promise<Uint8Array> {
    let response: Response;
    let bytes: Uint8Array;
    try {
      response = await fetch(new URL(path, url), { method, ...(body && { body: body as Uint8Array<ArrayBuffer> }) });
      // The connection can also break while the body is on its way.
      bytes = new Uint8Array(await response.arrayBuffer());
    } catch (cause) {
      throw new NetUnreachable(url, cause instanceof Error ? cause.message : String(cause), { cause });
    }
    if (response.ok) return bytes;
    throw response.status === 404 && missing ? missing : new NetUnreachable(url, textOf(bytes));
  }
  const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

  return {
    address: account.address,

    async publish(bytes) {
      const id = bytesToHex(keccak(bytes)) as ContentId;
      const answer = textOf(await request("PUT", "/content", { body: bytes }));
      if (answer !== id) throw new NetContentCorrupt(id, answer);
      return id;
    },

    async fetch(id) {
      const bytes = await request("GET", `/content/${id}`, { missing: new NetContentMissing(id) });
      const found = bytesToHex(keccak(bytes));
      if (found !== id.toLowerCase()) throw new NetContentCorrupt(id, found);
      return bytes;
    },

    async send(to, message) {
      await request("POST", "/mail", { body: await seal(account, to, message, Date.now()) });
    },

    async messages(since) {
      const answer = await request("GET", `/mail/${account.address}?since=${since}`);
      const [next, letters] = decode(answer) as [number, Uint8Array[]];
      const messages: Received[] = [];
      for (const bytes of letters) {
        try {
          messages.push(await unseal(account.address, bytes));
        } catch (error) {
          onBadMail?.(error as Error);
        }
      }
      return { messages, next };
    },
  };
}
