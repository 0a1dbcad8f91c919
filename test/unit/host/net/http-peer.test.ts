// What a peer makes of a store that answers wrongly, or is none: nothing counts as published, sent or read that is not.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import { decode, encode, type Value } from "@sonm/protocol/values/codec";
import type { ContentId, JobId } from "@sonm/protocol/values/ids";
import { keccak256 } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { readEnvelope, seal } from "../../../../offchain/host/net/envelope.ts";
import {
  NetBadEnvelope,
  NetContentCorrupt,
  NetContentMissing,
  NetUnreachable,
} from "../../../../offchain/host/net/errors.ts";
import { createHttpPeer } from "../../../../offchain/host/net/http-peer.ts";
import type { Message } from "../../../../offchain/host/net/message.ts";

type Answer = {
  readonly status?: number;
  readonly body?: string | Uint8Array;
  /** the connection ends before the whole body has come */
  readonly broken?: boolean;
};

/** What the server answers next, and what it was asked. */
let answer: Answer = {};
let asked: { request: string; body: Uint8Array }[] = [];
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  asked.push({ request: `${request.method} ${request.url}`, body: new Uint8Array(Buffer.concat(chunks)) });
  const { status = 200, body = "", broken = false } = answer;
  response.writeHead(status, { "content-length": body.length + (broken ? 1 : 0) });
  if (broken) response.write(body, () => response.destroy());
  else response.end(body);
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
after(() => {
  server.closeAllConnections();
  server.close();
});
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const account = privateKeyToAccount(`0x${"01".repeat(32)}`);
const sender = privateKeyToAccount(`0x${"02".repeat(32)}`);
const bytes = Uint8Array.of(1, 2, 3);
const id = keccak256(bytes) as ContentId;
const letter: Message = { kind: "accept", job: `0x${"11".repeat(32)}` as JobId, batch: 0, attempt: 0 };

/** A peer whose store answers so. */
function peerOf(given: Answer, onBadMail?: (error: Error) => void) {
  answer = given;
  asked = [];
  return createHttpPeer({ url, account, ...(onBadMail && { onBadMail }) });
}

test("content is published as it is, and its id is what the store says as well", async () => {
  assert.equal(await peerOf({ body: id }).publish(bytes), id);
  assert.deepEqual(asked, [{ request: "PUT /content", body: bytes }]);
});

test("content that the store took for something else is not published", async () => {
  const other = keccak256("0x99");
  await assert.rejects(peerOf({ body: other }).publish(bytes), (error: Error) => {
    assert.ok(error instanceof NetContentCorrupt);
    assert.match(error.message, new RegExp(`${id} is corrupt: the bytes hash to ${other}`));
    return true;
  });
});

test("content is asked for by its id, which counts the same in capital letters", async () => {
  const capitals = `0x${id.slice(2).toUpperCase()}` as ContentId;
  for (const name of [id, capitals]) {
    assert.deepEqual(await peerOf({ body: bytes }).fetch(name), bytes);
    assert.deepEqual(asked, [{ request: `GET /content/${name}`, body: new Uint8Array() }]);
  }
});

test("content that the store does not have is missing, which is no fault of the store", async () => {
  await assert.rejects(peerOf({ status: 404, body: bytes }).fetch(id), NetContentMissing);
});

test("content is not what comes with an error", async () => {
  for (const status of [400, 403, 413, 500]) {
    await assert.rejects(peerOf({ status, body: bytes }).fetch(id), NetUnreachable, String(status));
  }
});

test("a letter goes to the mailbox sealed, and nothing else is sent", async () => {
  await peerOf({ body: "ok" }).send(sender.address, letter);
  assert.equal(asked.length, 1);
  const [{ request, body }] = asked as [(typeof asked)[number]];
  assert.equal(request, "POST /mail");
  const envelope = await readEnvelope(body);
  assert.deepEqual([envelope.from, envelope.to.toLowerCase()], [account.address, sender.address.toLowerCase()]);
  assert.deepEqual(decode(envelope.body), letter);
});

for (const status of [400, 404, 500]) {
  test(`where a server answers ${status}, nothing is published, sent or read`, async () => {
    const peer = peerOf({ status, body: "no such place" });
    const calls = [() => peer.send(sender.address, letter), () => peer.publish(bytes), () => peer.messages(0)];
    for (const call of calls) {
      await assert.rejects(call, (error: Error) => {
        assert.ok(error instanceof NetUnreachable);
        assert.equal(error.why, "no such place");
        return true;
      });
    }
  });
}

test("an answer that breaks off is no answer, whatever the store was asked", async () => {
  for (const status of [200, 404]) {
    const peer = peerOf({ status, body: bytes, broken: true });
    const calls = [() => peer.fetch(id), () => peer.publish(bytes), () => peer.messages(0)];
    for (const call of calls) await assert.rejects(call, NetUnreachable, String(status));
  }
});

test("mail is asked for from where its reader has got to, and what is bad of it is left out and told", async () => {
  const letters: Value[] = [
    await seal(sender, account.address, letter, 1),
    await seal(sender, sender.address, letter, 2),
    bytes,
    await seal(sender, account.address, { ...letter, batch: 7 }, 3),
  ];
  const bad: Error[] = [];
  const peer = peerOf({ body: encode([9, letters]) }, (error) => bad.push(error));
  const { messages, next } = await peer.messages(5);
  assert.deepEqual(
    asked.map(({ request }) => request),
    [`GET /mail/${account.address}?since=5`],
  );
  assert.equal(next, 9);
  assert.deepEqual(
    messages.map(({ from, message }) => [from, message]),
    [
      [sender.address, letter],
      [sender.address, { ...letter, batch: 7 }],
    ],
  );
  assert.equal(bad.length, 2);
  for (const error of bad) assert.ok(error instanceof NetBadEnvelope);
});

test("bad mail is left out also if nobody wants to be told", async () => {
  assert.deepEqual(await peerOf({ body: encode([9, [bytes]]) }).messages(5), { messages: [], next: 9 });
});

test("a store that nobody runs is named with the reason, in one sentence", async () => {
  const nobody = createServer();
  await new Promise<void>((resolve) => nobody.listen(0, "127.0.0.1", resolve));
  const { port } = nobody.address() as AddressInfo;
  await new Promise((resolve) => nobody.close(resolve));
  const peer = createHttpPeer({ url: `http://127.0.0.1:${port}`, account });
  await assert.rejects(peer.fetch(id), (error: Error) => {
    assert.ok(error instanceof NetUnreachable);
    assert.match(error.what, new RegExp(`http://127\\.0\\.0\\.1:${port} `));
    assert.equal(error.why, (error.cause as Error).message);
    return true;
  });
});
