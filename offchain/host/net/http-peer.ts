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
  async function request(method: string, path: string, body?: Uint8Array): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(new URL(path, url), { method, ...(body && { body: body as Uint8Array<ArrayBuffer> }) });
    } catch (cause) {
      throw new NetUnreachable(url, cause instanceof Error ? cause.message : String(cause), { cause });
    }
    if (!response.ok && response.status !== 404) throw new NetUnreachable(url, await response.text());
    return response;
  }
  const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer());

  return {
    address: account.address,

    async publish(bytes) {
      const id = bytesToHex(keccak(bytes)) as ContentId;
      const answer = await (await request("PUT", "/content", bytes)).text();
      if (answer !== id) throw new NetContentCorrupt(id, answer);
      return id;
    },

    async fetch(id) {
      const response = await request("GET", `/content/${id}`);
      const bytes = await bytesOf(response);
      if (response.status === 404) throw new NetContentMissing(id);
      const found = bytesToHex(keccak(bytes));
      if (found !== id.toLowerCase()) throw new NetContentCorrupt(id, found);
      return bytes;
    },

    async send(to, message) {
      await request("POST", "/mail", await seal(account, to, message, Date.now()));
    },

    async messages(since) {
      const response = await request("GET", `/mail/${account.address}?since=${since}`);
      const [next, letters] = decode(await bytesOf(response)) as [number, Uint8Array[]];
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
