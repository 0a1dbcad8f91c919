// What roles and a store read of each other.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { checkJob } from "@sonm/protocol/job/check";
import { type Job, jobId } from "@sonm/protocol/job/job";
import { decodeManifest, encodeManifest } from "@sonm/protocol/job/manifest";
import { EncodingError } from "@sonm/protocol/machine/codec";
import { OutputProofWrong, openOutput } from "@sonm/protocol/machine/output";
import { decodeWitness } from "@sonm/protocol/machine/witness";
import { checkOutput, contentIdOf, decodeDelivery, encodeDelivery } from "@sonm/protocol/result/delivery";
import { decode, encode } from "@sonm/protocol/values/codec";
import { Failure } from "@sonm/protocol/values/failure";
import { hexToBytes } from "viem";
import { readEnvelope, unseal } from "../../../offchain/host/net/envelope.ts";
import {
  NetBadEnvelope,
  NetContentCorrupt,
  NetTooLarge,
  NetUnproven,
  NetUnreachable,
} from "../../../offchain/host/net/errors.ts";
import { createHttpPeer } from "../../../offchain/host/net/http-peer.ts";
import { checkMessage } from "../../../offchain/host/net/message.ts";
import { createProofCheck, prove, toPublish, toRead } from "../../../offchain/host/net/proof.ts";
import { startStoreServer } from "../../../offchain/host/net/server.ts";
import { openStore } from "../../../offchain/host/net/store.ts";
import { hashOf } from "../agents/fixtures.ts";
import { claim, delivery, envelopes, job, manifest, messages, runs } from "./a-job.ts";
import { account, comesBack, type Decoder, folder, isAddress, isHash, NOW, reader, text, utf8 } from "./kit.ts";

/** The database of a store that has letters and content. */
async function storeFile(): Promise<Uint8Array> {
  const directory = join(folder, "store");
  const store = openStore(directory, { now: () => NOW });
  for (const bytes of envelopes) store.deliver({ ...(await readEnvelope(bytes)), bytes });
  const announced = { id: contentIdOf(manifest), length: manifest.length, sender: account.address };
  await store.put(announced, Readable.from([manifest]));
  store.close();
  return new Uint8Array(readFileSync(join(directory, "mail.sqlite")));
}

/** Requests as they go over the wire. */
async function requests(): Promise<Uint8Array[]> {
  const [letter = new Uint8Array()] = envelopes;
  const id = contentIdOf(manifest);
  const publishing = await prove(account, hashOf(1), toPublish(id, manifest.length), NOW);
  const request = (line: string, headers: readonly string[] = [], body: Uint8Array = new Uint8Array()) => {
    const head = [`${line} HTTP/1.1`, "host: store", ...headers, `content-length: ${body.length}`, "", ""];
    return Buffer.concat([Buffer.from(head.join("\r\n")), body]);
  };
  return [
    request("GET /store"),
    request("GET /newest", ["connection: close"]),
    request(`GET /mail/${account.address}?lane=newcomers&since=0`, [`authorization: ${proof}`]),
    request(`GET /content/${id}`, ["transfer-encoding: chunked"]),
    request(`PUT /content/${id}?length=${manifest.length}`, [`authorization: ${publishing}`], manifest),
    request("POST /mail", ["expect: 100-continue"], letter),
  ];
}

/** Sends bytes to a store, which must answer the next one as if nothing had been. */
async function asksStore(bytes: Uint8Array): Promise<void> {
  const directory = mkdtempSync(join(folder, "server-"));
  const server = await startStoreServer({ directory, now: () => NOW });
  try {
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    socket.on("error", () => {});
    socket.end(bytes);
    await Promise.race([once(socket, "data"), once(socket, "close"), pause(100)]);
    socket.destroy();
    const answer = await fetch(`${server.url}/store`);
    assert.match(await answer.text(), isHash);
  } finally {
    await server.stop();
    rmSync(directory, { recursive: true });
  }
}

/** What a store answers, read by a peer: first it is asked for its identity. */
async function mailOf(bytes: Uint8Array): Promise<unknown> {
  const original = globalThis.fetch;
  globalThis.fetch = async (url) => new Response(String(url).endsWith("/store") ? hashOf(1) : new Uint8Array(bytes));
  try {
    const { messages, next } = await createHttpPeer({ url: "http://store", account }).messages("newcomers", 0);
    assert.ok(Number.isSafeInteger(next) && Array.isArray(messages));
    return messages;
  } finally {
    globalThis.fetch = original;
  }
}

