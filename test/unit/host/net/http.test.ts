// Peers and the store together: content by its hash, mail in order and only once, and limits.
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { encode } from "@sonm/protocol/values/codec";
import type { ContentId, JobId } from "@sonm/protocol/values/ids";
import { keccak256, zeroAddress } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { seal } from "../../../../offchain/host/net/envelope.ts";
import { NetContentCorrupt, NetContentMissing, NetUnreachable } from "../../../../offchain/host/net/errors.ts";
import { createHttpPeer } from "../../../../offchain/host/net/http-peer.ts";
import type { Message } from "../../../../offchain/host/net/message.ts";
import { startStoreServer } from "../../../../offchain/host/net/server.ts";
import { put } from "./publishing.ts";

const directory = mkdtempSync(join(tmpdir(), "sonm-net-"));
const server = await startStoreServer({ directory, maxContentBytes: 1000, maxMailBytes: 2000 });
after(async () => {
  await server.stop();
  rmSync(directory, { recursive: true });
});

const job = `0x${"11".repeat(32)}` as JobId;
const accept = (batch: number): Message => ({ kind: "accept", job, batch, attempt: 0 });
const newPeer = (bad: Error[] = []) =>
  createHttpPeer({
    url: server.url,
    account: privateKeyToAccount(generatePrivateKey()),
    onBadMail: (error) => bad.push(error),
  });

test("the server listens on the loopback interface only", () => {
  assert.match(server.url, /^http:\/\/127\.0\.0\.1:\d+$/);
});

test("published bytes are fetched by their hash, by everybody", async () => {
  const bytes = new TextEncoder().encode("hello");
  const id = await newPeer().publish(bytes);
  assert.equal(id, keccak256(bytes));
  assert.deepEqual(await newPeer().fetch(id), bytes);
  assert.equal(await newPeer().publish(bytes), id, "a second time changes nothing");
});

test("empty content can be published", async () => {
  const id = await newPeer().publish(new Uint8Array());
  assert.deepEqual(await newPeer().fetch(id), new Uint8Array());
});

test("content that nobody has published is missing", async () => {
  await assert.rejects(newPeer().fetch(keccak256("0x99") as ContentId), NetContentMissing);
});

test("content that was changed in the store is refused", async () => {
  const id = await newPeer().publish(Uint8Array.of(1, 2, 3));
  writeFileSync(join(directory, "content", id.slice(2)), Uint8Array.of(1, 2, 4));
  await assert.rejects(newPeer().fetch(id), NetContentCorrupt);
});

test("an id cannot lead out of the directory", async () => {
  for (const name of ["..%2F..%2Fmail.sqlite", "0x..", "0xABC"]) {
    const response = await fetch(`${server.url}/content/${name}`);
    assert.equal(response.status, 400);
  }
});

test("content above the limit is refused, announced or not, and leaves nothing behind", async () => {
  const before = readdirSync(join(directory, "content")).length;
  await assert.rejects(newPeer().publish(new Uint8Array(1001)), /too large.*1001 bytes, the limit is 1000/);
  const stream = new ReadableStream({
    start(controller) {
      for (let i = 0; i < 11; i++) controller.enqueue(new Uint8Array(100));
      controller.close();
    },
  });
  const account = privateKeyToAccount(generatePrivateKey());
  const response = await put(server.url, account, new Uint8Array(1100), stream);
  assert.equal(response.status, 413);
  assert.equal(readdirSync(join(directory, "content")).length, before);
});

test("a letter above the limit is refused, announced or not, and reaches nobody", async () => {
  const bob = newPeer();
  const decline = (length: number): Message => ({
    kind: "decline",
    job,
    batch: 0,
    attempt: 0,
    reason: "x".repeat(length),
  });
  await newPeer().send(bob.address, decline(1000));
  await assert.rejects(newPeer().send(bob.address, decline(2000)), /message is too large.*the limit is 2000/s);
  const account = privateKeyToAccount(generatePrivateKey());
  const letter = await seal(account, bob.address, decline(2000), Date.now());
  const stream = new ReadableStream({
    start(controller) {
      for (let at = 0; at < letter.length; at += 100) controller.enqueue(letter.subarray(at, at + 100));
      controller.close();
    },
  });
  const response = await fetch(`${server.url}/mail`, { method: "POST", body: stream, duplex: "half" });
  assert.equal(response.status, 413);
  assert.equal((await bob.messages("newcomers", 0)).messages.length, 1);
});

