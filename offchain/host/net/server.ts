// The store over HTTP, on the loopback interface unless told otherwise.
//
//   GET  /store                   32 bytes in hexadecimal: the store's identity, which proofs are about
//   PUT  /content/0x…?length=n    n bytes with that id, signed for by whoever publishes them → the id as text
//   GET  /content/0x…             the bytes, or 404. Content is for everybody
//   POST /mail                    a signed envelope; refused with 400 if its signature is not good
//   GET  /mail/0x…?lane=l&since=n signed for by whose mail it is. MessagePack: [n', [envelope, …]]; the lane (known or newcomers) of the
//                                 mailbox has no other letter up to number n'. A number that the store has not reached counts as 0
//   GET  /newest                  number of the newest letter in any mailbox
//
// How requests are signed: proof.ts. Without a good proof the answer is 401, to a web page 403, and 507 when there is no room left.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { encode } from "@sonm/protocol/values/codec";
import { Failure } from "@sonm/protocol/values/failure";
import { address, contentId } from "@sonm/protocol/values/shape";
import { isDiskFull } from "../disk/database.ts";
import { boundConnections, paced } from "./connections.ts";
import { readEnvelope } from "./envelope.ts";
import { NetBadEnvelope, NetContentMissing, NetForeignOrigin, NetNoRoom, NetTooLarge, NetUnproven } from "./errors.ts";
import type { LedgerOptions } from "./ledger.ts";
import { LANES, type Lane } from "./peer.ts";
import { STORE_HOST } from "./place.ts";
import { createProofCheck, toPublish, toRead } from "./proof.ts";
import { openStore } from "./store.ts";

/** Beside what is said here, the bounds of the store, which has defaults for all of them. */
export type StoreServerOptions = Partial<LedgerOptions> & {
  /** where content and mail are kept */
  readonly directory: string;
  /** address of the interface to listen on; default 127.0.0.1 */
  readonly host?: string;
  /** TCP port; 0 (the default) for any free one */
  readonly port?: number;
  /** largest piece of content, bytes; default 512 MiB */
  readonly maxContentBytes?: number;
  /** largest letter, bytes; default 256 KiB */
  readonly maxMailBytes?: number;
  /** connections at a time, at most half of them from one address; default 512 */
  readonly maxConnections?: number;
  /** milliseconds without a byte after which a connection is ended; default 30 s */
  readonly silenceMs?: number;
};

export type StoreServer = {
  readonly url: string;
  /** Number of the newest letter in any mailbox. */
  newest(): number;
  stop(): Promise<void>;
};

/** Connections at a time, if nothing else is said. */
export const MAX_CONNECTIONS = 512;
/** Most letters in one answer, and most bytes of letters if there is more than one. The reader asks again for more. */
const MAIL_BATCH = 64;
const MAIL_BATCH_BYTES = 2 ** 20;
/** Milliseconds between two looks for what has expired. */
const EXPIRY_PAUSE = 60_000;
/** Milliseconds in which a client that is still sending can read why it is refused. */
const LINGER = 2000;

/** Why the store cannot listen at this address. */
function deaf(host: string, port: number, cause: NodeJS.ErrnoException): Failure {
  const what = `The store cannot listen on ${host}, port ${port}`;
  if (cause.code === "EADDRINUSE") {
    return new Failure(what, "another program listens there, perhaps a store", "stop it, or choose another port", {
      cause,
    });
  }
  return new Failure(what, cause.message, "choose an address of this computer and a port that you may use", { cause });
}

/** The body while it comes. Who stops reading it can still answer. */
const partsOf = (request: IncomingMessage, silenceMs: number) =>
  paced(request.iterator({ destroyOnReturn: false }), silenceMs);

