// A peer that uses a store over HTTP.

import { keccak } from "@sonm/protocol/merkle/keccak";
import { overKept } from "@sonm/protocol/values/closed-connection";
import { decode } from "@sonm/protocol/values/codec";
import type { ContentId, Hex } from "@sonm/protocol/values/ids";
import { bytes, contentId, hash32, integer, list, literal } from "@sonm/protocol/values/shape";
import { bytesToHex, type LocalAccount } from "viem";
import { bodyOf } from "./answer.ts";
import { seal, unseal } from "./envelope.ts";
import { NetContentCorrupt, NetContentMissing, NetTooLarge, NetUnreachable } from "./errors.ts";
import type { Cursor, Peer, Received } from "./peer.ts";
import { prove, toPublish, toRead } from "./proof.ts";

export type HttpPeerOptions = {
  /** of the store, e.g. http://127.0.0.1:4000 or, behind another server, http://host/store */
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
const MOST_LETTERS = 64;
const MOST_WORDS = 64 * 2 ** 10;
/** Characters of an error that are passed on. */
const MOST_SAID = 600;

/** Milliseconds in which a reader uses the same proof: well within the time for which a store takes it. */
const PROOF_USED_MS = 60_000;

const page = (value: unknown): { next: Cursor; letters: readonly Uint8Array[] } => {
  const [next, letters] = list((part: unknown) => part, 2)(value, "the answer");
  return { next: integer()(next, "its number"), letters: list(bytes(MOST_MAIL), MOST_LETTERS)(letters, "its letters") };
};

/** Bytes that are sent at a time. */
const PART = 2 ** 18;

/** Bytes to send: at once if they are few, else in parts. `onPart` is called whenever one is taken. */
function streamOf(bytes: Uint8Array, onPart: () => void): Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> {
  if (bytes.length <= PART) return bytes as Uint8Array<ArrayBuffer>;
  let at = 0;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      onPart();
      controller.enqueue(bytes.subarray(at, at + PART));
      at += PART;
      if (at >= bytes.length) controller.close();
    },
  });
}

/** Makes a peer. It opens no connection yet: every call is one request, and one more to learn which store it is. */
export function createHttpPeer({ url, account, onBadMail, silenceMs = 30_000 }: HttpPeerOptions): Peer {
  const base = url.endsWith("/") ? url : `${url}/`;
  /** The identity of the store, and the latest proof for reading. Either may fail: then it is asked for again. */
  let store: Hex | undefined;
  let reading: { proof: string; until: number } | undefined;

  /**
   * Sends a request, and returns the body of the answer.
   * @param path relative to the store's URL
   * @param missing is thrown if the answer is 404; without it, a 404 means that the server is no store
   * @param most bytes of the answer
   * @throws NetUnreachable if no whole answer comes, or an error; NetTooLarge
   */
  async function request(
    method: string,
    path: string,
    most: number,
    { body, proof, missing }: { readonly body?: Uint8Array; readonly proof?: string; readonly missing?: Error } = {},
  ): Promise<Uint8Array> {
    let response: Response;
    let answer: Uint8Array;
    let isContent = false;
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(new Error(`it has been silent for ${silenceMs} ms`)), silenceMs);
    const ask = async () => {
      const sent = body && { body: streamOf(body, () => timer.refresh()), duplex: "half" as const };
      const headers = proof === undefined ? {} : { authorization: proof };
      const found = await fetch(new URL(path, base), { method, headers, signal: silence.signal, ...sent });
      // The connection can also break while the body is on its way.
      isContent = found.ok;
      return [found, await bodyOf(found, found.ok ? most : MOST_WORDS, () => timer.refresh())] as const;
    };
    try {
      [response, answer] = await overKept(ask);
    } catch (cause) {
      // A long error says nothing about the content.
      if (cause instanceof NetTooLarge && isContent) throw cause;
      throw new NetUnreachable(url, cause instanceof Error ? cause.message : String(cause), { cause });
    } finally {
      clearTimeout(timer);
    }
    if (response.ok) return answer;
    throw response.status === 404 && missing
      ? missing
      : new NetUnreachable(url, textOf(answer).slice(0, MOST_SAID), { status: response.status });
  }
  const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

  /** What a good answer says. Another server than a store may answer anything with 200. */
  function understood<T>(read: () => T): T {
    try {
      return read();
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new NetUnreachable(url, `its answer is none of a store: ${why}`, { cause });
    }
  }

  async function identity(): Promise<Hex> {
    const answer = textOf(await request("GET", "store", MOST_WORDS));
    return understood(() => hash32(answer, "its identity"));
  }

  /** Asks with a proof for the store that answers there: another one may have taken its place. */
  async function proven<T>(ask: (store: Hex) => Promise<T>): Promise<T> {
    store ??= await identity();
    const asked = store;
    try {
      return await ask(asked);
    } catch (error) {
      if (!(error instanceof NetUnreachable && error.status === 401)) throw error;
      reading = undefined;
      store = await identity();
      if (store === asked) throw error;
      return ask(store);
    }
  }

  async function readingProof(store: Hex): Promise<string> {
    const now = Date.now();
    // Also if the clock was set back.
    if (!reading || reading.until <= now || reading.until > now + PROOF_USED_MS) {
      reading = { proof: await prove(account, store, toRead(account.address), now), until: now + PROOF_USED_MS };
    }
    return reading.proof;
  }

  return {
    address: account.address,

    async publish(bytes) {
      const id = bytesToHex(keccak(bytes)) as ContentId;
      const path = `content/${id}?length=${bytes.length}`;
      const answer = await proven(async (store) => {
        const proof = await prove(account, store, toPublish(id, bytes.length), Date.now());
        return textOf(await request("PUT", path, MOST_WORDS, { body: bytes, proof }));
      });
      const found = understood(() => contentId(answer, "the id"));
      if (found !== id) throw new NetContentCorrupt(id, found);
      return id;
    },

    async fetch(id, most = MOST_CONTENT) {
      const bytes = await request("GET", `content/${id}`, most, { missing: new NetContentMissing(id) });
      const found = bytesToHex(keccak(bytes));
      if (found !== id.toLowerCase()) throw new NetContentCorrupt(id, found);
      return bytes;
    },

    async send(to, message) {
      const body = await seal(account, to, message, Date.now());
      const answer = textOf(await request("POST", "mail", MOST_WORDS, { body }));
      understood(() => literal("ok")(answer, "the answer to a letter"));
    },

    async messages(since) {
      const path = `mail/${account.address}?since=${since}`;
      const answer = await proven(async (store) =>
        request("GET", path, MOST_MAIL, { proof: await readingProof(store) }),
      );
      const { next, letters } = understood(() => page(decode(answer)));
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
