// A peer whose store gives wrong answers, or whose server is no store: it must not believe that something was published, sent or read.
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
  NetTooLarge,
  NetUnreachable,
} from "../../../../offchain/host/net/errors.ts";
import { createHttpPeer } from "../../../../offchain/host/net/http-peer.ts";
import type { Message } from "../../../../offchain/host/net/message.ts";

type Answer = {
  readonly status?: number;
  readonly body?: string | Uint8Array;
  /** the connection ends before the whole body has come */
  readonly broken?: boolean;
  /** the whole body never comes: after each half of it nothing, for so many milliseconds */
  readonly slowMs?: number;
  /** its length is not announced */
  readonly streamed?: boolean;
};

/** What the server answers from now on, and the requests that it got. */
let answer: Answer = {};
let asked: { request: string; body: Uint8Array }[] = [];
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  asked.push({ request: `${request.method} ${request.url}`, body: new Uint8Array(Buffer.concat(chunks)) });
  const { status = 200, body = "", broken = false, slowMs, streamed = false } = answer;
  response.writeHead(status, streamed ? {} : { "content-length": body.length + (broken ? 1 : 0) });
  if (slowMs !== undefined) {
    const half = Math.ceil(body.length / 2);
    response.write(body.slice(0, half));
    const timer = setTimeout(() => response.end(body.slice(half)), slowMs);
    response.once("close", () => clearTimeout(timer));
    return;
  }
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

/** A peer whose store gives this answer. */
function peerOf(given: Answer, onBadMail?: (error: Error) => void, silenceMs = 10_000) {
  answer = given;
  asked = [];
  return createHttpPeer({ url, account, silenceMs, ...(onBadMail && { onBadMail }) });
}

test("content is published unchanged, and the store must agree on its id", async () => {
  assert.equal(await peerOf({ body: id }).publish(bytes), id);
  assert.deepEqual(asked, [{ request: "PUT /content", body: bytes }]);
});

test("content for which the store returns another id is not published", async () => {
  const other = keccak256("0x99");
  await assert.rejects(peerOf({ body: other }).publish(bytes), (error: Error) => {
    assert.ok(error instanceof NetContentCorrupt);
    assert.match(error.message, new RegExp(`${id} is corrupt: the bytes hash to ${other}`));
    return true;
  });
});

test("S2: more bytes than were asked for are not read, announced or not", async () => {
  for (const streamed of [false, true]) {
    assert.deepEqual(await peerOf({ body: bytes, streamed }).fetch(id, 3), bytes);
    await assert.rejects(peerOf({ body: bytes, streamed }).fetch(id, 2), (error: Error) => {
      assert.ok(error instanceof NetTooLarge);
      assert.match(error.message, /it has 3 bytes, the limit is 2/);
      return true;
    });
  }
});

test("S8: an answer that falls silent is given up, one that keeps coming is not", async () => {
  const silent = peerOf({ body: bytes, slowMs: 5_000 }, undefined, 50).fetch(id);
  await assert.rejects(silent, (error: Error) => {
    assert.ok(error instanceof NetUnreachable);
    assert.match(error.message, /silent for 50 ms/);
    return true;
  });
  assert.deepEqual(await peerOf({ body: bytes, slowMs: 300 }, undefined, 5_000).fetch(id), bytes);
});

test("content is fetched by its id, also if the id is in capital letters", async () => {
  const capitals = `0x${id.slice(2).toUpperCase()}` as ContentId;
  for (const name of [id, capitals]) {
    assert.deepEqual(await peerOf({ body: bytes }).fetch(name), bytes);
    assert.deepEqual(asked, [{ request: `GET /content/${name}`, body: new Uint8Array() }]);
  }
});

test("content that the store does not have is reported as missing, and not as a fault of the store", async () => {
  await assert.rejects(peerOf({ status: 404, body: bytes }).fetch(id), NetContentMissing);
});

test("the body of an error is never taken for content", async () => {
  for (const status of [400, 403, 413, 500]) {
    await assert.rejects(peerOf({ status, body: bytes }).fetch(id), NetUnreachable, String(status));
  }
});

test("a letter is sent sealed, in one request", async () => {
  await peerOf({ body: "ok" }).send(sender.address, letter);
  assert.equal(asked.length, 1);
  const [{ request, body }] = asked as [(typeof asked)[number]];
  assert.equal(request, "POST /mail");
  const envelope = await readEnvelope(body);
  assert.deepEqual([envelope.from, envelope.to.toLowerCase()], [account.address, sender.address.toLowerCase()]);
  assert.deepEqual(decode(envelope.body), letter);
});

for (const status of [400, 404, 500]) {
  test(`if the server answers ${status}, nothing counts as published, sent or read`, async () => {
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

test("an incomplete answer means that the store cannot be reached, whatever the request was", async () => {
  for (const status of [200, 404]) {
    const peer = peerOf({ status, body: bytes, broken: true });
    const calls = [() => peer.fetch(id), () => peer.publish(bytes), () => peer.messages(0)];
    for (const call of calls) await assert.rejects(call, NetUnreachable, String(status));
  }
});

test("mail is read from the given number on, and bad letters are left out and reported", async () => {
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

test("bad letters are left out also if nobody listens to the reports", async () => {
  assert.deepEqual(await peerOf({ body: encode([9, [bytes]]) }).messages(5), { messages: [], next: 9 });
});

test("if nothing listens there, the error names the store and the reason", async () => {
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
