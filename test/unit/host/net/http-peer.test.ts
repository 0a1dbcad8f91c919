// A peer whose store gives wrong answers, or whose server is no store: it must not believe that something was published, sent or read.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import { decode, encode, type Value } from "@sonm/protocol/values/codec";
import type { ContentId, Hex, JobId } from "@sonm/protocol/values/ids";
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
import { createProofCheck, toPublish, toRead } from "../../../../offchain/host/net/proof.ts";

type Answer = {
  readonly status?: number;
  readonly body?: string | Uint8Array;
  /** the connection ends before the whole body has come */
  readonly broken?: boolean;
  /** the whole body never comes: after each half of it nothing, for so many milliseconds */
  readonly slowMs?: number;
  /** its length is not announced */
  readonly streamed?: boolean;
  /** it is 401 instead if this rejects */
  readonly unlessProven?: (proof: string | undefined) => Promise<unknown>;
};

/** What the server answers from now on, and the requests that it got, except to say which store it is. */
let answer: Answer = {};
let identity = `0x${"aa".repeat(32)}`;
let asked: { request: string; body: Uint8Array; proof: string | undefined }[] = [];
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  if (request.url?.endsWith("/store") && (answer.status ?? 200) === 200) {
    response.end(identity);
    return;
  }
  asked.push({
    request: `${request.method} ${request.url}`,
    body: new Uint8Array(Buffer.concat(chunks)),
    proof: request.headers.authorization,
  });
  try {
    await answer.unlessProven?.(request.headers.authorization);
  } catch (error) {
    response.writeHead(401).end((error as Error).message);
    return;
  }
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
  assert.deepEqual(
    asked.map(({ request, body }) => ({ request, body })),
    [{ request: `PUT /content/${id}?length=3`, body: bytes }],
  );
  const check = createProofCheck(identity as Hex, Date.now);
  assert.equal(await check(asked[0]?.proof, toPublish(id, 3)), account.address);
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
    assert.deepEqual(asked, [{ request: `GET /content/${name}`, body: new Uint8Array(), proof: undefined }]);
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

test("S2: an error of a store is as long as words are, and says nothing about the content", async () => {
  for (const length of [10_000, 1_000_000])
    for (const streamed of [true, false])
      await assert.rejects(peerOf({ status: 500, body: "x".repeat(length), streamed }).fetch(id), (error: Error) => {
        assert.ok(error instanceof NetUnreachable, String(error));
        return error.message.length < 1000;
      });
});

for (const status of [400, 404, 500]) {
  test(`if the server answers ${status}, nothing counts as published, sent or read`, async () => {
    const peer = peerOf({ status, body: "no such place" });
    const calls = [
      () => peer.send(sender.address, letter),
      () => peer.publish(bytes),
      () => peer.messages("newcomers", 0),
    ];
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
    const calls = [() => peer.fetch(id), () => peer.publish(bytes), () => peer.messages("newcomers", 0)];
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
  const { messages, next } = await peer.messages("newcomers", 5);
  assert.deepEqual(
    asked.map(({ request }) => request),
    [`GET /mail/${account.address}?lane=newcomers&since=5`],
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
  assert.deepEqual(await peerOf({ body: encode([9, [bytes]]) }).messages("newcomers", 5), { messages: [], next: 9 });
});

test("S9: a reader signs for the store that it reads, and uses its signature again", async () => {
  const peer = peerOf({ body: encode([9, []]) });
  for (const since of [5, 9]) await peer.messages("newcomers", since);
  const [first, second] = asked;
  assert.equal(first?.proof, second?.proof);
  const check = createProofCheck(identity as Hex, Date.now);
  assert.equal(await check(first?.proof, toRead(account.address)), account.address);
});

test("S9: when another store has taken the place of the one before, the peer signs for that one", async () => {
  const peer = peerOf({ body: encode([9, []]) });
  await peer.messages("newcomers", 5);
  identity = `0x${"bb".repeat(32)}`;
  const check = createProofCheck(identity as Hex, Date.now);
  answer = { body: encode([1, []]), unlessProven: (proof) => check(proof, toRead(account.address)) };
  assert.equal((await peer.messages("newcomers", 9)).next, 1);
  identity = `0x${"aa".repeat(32)}`;
});

test("S9: a store that takes no proof is asked once, and its reason is told", async () => {
  const peer = peerOf({ body: encode([9, []]), unlessProven: () => Promise.reject(new Error("its clock is wrong")) });
  await assert.rejects(peer.messages("newcomers", 5), (error: Error) => {
    assert.ok(error instanceof NetUnreachable);
    assert.equal(error.why, "its clock is wrong");
    return true;
  });
  assert.equal(asked.length, 1);
});

test("S9: the path in the store's URL is kept, with a slash at its end or without", async () => {
  for (const base of [`${url}/a/store`, `${url}/a/store/`]) {
    peerOf({ body: bytes });
    const peer = createHttpPeer({ url: base, account });
    await peer.fetch(id);
    answer = { body: id };
    await peer.publish(bytes);
    answer = { body: "ok" };
    await peer.send(sender.address, letter);
    answer = { body: encode([0, []]) };
    await peer.messages("newcomers", 0);
    assert.deepEqual(
      asked.map(({ request }) => request),
      [
        `GET /a/store/content/${id}`,
        `PUT /a/store/content/${id}?length=3`,
        "POST /a/store/mail",
        `GET /a/store/mail/${account.address}?lane=newcomers&since=0`,
      ],
    );
  }
});

const foreign: [name: string, body: string | Uint8Array][] = [
  ["a page", "<html>Log in first</html>"],
  ["nothing", ""],
  ["JSON", '{"ok":true}'],
  ["MessagePack of another shape", encode({ next: 1 })],
  ["no number", encode(["x", []])],
  ["letters that are no bytes", encode([1, [1]])],
  ["no letters", encode([1])],
];
for (const [name, body] of foreign) {
  test(`S9: a server that answers ${name} with 200 is no store`, async () => {
    const peer = peerOf({ body });
    const calls = [
      () => peer.send(sender.address, letter),
      () => peer.publish(bytes),
      () => peer.messages("newcomers", 0),
    ];
    for (const call of calls) {
      await assert.rejects(call, (error: Error) => {
        assert.ok(error instanceof NetUnreachable, `${error.name}: ${error.message}`);
        assert.match(error.why, /its answer is none of a store/);
        return true;
      });
    }
  });
}

test("S9: a server that does not say which store it is is none", async () => {
  const before = identity;
  identity = "<html>Log in first</html>";
  const peer = peerOf({ body: id });
  await assert.rejects(peer.publish(bytes), NetUnreachable);
  await assert.rejects(peer.messages("newcomers", 0), NetUnreachable);
  assert.deepEqual(asked, []);
  identity = before;
});

test("S9: large content is sent in parts, and whole", async () => {
  const large = new Uint8Array(2 ** 20 + 1).fill(7);
  const name = keccak256(large);
  assert.equal(await peerOf({ body: name }).publish(large), name);
  assert.deepEqual(asked[0]?.body, large);
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
