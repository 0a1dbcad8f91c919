// A peer that uses the loopback store.

import { keccak } from "@sonm/protocol/merkle/keccak";
import { decode } from "@sonm/protocol/values/codec";
import type { ContentId } from "@sonm/protocol/values/ids";
import { bytesToHex, type LocalAccount } from "viem";
import { bodyOf } from "./answer.ts";
import { seal, unseal } from "./envelope.ts";
import { NetContentCorrupt, NetContentMissing, NetTooLarge, NetUnreachable } from "./errors.ts";
import type { Peer, Received } from "./peer.ts";

export type HttpPeerOptions = {
  /** of the store, e.g. http://127.0.0.1:4000 */
  readonly url: string;
  readonly account: LocalAccount;
  /** called with the reason when mail is left out */
  readonly onBadMail?: (error: Error) => void;
  /** milliseconds without a byte after which an answer is given up; default 30 s */
  readonly silenceMs?: number;
};

/** Bytes of an answer: content if nothing else is said, a page of 64 letters of 256 KiB, an id or an error. */
const MOST_CONTENT = 512 * 2 ** 20;
const MOST_MAIL = 17 * 2 ** 20;
const MOST_WORDS = 64 * 2 ** 10;

/** Makes a peer. It opens no connection yet: every call is one request. */
export function createHttpPeer({ url, account, onBadMail, silenceMs = 30_000 }: HttpPeerOptions): Peer {
  /**
   * Sends a request, and returns the body of the answer.
   * @param missing is thrown if the answer is 404; without it, a 404 means that the server is no store
   * @param most bytes of the answer
   * @throws NetUnreachable if no whole answer comes, or an error; NetTooLarge
   */
  async function request(
    method: string,
    path: string,
    most: number,
    { body, missing }: { readonly body?: Uint8Array; readonly missing?: NetContentMissing } = {},
  ): Promise<Uint8Array> {
    let response: Response;
    let bytes: Uint8Array;
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(new Error(`it has been silent for ${silenceMs} ms`)), silenceMs);
    try {
      const sent = body && { body: body as Uint8Array<ArrayBuffer> };
      response = await fetch(new URL(path, url), { method, signal: silence.signal, ...sent });
      // The connection can also break while the body is on its way.
      bytes = await bodyOf(response, most, () => timer.refresh());
    } catch (cause) {
      if (cause instanceof NetTooLarge) throw cause;
      throw new NetUnreachable(url, cause instanceof Error ? cause.message : String(cause), { cause });
    } finally {
      clearTimeout(timer);
    }
    if (response.ok) return bytes;
    throw response.status === 404 && missing ? missing : new NetUnreachable(url, textOf(bytes));
  }
  const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

  return {
    address: account.address,

    async publish(bytes) {
      const id = bytesToHex(keccak(bytes)) as ContentId;
      const answer = textOf(await request("PUT", "/content", MOST_WORDS, { body: bytes }));
      if (answer !== id) throw new NetContentCorrupt(id, answer);
      return id;
    },

    async fetch(id, most = MOST_CONTENT) {
      const bytes = await request("GET", `/content/${id}`, most, { missing: new NetContentMissing(id) });
      const found = bytesToHex(keccak(bytes));
      if (found !== id.toLowerCase()) throw new NetContentCorrupt(id, found);
      return bytes;
    },

    async send(to, message) {
      await request("POST", "/mail", MOST_WORDS, { body: await seal(account, to, message, Date.now()) });
    },

    async messages(since) {
      const answer = await request("GET", `/mail/${account.address}?since=${since}`, MOST_MAIL);
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
