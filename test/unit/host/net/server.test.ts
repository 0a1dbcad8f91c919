// The store over HTTP, seen from any client: its routes, limits and answers, where it listens, and how it stops.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, type TestContext, test } from "node:test";
import { decode } from "@sonm/protocol/values/codec";
import { Failure } from "@sonm/protocol/values/failure";
import type { JobId } from "@sonm/protocol/values/ids";
import { keccak256 } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { seal } from "../../../../offchain/host/net/envelope.ts";
import type { Message } from "../../../../offchain/host/net/message.ts";
import { type StoreServerOptions, startStoreServer } from "../../../../offchain/host/net/server.ts";
import { publishing, put, reading } from "./publishing.ts";

const folder = mkdtempSync(join(tmpdir(), "sonm-server-"));
after(() => rmSync(folder, { recursive: true }));
let folders = 0;
const newFolder = () => join(folder, String(folders++));

async function serverFor(t: TestContext, options: Partial<StoreServerOptions> = {}) {
  const server = await startStoreServer({ directory: newFolder(), ...options });
  t.after(() => server.stop());
  const read = async (response: Response) => {
    const bytes = new Uint8Array(await response.arrayBuffer());
    const { status, headers } = response;
    return { status, bytes, text: Buffer.from(bytes).toString(), type: headers.get("content-type"), headers };
  };
  const ask = async (
    method: string,
    path: string,
    body?: Uint8Array | string,
    headers: Record<string, string> = {},
  ) => {
    const given = body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> };
    return read(await fetch(server.url + path, { method, headers, ...given }));
  };
  const publish = async (content: Uint8Array, body?: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>) =>
    read(await put(server.url, account, content, body));
  /** Letters are numbered from here. */
  const zero = server.newest();
  const mail = async (query = "") => ask("GET", newcomers + query, undefined, await reading(server.url, account));
  const letters = async (query = "") => {
    const [next, found] = decode((await mail(query)).bytes) as [number, Uint8Array[]];
    return [next - zero, found] as const;
  };
  return { ...server, ask, publish, mail, letters, zero };
}

const account = privateKeyToAccount(`0x${"01".repeat(32)}`);
const letter: Message = { kind: "accept", job: `0x${"11".repeat(32)}` as JobId, batch: 0, attempt: 0 };
const start = Date.now();
/** The `number`th letter to `account`. */
const sealed = (number = 1, message = letter) => seal(account, account.address, message, start + number);
const mailbox = `/mail/${account.address}`;
/** Whoever writes here has a new key. */
const newcomers = `${mailbox}?lane=newcomers`;
const bytes = Uint8Array.of(1, 2, 3);
const id = keccak256(bytes);

/** SQLite keeps its log beside a database as long as somebody has it open. */
const isOpen = (directory: string) => existsSync(join(directory, "mail.sqlite-wal"));

/** A body that is sent without its length. */
const streamed = (content: Uint8Array) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (let at = 0; at < content.length; at += 100) controller.enqueue(content.subarray(at, at + 100));
      controller.close();
    },
  });

/** The status of the answer to a request that announces `size` bytes and then sends none; 0 if there is no answer. */
async function statusOfAnnounced(url: string, method: string, path: string, size: number): Promise<number> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.end(`${method} ${path} HTTP/1.1\r\nHost: store\r\nContent-Length: ${size}\r\n\r\n`);
  let answer = "";
  for await (const chunk of socket) answer += chunk;
  return Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);
}