const proof = await prove(account, hashOf(1), toRead(reader), NOW);
const checkProof = createProofCheck(hashOf(1), () => NOW);
export const letterDecoders: readonly Decoder[] = [
  {
    name: "messagepack",
    seeds: [
      ...messages.map(encode),
      manifest,
      delivery,
      encode([1, -1, 2 ** 40, 0.5, 10n ** 30n, "x", new Uint8Array(3), null]),
    ],
    format: "messagepack",
    refuses: [Failure],
    read: (bytes) => comesBack(decode(bytes)),
  },
  {
    name: "envelope",
    seeds: envelopes,
    format: "messagepack",
    refuses: [NetBadEnvelope],
    async read(bytes) {
      const { id, from, to, at, body } = await readEnvelope(bytes);
      assert.ok(isHash.test(id) && isAddress.test(from) && isAddress.test(to) && Number.isSafeInteger(at));
      assert.ok(body instanceof Uint8Array);
      await unseal(reader, bytes);
    },
  },
  {
    name: "message",
    seeds: messages.map(encode),
    format: "messagepack",
    refuses: [Failure],
    read(bytes) {
      const message = checkMessage(decode(bytes));
      assert.deepEqual(checkMessage(decode(encode(message))), message);
      if (message.kind !== "ask-quote" && message.kind !== "assign") return;
      assert.match(jobId(message.job), isHash);
      for (const hash of [message.job.image, message.job.salt, message.job.programRoot]) assert.match(hash, isHash);
    },
  },
  {
    name: "job",
    seeds: [encode(job)],
    format: "messagepack",
    refuses: [Failure],
    read(bytes) {
      const given = decode(bytes) as Job;
      if (typeof given !== "object" || given === null) return;
      checkJob(given);
      assert.match(jobId(given), isHash);
    },
  },
  {
    name: "manifest",
    seeds: [manifest],
    format: "messagepack",
    refuses: [Failure],
    read(bytes) {
      const read = decodeManifest(bytes, job);
      assert.deepEqual(decodeManifest(encodeManifest(read), job), read);
    },
  },
  {
    name: "delivery",
    seeds: [delivery],
    format: "messagepack",
    refuses: [Failure, OutputProofWrong],
    read(bytes) {
      const read = decodeDelivery(bytes, job, claim);
      assert.deepEqual(decodeDelivery(encodeDelivery(read.units), job, claim), read);
      for (const [i, unit] of read.units.entries()) checkOutput(unit, runs[i]?.output ?? new Uint8Array());
    },
  },
  {
    name: "output proof",
    seeds: runs.map((run) => run.proof),
    refuses: [OutputProofWrong],
    read(bytes) {
      const [run] = runs;
      if (!run) return;
      // A path can be written in several ways. What it shows is the same.
      const open = (proof: Uint8Array) => openOutput(hexToBytes(run.resultHash), run.output, proof);
      assert.deepEqual(open(bytes), open(run.proof));
    },
  },
  {
    name: "witness",
    seeds: runs.map((run) => run.witness),
    refuses: [EncodingError],
    read: (bytes) => assert.ok(decodeWitness(bytes).accesses.every(({ leaf }) => leaf.length === 32)),
  },
  {
    name: "store",
    seeds: [await storeFile()],
    refuses: [Failure],
    share: 0.1,
    read(bytes) {
      const directory = mkdtempSync(join(folder, "store-"));
      writeFileSync(join(directory, "mail.sqlite"), bytes);
      try {
        const store = openStore(directory);
        assert.match(store.identity, isHash);
        store.close();
      } finally {
        rmSync(directory, { recursive: true });
      }
    },
  },
  {
    name: "request to a store",
    seeds: await requests(),
    refuses: [],
    share: 0.05,
    read: asksStore,
  },
  {
    name: "mail of a store",
    seeds: [encode([7, envelopes]), encode([0, []])],
    format: "messagepack",
    refuses: [NetUnreachable, NetTooLarge, NetContentCorrupt],
    read: mailOf,
  },
  {
    name: "proof of who asks",
    seeds: utf8(proof),
    refuses: [NetUnproven],
    read: async (bytes) => assert.match(await checkProof(text(bytes), toRead(reader)), isAddress),
  },
];