async function bodyOf(request: IncomingMessage, what: string, limit: number, silenceMs: number): Promise<Uint8Array> {
  const announced = Number(request.headers["content-length"] ?? 0);
  if (announced > limit) throw new NetTooLarge(what, announced, limit);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of partsOf(request, silenceMs)) {
    size += chunk.length;
    if (size > limit) throw new NetTooLarge(what, size, limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function numberIn(url: URL, name: string, otherwise?: number): number {
  const given = url.searchParams.get(name);
  const number = given === null ? otherwise : Number(given);
  if (number === undefined || !Number.isSafeInteger(number) || number < 0) {
    throw new NetBadEnvelope(`\`${name}\` is no number`);
  }
  return number;
}

function laneIn(url: URL): Lane {
  const given = url.searchParams.get("lane");
  const lane = LANES.find((one) => one === given);
  if (!lane) throw new NetBadEnvelope(`\`lane\` is none of ${LANES.join(", ")}`);
  return lane;
}

/** Status and words for what went wrong. */
function refusalOf(error: unknown): { status: number; words: string } {
  const words = error instanceof Error ? error.message : String(error);
  if (error instanceof NetContentMissing) return { status: 404, words };
  if (error instanceof NetTooLarge) return { status: 413, words };
  if (error instanceof NetUnproven) return { status: 401, words };
  if (error instanceof NetForeignOrigin) return { status: 403, words };
  if (error instanceof NetNoRoom) return { status: 507, words };
  if (isDiskFull(error)) return { status: 507, words: "the disk of the store is full" };
  return { status: 400, words };
}

/**
 * Starts serving. The caller stops it.
 * @throws Failure if it cannot listen there
 */
export async function startStoreServer(options: StoreServerOptions): Promise<StoreServer> {
  const {
    directory,
    host = STORE_HOST,
    port = 0,
    maxContentBytes = 512 * 2 ** 20,
    maxMailBytes = 256 * 2 ** 10,
    maxConnections = MAX_CONNECTIONS,
    silenceMs = 30_000,
    ...bounds
  } = options;
  const store = openStore(directory, bounds);
  const proven = createProofCheck(store.identity, bounds.now ?? Date.now);

  async function answer(request: IncomingMessage): Promise<Uint8Array | string | { length: number; stream: Readable }> {
    // A browser names the page that a request comes from, and no program does. So no page can write here in the name of its visitor's
    // computer, which may be the only one that reaches this store.
    const { origin, authorization } = request.headers;
    if (origin !== undefined) throw new NetForeignOrigin(origin);
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const [, place, name] = url.pathname.split("/");
    const route = `${request.method} /${place}`;
    if (route === "PUT /content" && name) {
      const id = contentId(name, "the id");
      const length = numberIn(url, "length");
      const sender = await proven(authorization, toPublish(id, length));
      if (length > maxContentBytes) throw new NetTooLarge("content", length, maxContentBytes);
      await store.put({ id, length, sender }, partsOf(request, silenceMs));
      return id.toLowerCase();
    }
    if (route === "GET /content") {
      const id = contentId(name, "the id");
      const found = await store.get(id);
      if (!found) throw new NetContentMissing(id);
      return found;
    }
    if (route === "POST /mail" && !name) {
      const bytes = await bodyOf(request, "message", maxMailBytes, silenceMs);
      store.deliver({ ...(await readEnvelope(bytes)), bytes });
      return "ok";
    }
    if (route === "GET /mail") {
      const mailbox = address(name, "the mailbox");
      const reader = await proven(authorization, toRead(mailbox));
      if (reader.toLowerCase() !== mailbox.toLowerCase()) {
        throw new NetUnproven(`${reader} asks for mail of ${mailbox}`);
      }
      const lane = laneIn(url);
      const since = numberIn(url, "since", 0);
      const newest = store.newest();
      // A number that this store has not given is from another one, or the store has lost letters when power failed. The reader
      // would miss all letters up to that number. So it gets everything: letters may arrive more than once.
      const from = since > newest ? 0 : since;
      const { letters, more } = store.mail(mailbox, lane, from, MAIL_BATCH, MAIL_BATCH_BYTES);
      const next = more ? letters.at(-1)?.sequence : newest;
      return encode([next, letters.map(({ bytes }) => bytes)]);
    }
    if (route === "GET /newest") return String(store.newest());
    if (route === "GET /store") return store.identity;
    throw new NetBadEnvelope(`there is no ${request.method} ${url.pathname}`);
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = await answer(request);
      const [type, length] =
        typeof body === "string" ? ["text/plain", Buffer.byteLength(body)] : ["application/octet-stream", body.length];
      response.writeHead(200, { "content-type": type, "content-length": length });
      if (typeof body === "string" || body instanceof Uint8Array) response.end(body);
      else await pipeline(body.stream, response);
    } catch (error) {
      // Too late for words: the client sees that bytes are missing.
      if (response.headersSent) {
        response.destroy();
        return;
      }
      const { status, words } = refusalOf(error);
      response.writeHead(status, {
        "content-type": "text/plain",
        "content-length": Buffer.byteLength(words),
        connection: "close",
      });
      response.write(words);
      // The rest of the body is not read. But to end the connection at once would also end what the client has yet to read.
      const end = () => response.end();
      if (request.complete) {
        end();
        return;
      }
      const timer = setTimeout(end, LINGER);
      request.resume();
      request.once("close", () => {
        clearTimeout(timer);
        end();
      });
    }
  }

  const server = createServer({ headersTimeout: silenceMs, requestTimeout: 0 }, (request, response) => {
    void serve(request, response);
  });
  boundConnections(server, maxConnections, silenceMs);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      store.close();
      reject(deaf(host, port, error));
    });
    server.listen(port, host, resolve);
  });

  let sweep: NodeJS.Timeout;
  const dropExpired = () => {
    let more = false;
    try {
      more = store.expire();
    } catch {
      // A full or broken disk. Whoever writes is told, and what has expired is dropped later.
    }
    sweep = setTimeout(dropExpired, more ? 0 : EXPIRY_PAUSE).unref();
  };
  dropExpired();

  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`,
    newest: store.newest,
    async stop() {
      clearTimeout(sweep);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      store.close();
    },
  };
}
