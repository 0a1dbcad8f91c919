// The store over HTTP, on the loopback interface unless told otherwise: enough for the processes of one computer.
//
//   PUT  /content            bytes → the id as text
//   GET  /content/0x…        the bytes, or 404
//   POST /mail               a signed envelope; refused with 400 if its signature is not good
//   GET  /mail/0x…?since=n   MessagePack: [n', [envelope, …]]; the mailbox has no other letter up to number n'.
//                            A number that the store has not reached counts as 0
//   GET  /newest             number of the newest letter in any mailbox
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { encode } from "@sonm/protocol/values/codec";
import { Failure } from "@sonm/protocol/values/failure";
import { address, contentId } from "@sonm/protocol/values/shape";
import { readEnvelope } from "./envelope.ts";
import { NetBadEnvelope, NetContentMissing, NetTooLarge } from "./errors.ts";
import { STORE_HOST } from "./place.ts";
import { openStore } from "./store.ts";

export type StoreServerOptions = {
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
};

export type StoreServer = {
  readonly url: string;
  /** Number of the newest letter in any mailbox. */
  newest(): number;
  stop(): Promise<void>;
};

/** Most letters in one answer, which is at most 16 MiB of letters with the default limit. The reader asks again for more. */
const MAIL_BATCH = 64;

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

async function bodyOf(request: IncomingMessage, what: string, limit: number): Promise<Uint8Array> {
  const announced = Number(request.headers["content-length"] ?? 0);
  if (announced > limit) throw new NetTooLarge(what, announced, limit);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw new NetTooLarge(what, size, limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
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
  } = options;
  const store = openStore(directory);

  async function answer(request: IncomingMessage): Promise<Uint8Array | string> {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const [, place, name] = url.pathname.split("/");
    const route = `${request.method} /${place}`;
    if (route === "PUT /content" && !name) return store.put(await bodyOf(request, "content", maxContentBytes));
    if (route === "GET /content") {
      const id = contentId(name, "the id");
      const bytes = await store.get(id);
      if (!bytes) throw new NetContentMissing(id);
      return bytes;
    }
    if (route === "POST /mail" && !name) {
      const bytes = await bodyOf(request, "message", maxMailBytes);
      const { id, to } = await readEnvelope(bytes);
      store.deliver(to, id, bytes);
      return "ok";
    }
    if (route === "GET /mail") {
      const since = Number(url.searchParams.get("since") ?? 0);
      if (!Number.isSafeInteger(since)) throw new NetBadEnvelope("`since` is no number");
      const newest = store.newest();
      // A number that this store has not given is from another one, or the store has lost letters when power failed. The reader
      // would miss all letters up to that number. So it gets everything: letters may arrive more than once.
      const from = since > newest ? 0 : since;
      const letters = store.mail(address(name, "the mailbox"), from, MAIL_BATCH);
      const next = letters.length < MAIL_BATCH ? newest : letters.at(-1)?.sequence;
      return encode([next, letters.map(({ bytes }) => bytes)]);
    }
    if (route === "GET /newest") return String(store.newest());
    throw new NetBadEnvelope(`there is no ${request.method} ${url.pathname}`);
  }

  function respond(response: ServerResponse, status: number, body: Uint8Array | string): void {
    response.writeHead(status, {
      "content-type": typeof body === "string" ? "text/plain" : "application/octet-stream",
    });
    response.end(body);
  }

  const server = createServer((request, response) => {
    answer(request).then(
      (body) => respond(response, 200, body),
      (error: unknown) => {
        // The rest of an oversized body is not read.
        response.setHeader("connection", "close");
        const status = error instanceof NetContentMissing ? 404 : error instanceof NetTooLarge ? 413 : 400;
        respond(response, status, error instanceof Error ? error.message : String(error));
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      store.close();
      reject(deaf(host, port, error));
    });
    server.listen(port, host, resolve);
  });

  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`,
    newest: store.newest,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      store.close();
    },
  };
}
