// The store and those whom it does not know: whose mail they get, what they may leave, and what they may hold up.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, type TestContext, test } from "node:test";
import { createHasher } from "@sonm/protocol/merkle/keccak";
import { decode } from "@sonm/protocol/values/codec";
import type { ContentId, Hex, JobId } from "@sonm/protocol/values/ids";
import { bytesToHex, keccak256, type LocalAccount } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { seal } from "../../../../offchain/host/net/envelope.ts";
import { createHttpPeer } from "../../../../offchain/host/net/http-peer.ts";
import type { Message } from "../../../../offchain/host/net/message.ts";
import { PROOF_MS, prove, toPublish, toRead } from "../../../../offchain/host/net/proof.ts";
import { type StoreServerOptions, startStoreServer } from "../../../../offchain/host/net/server.ts";
import { publishing, put, reading } from "./publishing.ts";

const folder = mkdtempSync(join(tmpdir(), "sonm-strangers-"));
const children: ChildProcess[] = [];
after(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});
let folders = 0;
const newKey = () => privateKeyToAccount(generatePrivateKey());
const DAY = 24 * 3600 * 1000;

async function serverFor(t: TestContext, options: Partial<StoreServerOptions> = {}) {
  const directory = join(folder, String(folders++));
  const server = await startStoreServer({ directory, ...options });
  t.after(() => server.stop());
  const identity = (await (await fetch(`${server.url}/store`)).text()) as Hex;
  return { ...server, identity, files: () => readdirSync(join(directory, "content")) };
}

const [alice, bob, mallory] = [newKey(), newKey(), newKey()];
const bytes = Uint8Array.of(1, 2, 3);
const id = keccak256(bytes) as ContentId;
const letter = (reason = ""): Message => ({
  kind: "decline",
  job: `0x${"11".repeat(32)}` as JobId,
  batch: 0,
  attempt: 0,
  reason,
});
const post = async (
  url: string,
  from: LocalAccount,
  to: LocalAccount,
  headers: Record<string, string> = {},
  at = Date.now(),
) => fetch(`${url}/mail`, { method: "POST", headers, body: (await seal(from, to.address, letter(), at)).slice() });

describe("S9: nobody reads the mail of others", () => {
  const strangers: [name: string, headers: (url: string, store: Hex) => Promise<Record<string, string>>][] = [
    ["without a signature", async () => ({})],
    ["with something else than a signature", async () => ({ authorization: "Bearer x" })],
    ["with a malformed signature", async () => ({ authorization: `SONM ${Date.now()} 0x${"00".repeat(65)}` })],
    ["with the key of another", (url) => reading(url, mallory)],
    ["with a signature of long ago", (url) => reading(url, bob, Date.now() - PROOF_MS - 1000)],
    ["with a signature for later", (url) => reading(url, bob, Date.now() + PROOF_MS + 10_000)],
    [
      "with a signature for another store",
      async () => ({ authorization: await prove(bob, `0x${"cc".repeat(32)}`, toRead(bob.address), Date.now()) }),
    ],
    [
      "with a signature for something else",
      async (_, store) => ({ authorization: await prove(bob, store, toPublish(id, 3), Date.now()) }),
    ],
  ];
  for (const [name, headers] of strangers) {
    test(name, async (t) => {
      const { url, identity } = await serverFor(t);
      await post(url, alice, bob);
      const response = await fetch(`${url}/mail/${bob.address}`, { headers: await headers(url, identity) });
      assert.equal(response.status, 401);
      assert.match(await response.text(), /^The store does not know who asks: /);
    });
  }

  test("but its owner does, in whatever letters the address is written", async (t) => {
    const { url } = await serverFor(t);
    await post(url, alice, bob);
    for (const address of [bob.address, bob.address.toLowerCase()]) {
      const response = await fetch(`${url}/mail/${address}?lane=newcomers`, { headers: await reading(url, bob) });
      const [, letters] = decode(new Uint8Array(await response.arrayBuffer())) as [number, unknown[]];
      assert.equal(letters.length, 1);
    }
  });

  test("a proof is good for as long as it may be, and no longer, however often it was shown", async (t) => {
    let now = Date.now();
    const { url } = await serverFor(t, { now: () => now });
    const headers = await reading(url, bob, now);
    const status = async () => (await fetch(`${url}/mail/${bob.address}?lane=newcomers`, { headers })).status;
    assert.equal(await status(), 200);
    now += PROOF_MS;
    assert.equal(await status(), 200);
    now += 1;
    assert.equal(await status(), 401);
  });
});

