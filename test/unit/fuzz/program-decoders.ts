// What programs and images go through until the machine has them.
import assert from "node:assert/strict";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { ElfRefused, loadElf } from "@sonm/protocol/machine/elf";
import { PROGRAM_START, REGION_SIZE } from "@sonm/protocol/machine/layout";
import { symbolAt } from "@sonm/protocol/machine/symbols";
import { Failure } from "@sonm/protocol/values/failure";
import { decompress } from "../../../offchain/host/image/compression.ts";
import { documents, readDocument } from "../../../offchain/host/image/documents.ts";
import { emptyFolder, fileAt, layOver, unpack } from "../../../offchain/host/image/file-system.ts";
import { createBudget, LIMITS, type Limits } from "../../../offchain/host/image/limits.ts";
import { readImage } from "../../../offchain/host/image/read.ts";
import { readTar } from "../../../offchain/host/image/tar.ts";
import { imageOf, sha256, tarOf } from "../host/image/image-parts.ts";
import { blobsOf, layoutOf, putImage } from "../host/image/oci-parts.ts";
import { elfFile } from "../protocol/machine/elf-file.ts";
import { image } from "./a-job.ts";
import { type Decoder, filesIn, json, text } from "./kit.ts";

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

export const programDecoders: readonly Decoder[] = [
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
];