describe("routes", () => {
  test("PUT takes content as bytes and answers its id as text; GET answers the bytes", async (t) => {
    const { ask, publish } = await serverFor(t);
    const put = await publish(bytes);
    assert.deepEqual([put.status, put.type, put.text], [200, "text/plain", id]);
    const got = await ask("GET", `/content/${id}`);
    assert.deepEqual([got.status, got.type, got.bytes], [200, "application/octet-stream", bytes]);
  });

  test("for content that is not here, the answer is 404 with the reason as text", async (t) => {
    const { ask } = await serverFor(t);
    const { status, type, text } = await ask("GET", `/content/${id}`);
    assert.deepEqual([status, type], [404, "text/plain"]);
    assert.equal(text, `The content ${id} is not here: nobody has published it`);
  });

  test("a posted letter is in the mailbox, and the answer has the number of the newest letter", async (t) => {
    const { ask, newest, mail, zero } = await serverFor(t);
    const posted = await ask("POST", "/mail", await sealed());
    assert.deepEqual([posted.status, posted.type, posted.text], [200, "text/plain", "ok"]);
    const { status, type, bytes } = await mail("&since=0");
    assert.deepEqual([status, type], [200, "application/octet-stream"]);
    assert.deepEqual(decode(bytes), [zero + 1, [await sealed()]]);
    assert.equal(newest(), zero + 1);
    const { text } = await ask("GET", "/newest");
    assert.equal(text, String(zero + 1));
  });

  test("a mailbox is read from its beginning, unless a number is given", async (t) => {
    const { ask, letters, zero } = await serverFor(t);
    for (const number of [1, 2]) await ask("POST", "/mail", await sealed(number));
    assert.deepEqual(await letters(), [2, [await sealed(1), await sealed(2)]]);
    assert.deepEqual(await letters(`&since=${zero + 1}`), [2, [await sealed(2)]]);
    assert.deepEqual(await letters(`&since=${zero + 2}`), [2, []]);
  });

  test("a number that the store has not reached counts as 0: it comes from a store of the past", async (t) => {
    const { ask, letters, zero } = await serverFor(t);
    assert.deepEqual(await letters(`&since=${zero + 9}`), [0, []]);
    for (const number of [1, 2]) await ask("POST", "/mail", await sealed(number));
    assert.deepEqual(await letters(`&since=${zero + 3}`), [2, [await sealed(1), await sealed(2)]]);
  });

  test("S9: a new store is told from an old one, also if it has more letters than the old one had", async (t) => {
    const old = await serverFor(t);
    for (const number of [1, 2]) await old.ask("POST", "/mail", await sealed(number));
    const [since] = decode((await old.mail()).bytes) as [number];
    const young = await serverFor(t, { now: () => Date.now() + 1000 });
    for (const number of [3, 4, 5]) await young.ask("POST", "/mail", await sealed(number));
    const [next, letters] = await young.letters(`&since=${since}`);
    assert.deepEqual([next, letters.length], [3, 3]);
    const [, again] = await old.letters(`&since=${young.newest()}`);
    assert.equal(again.length, 2, "and the other way round");
  });

  for (const since of ["x", "1.5", "1e99", "-1"]) {
    test(`a mailbox cannot be read from ${since}`, async (t) => {
      const { mail } = await serverFor(t);
      const { status, text } = await mail(`&since=${since}`);
      assert.equal(status, 400);
      assert.match(text, /`since` is no number/);
    });
  }

  for (const query of ["", "?lane=", "?lane=all", "?lane=known%20"]) {
    test(`S1: a mailbox has no lane of the name "${query}"`, async (t) => {
      const { url, ask } = await serverFor(t);
      const { status, text } = await ask("GET", mailbox + query, undefined, await reading(url, account));
      assert.equal(status, 400);
      assert.match(text, /`lane` is none of known, newcomers/);
    });
  }

  test("S1: each lane has its letters and its number, which is the newest of the store also if the lane is empty", async (t) => {
    let now = start;
    const { url, ask, zero } = await serverFor(t, { now: () => now });
    const of = async (lane: string, since = 0) => {
      const { bytes } = await ask(
        "GET",
        `${mailbox}?lane=${lane}&since=${zero + since}`,
        undefined,
        await reading(url, account, now),
      );
      const [next, found] = decode(bytes) as [number, Uint8Array[]];
      return [next - zero, found];
    };
    const day = 24 * 3600 * 1000;
    const other = privateKeyToAccount(`0x${"02".repeat(32)}`);
    const first = await sealed(1);
    await ask("POST", "/mail", first);
    assert.deepEqual(await of("known"), [1, []]);
    now += day;
    const young = await seal(other, account.address, letter, now);
    const known = await sealed(day + 2);
    for (const one of [young, known]) await ask("POST", "/mail", one);
    assert.deepEqual(await of("known"), [3, [known]]);
    assert.deepEqual(await of("known", 3), [3, []]);
    assert.deepEqual(await of("newcomers"), [3, [first, young]], "what has come stays in its lane");
    assert.deepEqual(await of("newcomers", 2), [3, []]);
  });

  const wrong: [method: string, path: string, body?: string][] = [
    ["GET", "/"],
    ["GET", "/nowhere"],
    ["PUT", "/content", "hello"],
    ["POST", `/mail/${account.address}`, "hello"],
    ["POST", "/content", "hello"],
    ["PUT", "/mail", "hello"],
    ["DELETE", `/content/${id}`],
    ["POST", "/newest", "hello"],
  ];
  for (const [method, path, body] of wrong) {
    test(`there is no ${method} ${path}`, async (t) => {
      const { ask } = await serverFor(t);
      const { status, text, type, headers } = await ask(method, path, body);
      assert.deepEqual([status, type], [400, "text/plain"]);
      assert.equal(text, `The message is not valid: there is no ${method} ${path}`);
      assert.equal(headers.get("connection"), "close", "the rest of its body is not read");
    });
  }

  for (const path of ["/content/0x12", "/content/", "/mail/0x12", "/mail/"]) {
    test(`GET ${path} names what is wrong`, async (t) => {
      const { ask } = await serverFor(t);
      const { status, text } = await ask("GET", path);
      assert.equal(status, 400);
      assert.match(text, /^The value is not valid: the (id|mailbox) must be/);
    });
  }

  test("a letter that is no envelope is refused and not kept", async (t) => {
    const { ask, newest, zero } = await serverFor(t);
    assert.equal((await ask("POST", "/mail", "hello")).status, 400);
    assert.equal(newest(), zero);
  });
});

