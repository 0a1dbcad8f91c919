// Everything that reads bytes or texts which others wrote, or which lie on a disk. Each reads real ones, and either returns a value that
// is as it should be, or throws one of the errors that it announces. A new decoder gets a row here.
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { contractKeys, type Deployment } from "@sonm/chain/deployment";
import { actionOf, callOf, type DaoAction } from "@sonm/chain/government/actions";
import { readBallot } from "@sonm/chain/government/ballots";
import { readParameter } from "@sonm/chain/government/parameter-text";
import { readDescription } from "@sonm/chain/government/proposals";
import { checkJob } from "@sonm/protocol/job/check";
import { inputsRoot } from "@sonm/protocol/job/inputs";
import { type Job, jobId } from "@sonm/protocol/job/job";
import { decodeManifest, encodeManifest } from "@sonm/protocol/job/manifest";
import { EncodingError } from "@sonm/protocol/machine/codec";
import { ElfRefused, loadElf } from "@sonm/protocol/machine/elf";
import { PROGRAM_START, REGION_SIZE } from "@sonm/protocol/machine/layout";
import { createMachine, outputOf } from "@sonm/protocol/machine/machine";
import { OutputProofWrong, openOutput, proveOutput } from "@sonm/protocol/machine/output";
import { symbolAt } from "@sonm/protocol/machine/symbols";
import { decodeWitness, witnessOf } from "@sonm/protocol/machine/witness";
import { claimId } from "@sonm/protocol/result/claim";
import { checkOutput, contentIdOf, decodeDelivery, encodeDelivery } from "@sonm/protocol/result/delivery";
import { resultTreeOf } from "@sonm/protocol/result/tree";
import { readSnm } from "@sonm/protocol/values/amounts";
import { decode, encode, type Value } from "@sonm/protocol/values/codec";
import { Failure } from "@sonm/protocol/values/failure";
import { bytesToHex, hexToBytes, toHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { buyerRole } from "../../../offchain/agents/buyer/role.ts";
import { hubRole } from "../../../offchain/agents/hub/role.ts";
import { openMinerJournal } from "../../../offchain/agents/miner/journal.ts";
import { minerRole } from "../../../offchain/agents/miner/role.ts";
import { papersOf } from "../../../offchain/cli/dao/cast.ts";
import { lifeLines } from "../../../offchain/cli/role/status.ts";
import { readTile } from "../../../offchain/devnet/programs/render.ts";
import { readWordCount } from "../../../offchain/devnet/programs/wordcount.ts";
import { readDeployment } from "../../../offchain/host/access/deployment-file.ts";
import { keystoreIn } from "../../../offchain/host/access/keystore-format.ts";
import { textIn } from "../../../offchain/host/access/text.ts";
import { parseLie } from "../../../offchain/host/engines/machine/lie.ts";
import { decompress } from "../../../offchain/host/image/compression.ts";
import { documents, readDocument } from "../../../offchain/host/image/documents.ts";
import { emptyFolder, fileAt, layOver, unpack } from "../../../offchain/host/image/file-system.ts";
import { createBudget, LIMITS, type Limits } from "../../../offchain/host/image/limits.ts";
import { readImage } from "../../../offchain/host/image/read.ts";
import { readTar } from "../../../offchain/host/image/tar.ts";
import { readEnvelope, seal, unseal } from "../../../offchain/host/net/envelope.ts";
import {
  NetBadEnvelope,
  NetContentCorrupt,
  NetTooLarge,
  NetUnproven,
  NetUnreachable,
} from "../../../offchain/host/net/errors.ts";
import { createHttpPeer } from "../../../offchain/host/net/http-peer.ts";
import { checkMessage, type Message } from "../../../offchain/host/net/message.ts";
import { createProofCheck, prove, toRead } from "../../../offchain/host/net/proof.ts";
import { openStore } from "../../../offchain/host/net/store.ts";
import { readConfig } from "../../../offchain/host/role/config.ts";
import { parseEvent } from "../../../offchain/host/role/happenings.ts";
import { openJournal } from "../../../offchain/host/role/journal.ts";
import { openQuarantine, quarantined } from "../../../offchain/host/role/quarantine.ts";
import { openStatus, readStatus } from "../../../offchain/host/role/status.ts";
import { verifierRole } from "../../../verifier/role.ts";
import { addressOf, hashOf, claim as someClaim, job as someJob } from "../agents/fixtures.ts";
import { imageOf, sha256, tarOf } from "../host/image/image-parts.ts";
import { blobsOf, layoutOf, putImage } from "../host/image/oci-parts.ts";
import { elfFile } from "../protocol/machine/elf-file.ts";
import type { Format } from "./changes.ts";

export type Decoder = {
  readonly name: string;
  /** real bytes, which it reads */
  readonly seeds: readonly Uint8Array[];
  readonly format?: Format;
  /** Reads bytes, and checks what comes of them. */
  readonly read: (bytes: Uint8Array) => unknown;
  /** the errors that it announces */
  readonly refuses: readonly (abstract new (
    ...args: never[]
  ) => Error)[];
  /** of the cases, if a case takes long */
  readonly share?: number;
};

const utf8 = (...texts: readonly string[]): Uint8Array[] => texts.map((text) => new TextEncoder().encode(text));
const json = (...all: readonly unknown[]) => utf8(...all.map((value) => JSON.stringify(value)));
const filesIn = (folder: string) => {
  const url = new URL(folder, import.meta.url);
  return readdirSync(url).map((name) => new Uint8Array(readFileSync(new URL(name, url))));
};

/** A place for decoders that read a file by its name. */
const folder = mkdtempSync(join(tmpdir(), "sonm-fuzz-file-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const place = join(folder, "file");
function fileWith(bytes: Uint8Array): string {
  writeFileSync(place, bytes);
  return place;
}

/** What is encoded again and read again is the same. */
function comesBack(value: unknown): void {
  const bytes = encode(value as Value);
  assert.deepEqual(encode(decode(bytes, 2 ** 21) as Value), bytes);
}

const account = privateKeyToAccount(toHex(1, { size: 32 }));
const reader = addressOf(2);
const NOW = 1_700_000_000_000;
const isAddress = /^0x[0-9a-fA-F]{40}$/;
const isHash = /^0x[0-9a-fA-F]{64}$/;

// A job whose one batch was computed: two units of a program that writes nothing, and its results.
const image = new Uint8Array(readFileSync(new URL("../../../guest/bin/wordcount", import.meta.url)));
const inputs = utf8("a b", "c");
const runs = inputs.map((input) => {
  const machine = createMachine(loadElf(image), input);
  const witness = witnessOf(machine);
  machine.run(2 ** 18);
  const output = outputOf(machine);
  return { resultHash: bytesToHex(machine.stateHash()), output, proof: proveOutput(machine), witness };
});
const inputRoots = inputs.map((_, i) => hashOf(i + 1));
const manifest = encodeManifest({
  image: contentIdOf(image),
  inputs: inputs.map(contentIdOf),
  inputRoots,
  nonce: hashOf(9),
});
const job: Job = {
  ...someJob,
  image: contentIdOf(image),
  inputsRoot: inputsRoot(inputRoots),
  units: 2,
  batchSize: 2,
  salt: contentIdOf(manifest),
};
const units = runs.map(({ resultHash, output, proof }) => ({ resultHash, output: contentIdOf(output), proof }));
const claimed = { ...someClaim, job: jobId(job) };
const claim = {
  ...claimed,
  root: resultTreeOf(
    job,
    claimed,
    units.map(({ resultHash }) => resultHash),
  ).root,
};
const delivery = encodeDelivery(units);

const messages: readonly Message[] = [
  { kind: "ask-quote", job },
  { kind: "quote", job: jobId(job), expiry: 1_800_000_000n, signature: "0x1234" },
  { kind: "refuse-quote", job: jobId(job), reason: "too long" },
  { kind: "announce", slots: 3, minPay: 10n ** 18n },
  { kind: "assign", job, batch: 0, attempt: 1, pay: 7n, expiry: 1_800_000_000n, signature: `0x${"12".repeat(65)}` },
  { kind: "accept", job: jobId(job), batch: 0, attempt: 1 },
  { kind: "ask-results", claim: claimId(claim) },
  { kind: "results", claim: claimId(claim), content: contentIdOf(delivery) },
];
const envelopes: Uint8Array[] = [];
for (const message of messages) envelopes.push(await seal(account, reader, message, NOW));

const SMALL: Limits = { ...LIMITS, unpacked: 2 ** 25, entries: 20_000 };
const tiny = elfFile({ entry: 0x1000, segments: [{ address: 0x1000, data: Buffer.from("1305700073000000", "hex") }] });
const tiniest = [{ name: "program", data: tiny }];
const oci = blobsOf();
const { manifest: ociManifest } = await putImage(oci, undefined, tiny);
const layers = [
  await tarOf([
    { name: "a/", type: "directory" },
    { name: "a/b", data: "x" },
    { name: "l", type: "symlink", to: "a" },
    { name: "h", type: "link", to: "a/b" },
    { name: "p", type: "fifo" },
  ]),
  await tarOf([{ name: "a/.wh.b" }, { name: `${"long/".repeat(30)}name`, data: "y" }, { name: ".wh.l" }]),
];
const images = [
  ...filesIn("../host/image/cases/"),
  await imageOf({ layers: [tiniest, [{ name: "x", data: "y" }]] }),
  await imageOf({ layers: [tiniest], pressed: (layer) => gzipSync(layer) }),
  await imageOf({ layers: [tiniest], pressed: (layer) => zstdCompressSync(layer) }),
  await layoutOf(oci, [{ ...ociManifest, platform: { os: "linux", architecture: "riscv64" } }]),
];

const platform = { os: "linux", architecture: "riscv64" };
const configuration = { ...platform, config: { Entrypoint: ["/program"] }, rootfs: { diff_ids: ["LAYER", "LAYER"] } };
const imageManifest = { config: { digest: "CONFIG" }, layers: [{ digest: "LAYER" }] };
const tinyLayer = await tarOf(tiniest);

/** An image with these documents. Names in capitals stand for the digests of others, so that all digests are right. */
async function imageOfDocuments(documents: Readonly<Record<string, unknown>> | null): Promise<Uint8Array> {
  const blobs = new Map<string, Uint8Array>();
  const digests = new Map<string, string>();
  /** @param prefix before a digest: documents of a docker-archive name files */
  const written = (name: string, prefix = "sha256:") =>
    Buffer.from(
      (JSON.stringify(documents?.[name]) ?? "").replaceAll(/"([A-Z]+)"/g, (all, capitals) =>
        digests.has(capitals) ? `"${prefix}${digests.get(capitals)}"` : all,
      ),
    );
  const put = (name: string, data: Uint8Array) => {
    digests.set(name, sha256(data));
    blobs.set(`blobs/sha256/${sha256(data)}`, data);
  };
  put("LAYER", tinyLayer);
  put("CONFIG", written("config"));
  put("MANIFEST", written("manifest"));
  put("INDEX", written("inner"));
  const named = [
    ["manifest.json", "docker", "blobs/sha256/"],
    ["index.json", "index"],
  ].flatMap(([name = "", document = "", prefix]) =>
    documents?.[document] === undefined ? [] : [{ name, data: written(document, prefix) }],
  );
  return tarOf([...named, { name: "layer", data: tinyLayer }, ...[...blobs].map(([name, data]) => ({ name, data }))]);
}

const addresses = Object.fromEntries(contractKeys.map((key, i) => [key, toHex(i + 1, { size: 20 })]));
const deployment = { chainId: 31_337, block: 1, addresses } as unknown as Deployment;
const actions: readonly DaoAction[] = [
  { kind: "ban", hub: addressOf(5), registration: 1 },
  { kind: "trust", hub: addressOf(5), trusted: true },
  { kind: "param", name: "MinBondWei", value: 1n },
  { kind: "spend", to: addressOf(5), amount: 1n },
];
const ballot = {
  chainId: 31_337,
  governor: addressOf(1),
  proposal: hashOf(1),
  vote: "for",
  reason: "",
  voter: addressOf(2),
  nonce: "0",
  signature: "0x12",
};

const common = {
  deployment: "d.json",
  keystore: "k",
  rpc: "http://127.0.0.1:1",
  net: "http://127.0.0.1:2",
  pollMs: 150,
};
const configurations = [
  { ...common, options: { funds: "10 SNM", name: "hub", salt: 1, payPercent: 70, minPrice: "1,000.5 SNM" } },
  {
    ...common,
    name: "m",
    options: { hub: addressOf(2), stake: "1 SNM", lie: "output", lieUnit: "first", withhold: true },
  },
  { ...common, options: { stake: "100 SNM", share: 0.5, threads: 2, patienceSeconds: 60 } },
  { ...common, options: { hub: addressOf(2), image: "i", inputs: ["a", "b"], out: "o", price: "1 SNM", exponent: 8 } },
];
const roles = { hub: hubRole, miner: minerRole, verifier: verifierRole, buyer: buyerRole };

/** The status of a role that has done something of everything. */
function statusFile(): Uint8Array {
  const file = join(folder, "status");
  const status = openStatus(file, () => 1000);
  const from = { role: "miner", name: "m", at: 50 } as const;
  status.hear({ ...from, kind: "failed", action: "look", what: "No answer", why: "down", todo: "start", retryIn: 1 });
  status.hear({ ...from, kind: "put-aside", what: "letter", why: "bad" });
  status.hear({ ...from, kind: "idle", block: 1, mail: 2, wakeAt: 60 });
  status.holds([{ what: "batch 1", state: "is computed" }]);
  const idle = new Uint8Array(readFileSync(file));
  writeFileSync(file, idle);
  return idle;
}

function journalFile(): Uint8Array {
  const file = join(folder, "journal");
  const journal = openMinerJournal(file);
  journal.marks.put("staked", true);
  journal.deliveries.put("1", contentIdOf(delivery));
  for (let i = 0; i < 20; i++) journal.units.put(`${i}`, { ...(runs[0] as (typeof runs)[0]), corruption: undefined });
  journal.mail.advance(7, () => {});
  journal.close();
  return new Uint8Array(readFileSync(file));
}

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

/** What a store answers, read by a peer: first it is asked for its identity. */
async function mailOf(bytes: Uint8Array): Promise<unknown> {
  const original = globalThis.fetch;
  globalThis.fetch = async (url) => new Response(String(url).endsWith("/store") ? hashOf(1) : new Uint8Array(bytes));
  try {
    const { messages, next } = await createHttpPeer({ url: "http://store", account }).messages(0);
    assert.ok(Number.isSafeInteger(next) && Array.isArray(messages));
    return messages;
  } finally {
    globalThis.fetch = original;
  }
}

const proof = await prove(account, hashOf(1), toRead(reader), NOW);
const checkProof = createProofCheck(hashOf(1), () => NOW);
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

export const decoders: readonly Decoder[] = [
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
    name: "elf",
    seeds: [
      tiny,
      elfFile({ entry: 0x1000, segments: [0x1000, 0x3000, 0x5000].map((address) => ({ address, data: tiny })) }),
      image,
      ...filesIn("../protocol/machine/cases/"),
    ],
    refuses: [ElfRefused],
    read(bytes) {
      const { entry, segments } = loadElf(bytes);
      assert.ok(Number.isSafeInteger(entry) && entry % 4 === 0);
      for (const { address, data } of segments)
        assert.ok(address >= PROGRAM_START && address + data.length <= PROGRAM_START + REGION_SIZE && data.length > 0);
    },
  },
  {
    name: "symbols",
    seeds: [image, ...filesIn("../protocol/machine/cases/")],
    refuses: [],
    read: (bytes) => assert.ok(["string", "undefined"].includes(typeof symbolAt(bytes, 0x1_0010))),
  },
  {
    name: "tar",
    seeds: [...layers, ...images],
    refuses: [Failure],
    read(bytes) {
      for (const [path, entry] of readTar(bytes, "it")) {
        assert.equal(typeof path, "string");
        if (entry.kind === "file") assert.ok(entry.at >= 0 && entry.size >= 0 && entry.at + entry.size <= bytes.length);
      }
    },
  },
  {
    name: "layer",
    seeds: layers,
    refuses: [Failure],
    read(bytes) {
      const root = emptyFolder();
      layOver(root, unpack(readTar(layers[0] ?? bytes, "it"), 0, "it", createBudget(SMALL)));
      layOver(root, unpack(readTar(bytes, "it"), 1, "it", createBudget(SMALL)));
      for (const path of ["a/b", "l/b", "h", "/../a/../p", ""]) fileAt(root, path);
    },
  },
  {
    name: "image",
    seeds: images,
    refuses: [Failure],
    read(bytes) {
      const { elf, entrypoint } = readImage(bytes, SMALL);
      assert.ok(elf instanceof Uint8Array && entrypoint.startsWith("/"));
    },
  },
  {
    name: "image of wrong documents",
    seeds: json(
      { docker: [{ Config: "CONFIG", RepoTags: ["a:b"], Layers: ["layer", "layer"] }], config: configuration },
      { index: { manifests: [{ digest: "MANIFEST", platform }] }, manifest: imageManifest, config: configuration },
      {
        docker: [{ Config: "CONFIG", Layers: ["LAYER"] }],
        index: { manifests: [{ digest: "INDEX", annotations: { "org.opencontainers.image.ref.name": "x" } }] },
        inner: { manifests: [{ digest: "MANIFEST", platform }, { digest: "MANIFEST" }] },
        manifest: imageManifest,
        config: { ...configuration, rootfs: { diff_ids: ["LAYER"] } },
      },
    ),
    format: "json",
    refuses: [Failure, SyntaxError],
    async read(bytes) {
      assert.ok(readImage(await imageOfDocuments(JSON.parse(text(bytes))), SMALL).elf instanceof Uint8Array);
    },
  },
  {
    name: "compression",
    seeds: [
      gzipSync(image),
      zstdCompressSync(image),
      Buffer.concat([Buffer.from("502a4d1803000000616263", "hex"), zstdCompressSync("x"), zstdCompressSync("y")]),
      Buffer.concat([gzipSync("x"), gzipSync("y")]),
    ],
    refuses: [Failure],
    read: (bytes) =>
      assert.ok(decompress(bytes, "it", createBudget(SMALL)).length <= Math.max(SMALL.unpacked, bytes.length)),
  },
  {
    name: "image documents",
    seeds: json(
      [{ Config: "c", RepoTags: ["a:b"], Layers: ["l"] }],
      {
        os: "linux",
        architecture: "riscv64",
        config: { Entrypoint: ["/p"], Cmd: null, WorkingDir: "/" },
        rootfs: { diff_ids: [`sha256:${"0".repeat(64)}`] },
      },
      {
        manifests: [
          {
            digest: `sha256:${"0".repeat(64)}`,
            platform: { os: "linux", architecture: "riscv64" },
            annotations: { "org.opencontainers.image.ref.name": "x" },
          },
        ],
      },
    ),
    format: "json",
    refuses: [Failure],
    read(bytes) {
      for (const shape of [documents.archive, documents.config, documents.manifest]) {
        try {
          readDocument<unknown>(bytes, shape, "it");
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
        }
      }
    },
  },
  {
    name: "keystore",
    seeds: filesIn("../host/access/cases/").filter((file) => file.length > 100),
    format: "json",
    refuses: [Error, Failure],
    read(bytes) {
      const { crypto } = keystoreIn(textIn(bytes));
      assert.match(crypto.ciphertext, /^[0-9a-fA-F]*$/);
      const how = crypto.kdfparams;
      const rounds = "c" in how ? how.c : how.n * how.r * how.p;
      assert.ok(rounds >= 1 && rounds <= 2 ** 26);
    },
  },
  {
    name: "deployment",
    seeds: json(deployment),
    format: "json",
    refuses: [Failure],
    read(bytes) {
      const read = readDeployment(fileWith(bytes));
      assert.ok(Number.isSafeInteger(read.chainId) && Number.isSafeInteger(read.block) && read.block >= 0);
      for (const key of contractKeys) assert.match(read.addresses[key], isAddress);
    },
  },
  {
    name: "configuration",
    seeds: json(...configurations),
    format: "json",
    refuses: [Failure],
    read(bytes) {
      const file = fileWith(bytes);
      const read = (kind: string, table: Parameters<typeof readConfig>[1]) => {
        try {
          const { pollMs, name, rpc } = readConfig(kind, table, { file, flags: {} });
          assert.ok(pollMs >= 1 && pollMs <= 60_000 && typeof name === "string" && typeof rpc === "string");
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
        }
      };
      for (const [kind, { options }] of Object.entries(roles)) read(kind, options as never);
    },
  },
  {
    name: "status",
    seeds: [statusFile()],
    format: "json",
    refuses: [Failure],
    read(bytes) {
      const file = fileWith(bytes);
      const status = readStatus(file);
      assert.ok(status);
      for (const running of [true, false])
        for (const [name, row] of lifeLines("miner", { ...status, running, quarantine: [] }, 2000)) {
          assert.equal(typeof name, "string");
          assert.equal(typeof row, "string");
        }
      const next = openStatus(file, () => 1);
      next.hear({ role: "miner", name: "m", at: 1, kind: "put-aside", what: "letter", why: "bad" });
      assert.equal(readStatus(file)?.aside.latest.at(-1)?.what, "letter");
    },
  },
  {
    name: "quarantine",
    seeds: json({
      suspects: [{ name: "image", failures: 2, ends: 1, why: "it is bad", until: 2_000_000_000 }],
      reading: ["image", "other"],
    }),
    format: "json",
    refuses: [],
    async read(bytes) {
      const file = fileWith(bytes);
      for (const { name, until } of quarantined(file, 1)) assert.ok(typeof name === "string" && until > 1);
      const quarantine = openQuarantine(
        file,
        () => {},
        () => 9e12,
      );
      assert.equal(
        await quarantine.read(
          "new",
          async () => 1,
          (one) => one,
        ),
        1,
      );
      quarantine.close();
    },
  },
  {
    name: "journal",
    seeds: [journalFile()],
    refuses: [Failure],
    share: 0.1,
    read(bytes) {
      const file = join(folder, "wrong-journal");
      for (const ending of ["", "-wal", "-shm"]) rmSync(`${file}${ending}`, { force: true });
      writeFileSync(file, bytes);
      const journal = openJournal(file);
      try {
        for (const kind of ["mark", "delivery", "unit", "cursor"]) journal.table<Value>(kind).all();
        journal.table<Value>("unit").get("3");
        journal.table<Value>("unit").put("3", null);
      } finally {
        journal.close();
      }
    },
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
  {
    name: "ballot",
    seeds: [...json(ballot, [ballot, ballot]), ...utf8(`${JSON.stringify(ballot)}\n${JSON.stringify(ballot)}`)],
    format: "json",
    refuses: [Failure],
    read(bytes) {
      for (const { content } of papersOf("file", text(bytes))) {
        const { proposal, nonce } = readBallot(content);
        assert.ok(BigInt(proposal) >= 0n && BigInt(nonce) >= 0n);
      }
    },
  },
  {
    name: "proposed call",
    seeds: actions.map((action) =>
      Buffer.concat([hexToBytes(callOf(deployment, action).target), hexToBytes(callOf(deployment, action).data)]),
    ),
    refuses: [],
    read: (bytes) =>
      actionOf(deployment, { target: toHex(bytes.subarray(0, 20), { size: 20 }), data: toHex(bytes.subarray(20)) }),
  },
  {
    name: "description of a proposal",
    seeds: utf8(`bad work\nevidence ${hashOf(1)} https://x\n#proposer=${addressOf(1)}`),
    refuses: [],
    read: (bytes) => assert.equal(typeof readDescription(text(bytes)).text, "string"),
  },
  {
    name: "text of a person",
    seeds: utf8("1,234.5 SNM", "0.29 %", "1 d 12 h", "register:5@77", "memory:4096", "step:1"),
    refuses: [],
    read(bytes) {
      for (const read of [
        readSnm,
        parseLie,
        (one: string) => readParameter("MinBondWei", one),
        (one: string) => readParameter("AuditRateBps", one),
      ]) {
        try {
          read(text(bytes));
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
        }
      }
    },
  },
  {
    name: "event of a role",
    seeds: json({ role: "miner", name: "m", at: 1, kind: "idle", block: 1, mail: 2, wakeAt: null }),
    format: "json",
    refuses: [],
    read: (bytes) => parseEvent(text(bytes)),
  },
  {
    name: "output of a guest program",
    seeds: [...runs.map((run) => run.output), new Uint8Array([2, 0, 1, 0, 0, 0, 0, 0, 2, 0, 1, 0, 1, 2, 3, 4, 5, 6])],
    refuses: [Failure],
    read(bytes) {
      for (const read of [readWordCount, readTile]) {
        try {
          read(bytes);
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
        }
      }
    },
  },
];