describe("S9: no web page uses the store", () => {
  const page = { origin: "https://example.com" };
  test("it can neither post nor publish nor read", async (t) => {
    const { url, newest, files } = await serverFor(t);
    const before = newest();
    assert.equal((await post(url, mallory, bob, page)).status, 403);
    assert.equal((await post(url, mallory, bob, { origin: "null" })).status, 403);
    const { at, headers } = await publishing(url, mallory, id, 3);
    const published = await fetch(at, { method: "PUT", headers: { ...headers, ...page }, body: bytes });
    assert.equal(published.status, 403);
    assert.match(await published.text(), /does not answer web pages: the request comes from https:\/\/example\.com/);
    const read = await fetch(`${url}/mail/${mallory.address}`, {
      headers: { ...(await reading(url, mallory)), ...page },
    });
    assert.equal(read.status, 403);
    assert.deepEqual([newest(), files()], [before, []]);
  });
});

describe("S9: who publishes signs", () => {
  test("without a signature nothing is kept", async (t) => {
    const { url, files } = await serverFor(t);
    const response = await fetch(`${url}/content/${id}?length=3`, { method: "PUT", body: bytes });
    assert.equal(response.status, 401);
    assert.deepEqual(files(), []);
  });

  test("other bytes than were announced are not kept", async (t) => {
    const { url, files } = await serverFor(t);
    for (const body of [
      [1, 2],
      [1, 2, 4],
      [1, 2, 3, 4],
    ]) {
      const response = await put(url, alice, bytes, Uint8Array.from(body));
      assert.equal(response.status, 400, String(body));
    }
    assert.deepEqual(files(), []);
  });

  test("content is for everybody, without a signature", async (t) => {
    const { url } = await serverFor(t);
    await put(url, alice, bytes);
    assert.deepEqual(new Uint8Array(await (await fetch(`${url}/content/${id}`)).arrayBuffer()), bytes);
  });
});

describe("S9: a flood pushes nothing out", () => {
  const MiB = 2 ** 20;
  const piece = (number: number) => new Uint8Array(100_000).fill(number);

  test("fresh keys fill half of the space; who was here before goes on, and all that is kept stays", async (t) => {
    let now = Date.now();
    const { url } = await serverFor(t, { space: 2 * MiB, quota: MiB / 2, now: () => now });
    const publish = async (account: LocalAccount, number: number) => {
      const content = piece(number);
      const { at, headers } = await publishing(url, account, keccak256(content), content.length, now);
      return fetch(at, { method: "PUT", headers, body: content });
    };
    assert.equal((await publish(alice, 1)).status, 200);
    now += DAY;
    const answers = [];
    for (let number = 2; number < 20; number++) answers.push((await publish(newKey(), number)).status);
    assert.equal(answers[0], 200);
    const full = answers.indexOf(507);
    assert.ok(full > 0 && answers.slice(full).every((status) => status === 507), String(answers));
    const refused = await publish(mallory, 30);
    assert.match(await refused.text(), /takes no more content for now: senders of their first day together have/);
    assert.equal((await publish(alice, 31)).status, 200);
    for (let number = 1; number < 2 + full; number++) {
      assert.equal((await fetch(`${url}/content/${keccak256(piece(number))}`)).status, 200, String(number));
    }
  });

  test("content leaves room for letters, and one sender's letters for those of others", async (t) => {
    const now = Date.now();
    const { url } = await serverFor(t, { space: MiB, quota: 160_000, now: () => now });
    const send = async (from: LocalAccount, at: number) => (await post(url, from, bob, {}, now + at)).status;
    const answers = [];
    for (let at = 0; at < 12; at++) answers.push(await send(mallory, at));
    assert.deepEqual([answers[0], answers.at(-1)], [200, 507]);
    assert.equal(await send(alice, 0), 200);
  });

  test("a peer is told why, also while it is still sending", async (t) => {
    const { url } = await serverFor(t, { quota: MiB });
    const peer = createHttpPeer({ url, account: alice });
    for (let i = 0; i < 3; i++) {
      await assert.rejects(peer.publish(new Uint8Array(32 * MiB)), /takes no more content for now: 0x\w+ has 0 bytes/);
    }
  });
});

test("S9: who is refused while it sends has time to read why, but not for ever", { timeout: 30_000 }, async (t) => {
  const { url } = await serverFor(t);
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let ended = false;
  socket.on("end", () => {
    ended = true;
  });
  socket.write(`PUT /content/${id}?length=1000 HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nx`);
  let answer = "";
  while (!answer.endsWith("the request is not signed")) answer += (await once(socket, "data"))[0];
  assert.match(answer, /^HTTP\/1\.1 401 /);
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(ended, false);
  if (!ended) await once(socket, "end");
});