describe("limits", () => {
  test("content and letters of exactly the limit are accepted, with or without their length; one byte more is refused", async (t) => {
    const post = await sealed();
    const { ask, publish } = await serverFor(t, { maxContentBytes: 1000, maxMailBytes: post.length });
    for (const [size, status] of [
      [1000, 200],
      [1001, 413],
    ] as const) {
      const content = new Uint8Array(size);
      assert.equal((await publish(content)).status, status, `${size} bytes announced`);
      const response = await publish(content, streamed(content));
      assert.equal(response.status, status, `${size} bytes streamed`);
      if (status === 413)
        assert.match(response.text, /^The content is too large: it has 1001 bytes, the limit is 1000$/);
    }
    assert.equal((await ask("POST", "/mail", post)).status, 200);
    const longer = await sealed(1, { ...letter, attempt: 1000 });
    const { status, text } = await ask("POST", "/mail", longer);
    assert.equal(status, 413);
    assert.match(text, /^The message is too large: /);
  });

  test("by default, the limit is 256 KiB for a letter and 512 MiB for content", async (t) => {
    const { url } = await serverFor(t);
    assert.equal(await statusOfAnnounced(url, "POST", "/mail", 2 ** 18 + 1), 413);
    assert.notEqual(await statusOfAnnounced(url, "POST", "/mail", 2 ** 18), 413);
    for (const [size, status] of [
      [2 ** 29 + 1, 413],
      [2 ** 29, 400],
    ] as const) {
      const { at, headers } = await publishing(url, account, id, size);
      const response = await fetch(at, { method: "PUT", headers, body: bytes });
      assert.equal(response.status, status, `${size} bytes`);
    }
  });

  test("one answer has at most 64 letters, and its number leads to the next ones", async (t) => {
    const { ask, letters, zero } = await serverFor(t);
    for (let number = 1; number <= 66; number++) await ask("POST", "/mail", await sealed(number));
    const read = async (since: number) => {
      const [next, found] = await letters(`&since=${zero + since}`);
      return [next, found.length];
    };
    assert.deepEqual(await read(0), [64, 64]);
    assert.deepEqual(await read(1), [65, 64]);
    assert.deepEqual(await read(2), [66, 64]);
    assert.deepEqual(await read(3), [66, 63]);
  });
});

describe("listening", () => {
  test("by default, each store listens on a free port, and only for this computer", async (t) => {
    const [one, other] = [await serverFor(t), await serverFor(t)];
    assert.notEqual(one.url, other.url);
    for (const { url } of [one, other]) assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
  });

  test("the URL of an IPv6 address has brackets (if the computer has such an address)", async (t) => {
    const hasOne = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));
    if (!hasOne) return assert.rejects(startStoreServer({ directory: newFolder(), host: "::1" }), Failure);
    const { url, ask } = await serverFor(t, { host: "::1" });
    assert.match(url, /^http:\/\/\[::1\]:\d+$/);
    assert.match((await ask("GET", "/newest")).text, /^\d+$/);
  });

  test("if another program has the port, the failure says so, and the directory is closed again", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    const directory = newFolder();
    try {
      await assert.rejects(startStoreServer({ directory, port }), (error: unknown) => {
        assert.ok(error instanceof Failure);
        assert.equal(error.what, `The store cannot listen on 127.0.0.1, port ${port}`);
        assert.match(error.why, /another program listens there/);
        assert.match(error.todo, /choose another port/);
        return true;
      });
    } finally {
      await new Promise((resolve) => other.close(resolve));
    }
    assert.equal(isOpen(directory), false);
  });

  test("if the computer does not have the address, the failure says so", async () => {
    // This address is reserved for documentation, so no computer has it.
    const start = startStoreServer({ directory: newFolder(), host: "192.0.2.1" });
    await assert.rejects(start, (error: unknown) => {
      assert.ok(error instanceof Failure);
      assert.match(error.why, /EADDRNOTAVAIL/);
      assert.match(error.todo, /choose an address of this computer/);
      return true;
    });
  });
});

describe("stopping", () => {
  test("stop ends the service, frees the port, and closes the directory", async (t) => {
    const directory = newFolder();
    const { url, stop } = await startStoreServer({ directory });
    assert.equal(isOpen(directory), true);
    await stop();
    await assert.rejects(fetch(`${url}/newest`));
    assert.equal(isOpen(directory), false);
    const again = await serverFor(t, { directory, port: Number(new URL(url).port) });
    assert.equal(again.url, url);
  });

  test("stop does not wait for an unfinished request", { timeout: 30_000 }, async () => {
    const { url, stop } = await startStoreServer({ directory: newFolder() });
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.on("error", () => {});
    const ended = new Promise((resolve) => socket.once("close", resolve));
    const head = "PUT /content HTTP/1.1\r\nHost: store\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n";
    // The answer "continue" shows that the store has the request.
    await new Promise((resolve) => socket.once("data", resolve).write(head));
    await stop();
    await ended;
  });
});