test("mail reaches its addressee, in order, once read no more", async () => {
  const [alice, bob, carol] = [newPeer(), newPeer(), newPeer()];
  await alice.send(bob.address, accept(1));
  await carol.send(bob.address, accept(2));
  await alice.send(carol.address, accept(3));
  const { messages, next } = await bob.messages("newcomers", 0);
  assert.deepEqual(
    messages.map(({ from, message }) => [from, message]),
    [
      [alice.address, accept(1)],
      [carol.address, accept(2)],
    ],
  );
  assert.deepEqual((await bob.messages("newcomers", next)).messages, []);
  await alice.send(bob.address, accept(4));
  assert.deepEqual(
    (await bob.messages("newcomers", next)).messages.map(({ message }) => message),
    [accept(4)],
  );
});

test("a full mailbox is read in several answers, without a gap", async () => {
  const [alice, bob] = [newPeer(), newPeer()];
  for (let i = 0; i < 150; i++) await alice.send(bob.address, accept(i));
  const batches: number[] = [];
  let since = 0;
  for (;;) {
    const { messages, next } = await bob.messages("newcomers", since);
    if (messages.length === 0) break;
    batches.push(...messages.map(({ message }) => (message.kind === "accept" ? message.batch : -1)));
    since = next;
  }
  assert.deepEqual(
    batches,
    Array.from({ length: 150 }, (_, i) => i),
  );
});

test("when all letters are read, the cursor stands at the newest letter of the store", async () => {
  const [alice, bob] = [newPeer(), newPeer()];
  await alice.send(alice.address, accept(1));
  assert.equal((await bob.messages("newcomers", 0)).next, server.newest());
});

test("the server refuses an envelope whose signature is malformed", async () => {
  const bytes = encode({ to: zeroAddress, at: 1, body: Uint8Array.of(1), signature: `0x${"00".repeat(65)}` });
  const response = await fetch(`${server.url}/mail`, { method: "POST", body: bytes as Uint8Array<ArrayBuffer> });
  assert.equal(response.status, 400);
});

test("a letter that is copied arrives with the same id; one that is changed has another sender", async () => {
  const bob = newPeer();
  const account = privateKeyToAccount(generatePrivateKey());
  const at = Date.now();
  const bytes = await seal(account, bob.address, accept(1), at);
  const post = (body: Uint8Array) =>
    fetch(`${server.url}/mail`, { method: "POST", body: body as Uint8Array<ArrayBuffer> });
  await post(bytes);
  await post(bytes);
  assert.equal((await bob.messages("newcomers", 0)).messages.length, 1);
  const { decode } = await import("@sonm/protocol/values/codec");
  const opened = decode(bytes) as { at: number };
  await post(encode({ ...opened, at: at + 1 } as never));
  const { messages } = await bob.messages("newcomers", 0);
  assert.ok(messages.slice(1).every(({ from }) => from !== account.address));
});

test("S9: who signs the words of another beforehand does not keep its letter out", async () => {
  const [bob, at] = [newPeer(), Date.now()];
  const keys = [1, 2].map(() => privateKeyToAccount(generatePrivateKey()));
  for (const key of keys) {
    const body = (await seal(key, bob.address, accept(1), at)).slice();
    assert.equal((await fetch(`${server.url}/mail`, { method: "POST", body })).status, 200);
  }
  const { messages } = await bob.messages("newcomers", 0);
  assert.deepEqual(
    messages.map(({ from }) => from),
    keys.map(({ address }) => address),
  );
  assert.notEqual(messages[0]?.id, messages[1]?.id);
});

test("a well signed letter with an unknown content is left out and reported", async () => {
  const bad: Error[] = [];
  const bob = newPeer(bad);
  await newPeer().send(bob.address, { kind: "nonsense" } as never);
  await newPeer().send(bob.address, { kind: "accept", job, batch: -1, attempt: 0 });
  await newPeer().send(bob.address, accept(1));
  assert.equal((await bob.messages("newcomers", 0)).messages.length, 1);
  assert.match(bad[0]?.message ?? "", /a known one/);
  assert.match(bad[1]?.message ?? "", /message\.batch/);
});

test("an unreachable store is named in the error", async () => {
  const peer = createHttpPeer({ url: "http://127.0.0.1:9", account: privateKeyToAccount(generatePrivateKey()) });
  await assert.rejects(peer.messages("newcomers", 0), NetUnreachable);
});

test("content and mail are still there after a restart", async () => {
  const place = mkdtempSync(join(tmpdir(), "sonm-net-"));
  const account = privateKeyToAccount(generatePrivateKey());
  const first = await startStoreServer({ directory: place });
  const id = await createHttpPeer({ url: first.url, account }).publish(Uint8Array.of(7));
  await createHttpPeer({ url: first.url, account }).send(account.address, accept(9));
  await first.stop();
  const second = await startStoreServer({ directory: place });
  const peer = createHttpPeer({ url: second.url, account });
  assert.deepEqual(await peer.fetch(id), Uint8Array.of(7));
  assert.equal((await peer.messages("newcomers", 0)).messages.length, 1);
  await second.stop();
  rmSync(place, { recursive: true });
});