describe("S9: nobody holds the store up", () => {
  /** A request whose body stops in the middle. */
  async function stuck(url: string, account: LocalAccount) {
    const { at, headers } = await publishing(url, account, id, 3);
    const { hostname, port, pathname, search } = new URL(at);
    const socket = connect(Number(port), hostname);
    socket.on("error", () => {});
    const head = `PUT ${pathname}${search} HTTP/1.1\r\nHost: x\r\nAuthorization: ${headers.authorization}\r\nContent-Length: 3\r\n\r\n`;
    socket.write(head);
    socket.write(bytes.subarray(0, 1));
    return socket;
  }

  test("a body that falls silent is given up, and the room for it is free again", { timeout: 30_000 }, async (t) => {
    const { url, files } = await serverFor(t, { silenceMs: 300, quota: 8192 });
    const socket = await stuck(url, alice);
    while (files().length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    const other = await put(url, alice, Uint8Array.of(7));
    assert.equal(other.status, 507, "the room is reserved");
    socket.resume();
    if (!socket.closed) await once(socket, "close");
    while (files().length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal((await put(url, alice, Uint8Array.of(7))).status, 200);
  });

  test("a connection that says nothing is ended", { timeout: 30_000 }, async (t) => {
    const { url } = await serverFor(t, { silenceMs: 200 });
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname).resume();
    socket.on("error", () => {});
    await once(socket, "close");
  });

  test("one address has at most half of the connections", { timeout: 30_000 }, async (t) => {
    const { url } = await serverFor(t, { maxConnections: 8 });
    const { hostname, port } = new URL(url);
    const sockets = Array.from({ length: 10 }, () => connect(Number(port), hostname).resume());
    t.after(() => {
      for (const socket of sockets) socket.destroy();
    });
    const ended = await new Promise<number>((resolve) => {
      let count = 0;
      for (const socket of sockets) {
        socket.on("error", () => {});
        socket.once("close", () => count++);
      }
      setTimeout(() => resolve(count), 500);
    });
    // The answer to the question for its identity may still have its connection.
    assert.ok(ended === 6 || ended === 7, String(ended));
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal((await fetch(`${url}/newest`)).status, 200);
  });

  test("an answer has at most 1 MiB of letters, unless one letter is larger", async (t) => {
    const { url } = await serverFor(t, { maxMailBytes: 2 ** 21 });
    const at = Date.now();
    for (let i = 0; i < 5; i++) {
      const body = (await seal(alice, bob.address, letter("x".repeat(300_000)), at + i)).slice();
      assert.equal((await fetch(`${url}/mail`, { method: "POST", body })).status, 200);
    }
    let since = 0;
    const counts: number[] = [];
    for (let i = 0; i < 3; i++) {
      const response = await fetch(`${url}/mail/${bob.address}?lane=newcomers&since=${since}`, {
        headers: await reading(url, bob),
      });
      const [next, letters] = decode(new Uint8Array(await response.arrayBuffer())) as [number, unknown[]];
      counts.push(letters.length);
      since = next;
    }
    assert.deepEqual(counts, [3, 2, 0]);
  });
});

test("S9: the memory of a store does not grow with content that passes through it", { timeout: 120_000 }, async (t) => {
  if (!existsSync("/proc/self/status")) return t.skip("needs /proc");
  const source = new URL("../../../../offchain/host/net/server.ts", import.meta.url);
  const script = `
    const { startStoreServer } = await import(${JSON.stringify(source)});
    console.log((await startStoreServer({ directory: ${JSON.stringify(join(folder, "streams"))} })).url);`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const url = String((await once(child.stdout, "data"))[0]).trim();
  const peak = () => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]) / 1024;
  const part = new Uint8Array(2 ** 20).fill(5);
  const PARTS = 160;
  const hasher = createHasher();
  for (let i = 0; i < PARTS; i++) hasher.update(part);
  const large = bytesToHex(hasher.digest());
  await put(url, alice, bytes);
  const before = peak();
  let sent = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent++ < PARTS) controller.enqueue(part.slice());
      else controller.close();
    },
  });
  const { at, headers } = await publishing(url, alice, large, PARTS * part.length);
  const response = await fetch(at, { method: "PUT", headers, body: stream, duplex: "half" });
  assert.equal(await response.text(), large);
  let size = 0;
  for await (const chunk of (await fetch(`${url}/content/${large}`)).body ?? []) size += chunk.length;
  assert.equal(size, PARTS * part.length);
  const grown = peak() - before;
  t.diagnostic(`${Math.round(grown)} MiB for ${PARTS} MiB in and out`);
  assert.ok(grown < PARTS * 0.75, `${grown} MiB`);
  child.kill("SIGKILL");
  await once(child, "exit");
});
