// A peer that uses a store over HTTP.

import { rm } from "node:fs/promises";
import { PART_BYTES, sourceOf } from "@sonm/protocol/values/byte-source";
import { overKept } from "@sonm/protocol/values/closed-connection";
import { decode } from "@sonm/protocol/values/codec";
import type { ContentId, Hex } from "@sonm/protocol/values/ids";
import { bytes, contentId, hash32, integer, list, literal } from "@sonm/protocol/values/shape";
import type { LocalAccount } from "viem";
import { contentFile, DiskInTheWay, partsOf as partsOfFile, writeParts } from "../disk/content-file.ts";
import { joined, partsOf } from "./answer.ts";
import { seal, unseal } from "./envelope.ts";
import { NetContentCorrupt, NetContentMissing, NetTooLarge, NetUnreachable } from "./errors.ts";
import { hashing, idOf } from "./hashing.ts";
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

/** What is sent: bytes, or parts that can be read again, because a request may have to be made again. */
type Body = Uint8Array | (() => AsyncIterable<Uint8Array>);

/** Else `fetch` keeps a copy of all that it sends, to follow a redirection with it: which it could not do with a stream. */
const UNREPEATED = { redirect: "error", window: null } as const;

/** A body to send: at once if it is small, else in parts. `onPart` is called whenever one is taken. */
function streamOf(body: Body, onPart: () => void): Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> {
  if (body instanceof Uint8Array && body.length <= PART_BYTES) return body as Uint8Array<ArrayBuffer>;
  async function* parts(): AsyncGenerator<Uint8Array> {
    for await (const part of body instanceof Uint8Array ? sourceOf(body).parts() : body()) {
      onPart();
      yield part;
    }
  }
  return ReadableStream.from(parts());
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
   * @param read takes the parts of a good answer, again if the request is made again
   * @throws NetUnreachable if no whole answer comes, or an error; NetTooLarge
   */
  async function request<T>(
    method: string,
    path: string,
    most: number,
    read: (parts: AsyncIterable<Uint8Array>) => Promise<T>,
    { body, proof, missing }: { readonly body?: Body; readonly proof?: string; readonly missing?: Error } = {},
  ): Promise<T> {
    let answer: { readonly good: T } | { readonly status: number; readonly words: Uint8Array };
    let isContent = false;
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(new Error(`it has been silent for ${silenceMs} ms`)), silenceMs);
    const ask = async () => {
      const sent = body && { body: streamOf(body, () => timer.refresh()), duplex: "half" as const, ...UNREPEATED };
      const headers = proof === undefined ? {} : { authorization: proof };
      const found = await fetch(new URL(path, base), { method, headers, signal: silence.signal, ...sent });
      // The connection can also break while the body is on its way.
      isContent = found.ok;
      const parts = partsOf(found, found.ok ? most : MOST_WORDS, () => timer.refresh());
      return found.ok ? { good: await read(parts) } : { status: found.status, words: await joined(parts) };
    };
    try {
      answer = await overKept(ask);
    } catch (cause) {
      if (cause instanceof DiskInTheWay) throw cause;
      // A long error says nothing about the content.
      if (cause instanceof NetTooLarge && isContent) throw cause;
      throw new NetUnreachable(url, cause instanceof Error ? cause.message : String(cause), { cause });
    } finally {
      clearTimeout(timer);
    }
    if ("good" in answer) return answer.good;
    throw answer.status === 404 && missing
      ? missing
      : new NetUnreachable(url, textOf(answer.words).slice(0, MOST_SAID), { status: answer.status });
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
    const answer = textOf(await request("GET", "store", MOST_WORDS, joined));
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

  async function put(id: ContentId, length: number, body: Body): Promise<ContentId> {
    const path = `content/${id}?length=${length}`;
    const answer = await proven(async (store) => {
      const proof = await prove(account, store, toPublish(id, length), Date.now());
      return textOf(await request("PUT", path, MOST_WORDS, joined, { body, proof }));
    });
    const found = understood(() => contentId(answer, "the id"));
    if (found !== id) throw new NetContentCorrupt(id, found);
    return id;
  }

  /** Content as it comes, checked once it is all there. */
  async function get<T>(
    id: ContentId,
    most: number,
    read: (parts: AsyncIterable<Uint8Array>) => Promise<T>,
  ): Promise<T> {
    const { value, found } = await request(
      "GET",
      `content/${id}`,
      most,
      async (parts) => {
        const hashed = hashing(parts);
        const value = await read(hashed.parts);
        return { value, found: hashed.id() };
      },
      { missing: new NetContentMissing(id) },
    );
    if (found !== id.toLowerCase()) throw new NetContentCorrupt(id, found);
    return value;
  }

  return {
    address: account.address,

    publish: async (bytes) => put(await idOf(bytes), bytes.length, bytes),

    async publishFile(path) {
      const { length } = await contentFile(path);
      let trouble: unknown;
      async function* parts(): AsyncGenerator<Uint8Array> {
        try {
          yield* partsOfFile(path);
        } catch (error) {
          trouble = error;
          throw error;
        }
      }
      try {
        return await put(await idOf(path), length, parts);
      } catch (error) {
        // The file is in the way, and not the store.
        throw trouble ?? error;
      }
    },

    fetch: (id, most = MOST_CONTENT) => get(id, most, joined),

    async fetchFile(id, path, most = MOST_CONTENT) {
      try {
        await get(id, most, (parts) => writeParts(path, parts));
      } catch (error) {
        if (error instanceof NetContentCorrupt) await rm(path, { force: true });
        throw error;
      }
    },

    async send(to, message) {
      const body = await seal(account, to, message, Date.now());
      const answer = textOf(await request("POST", "mail", MOST_WORDS, joined, { body }));
      understood(() => literal("ok")(answer, "the answer to a letter"));
    },

    async messages(lane, since) {
      const path = `mail/${account.address}?lane=${lane}&since=${since}`;
      const answer = await proven(async (store) =>
        request("GET", path, MOST_MAIL, joined, { proof: await readingProof(store) }),
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
