// Archives and compressions of images by other software, and documents of another shape.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { Failure } from "@sonm/protocol/values/failure";
import fc from "fast-check";
import { readProgram } from "../../../../offchain/host/image/program.ts";
import { readImage } from "../../../../offchain/host/image/read.ts";
import { readTar } from "../../../../offchain/host/image/tar.ts";
import { fuzz } from "../../../support/fuzz.ts";
import { imageOf, type Parts, sha256, tarOf, wordcountElf } from "./image-parts.ts";
import { blobsOf, layoutOf, putImage } from "./oci-parts.ts";

const program = Buffer.from(wordcountElf);

function refused(tar: Uint8Array, why: RegExp): void {
  assert.throws(
    () => readImage(tar),
    (error) => {
      assert.ok(error instanceof Failure, String(error));
      assert.match(error.why, why);
      return true;
    },
  );
}

/** A frame that decompressors skip. */
function skippable(content: string, kind = 0): Buffer {
  const frame = Buffer.from(`\0\0\0\0\0\0\0\0${content}`);
  frame.writeUInt32LE(0x184d2a50 + kind);
  frame.writeUInt32LE(content.length, 4);
  return frame;
}

describe("U2: a layer of zstd", () => {
  const halves = (layer: Buffer) => [layer.subarray(0, 700), layer.subarray(700)].map((half) => zstdCompressSync(half));
  const good: [string, Parts["pressed"]][] = [
    ["of several frames", (layer) => Buffer.concat(halves(layer))],
    ["that begins with a skippable frame", (layer) => Buffer.concat([skippable("seek"), zstdCompressSync(layer)])],
    [
      "with skippable frames everywhere",
      (layer) => {
        const [one = Buffer.of(), two = Buffer.of()] = halves(layer);
        return Buffer.concat([skippable("", 15), one, skippable("a table", 14), two, skippable("end")]);
      },
    ],
  ];
  for (const [name, pressed] of good)
    test(`is read whole ${name}`, async () => {
      assert.deepEqual(Buffer.from(readImage(await imageOf(pressed ? { pressed } : {})).elf), program);
    });

  test("is refused if one of its frames is damaged or cut off", async () => {
    const ends = [Buffer.from("hello"), skippable("seek").subarray(0, 7), skippable("seek").subarray(0, 10)];
    const whole = (layer: Buffer) => zstdCompressSync(layer);
    for (const end of ends) refused(await imageOf({ pressed: (layer) => Buffer.concat([whole(layer), end]) }), /./);
    refused(await imageOf({ pressed: (layer) => Buffer.concat(halves(layer)).subarray(0, -1) }), /end of file/);
  });

  test("as a whole archive, it may begin with a skippable frame too", async () => {
    const image = Buffer.concat([skippable("seek"), zstdCompressSync(await imageOf())]);
    assert.ok((await readProgram(image)).entry > 0);
  });
});

test("U2: xz, bzip2 and lz4 are refused by name, as layers and as archives", async () => {
  const magics = { xz: "fd377a585a0000", bzip2: "425a6839314159", lz4: "04224d18644070" };
  for (const [name, magic] of Object.entries(magics)) {
    const bytes = Buffer.concat([Buffer.from(magic, "hex"), Buffer.alloc(600)]);
    refused(await imageOf({ pressed: () => bytes }), new RegExp(`layer-0/layer.tar is compressed with ${name}$`));
    await assert.rejects(readProgram(bytes), new RegExp(`the image is compressed with ${name}$`));
  }
});

describe("U2: an OCI layout", () => {
  const amd64 = { os: "linux", architecture: "amd64" };
  const riscv64 = { os: "linux", architecture: "riscv64" };
  const name = "org.opencontainers.image.ref.name";

  test("is read with its name", async () => {
    const blobs = blobsOf();
    const { manifest } = await putImage(blobs);
    const { elf, tags, entrypoint } = readImage(
      await layoutOf(blobs, [{ ...manifest, annotations: { [name]: "a:1" } }]),
    );
    assert.deepEqual([Buffer.from(elf), tags, entrypoint], [program, ["a:1"], "/program"]);
  });

  test("of several platforms, with attestations and an index in the index, gives the image for riscv64", async () => {
    const blobs = blobsOf();
    const ours = await putImage(blobs);
    // The blobs of other platforms need not be there.
    const absent = { digest: `sha256:${"1".repeat(64)}`, platform: amd64 };
    const attestation = {
      ...blobs.put({ schemaVersion: 2, config: blobs.put({}), layers: [] }),
      platform: { os: "unknown", architecture: "unknown" },
      annotations: { "vnd.docker.reference.type": "attestation-manifest" },
    };
    const { platform: _, ...unsaid } = attestation;
    const inner = blobs.put({ manifests: [absent, { ...ours.manifest, platform: riscv64 }, attestation, unsaid] });
    const image = await layoutOf(blobs, [{ ...inner, annotations: { "io.containerd.image.name": "docker.io/a:1" } }]);
    assert.deepEqual(readImage(image).tags, ["docker.io/a:1"]);
    assert.deepEqual(Buffer.from(readImage(image).elf), program);
  });

  test("that says no platforms is sorted by the images' configurations", async () => {
    const blobs = blobsOf();
    const [other, ours] = [await putImage(blobs, amd64, Buffer.from("other")), await putImage(blobs)];
    assert.deepEqual(Buffer.from(readImage(await layoutOf(blobs, [other.manifest, ours.manifest])).elf), program);
  });

  test("of one image under two names is one image", async () => {
    const blobs = blobsOf();
    const { manifest } = await putImage(blobs);
    const twice = ["a", "b"].map((tag) => ({ ...manifest, annotations: { [name]: tag } }));
    assert.deepEqual(readImage(await layoutOf(blobs, twice)).tags, ["a", "b"]);
  });

  test("beside a manifest.json is read if both mean the same image", async () => {
    const blobs = blobsOf();
    const [{ manifest, config, layer }, other] = [
      await putImage(blobs),
      await putImage(blobs, riscv64, Buffer.from("x")),
    ];
    const path = ({ digest }: { digest: string }) => `blobs/${digest.replace(":", "/")}`;
    const docker = { Config: path(config), RepoTags: ["a:1"], Layers: [path(layer)] };
    const both = (one: object) => layoutOf(blobs, [one], [{ name: "manifest.json", data: JSON.stringify([docker]) }]);
    assert.deepEqual(readImage(await both(manifest)).tags, ["a:1"]);
    refused(await both(other.manifest), /^the image of its manifest\.json is not what its digest says/);
  });

  test("is refused in words if it is not one image for riscv64, or not what its digests say", async () => {
    const blobs = blobsOf();
    const [other, ours] = [await putImage(blobs, amd64), await putImage(blobs)];
    const second = await putImage(blobs, riscv64, Buffer.from("x"));
    const layout = (...manifests: unknown[]) => layoutOf(blobs, manifests);
    refused(await layout(), /^it holds 0 images$/);
    refused(await layout(other.manifest), /^its platform is linux\/amd64; the machine runs linux\/riscv64$/);
    refused(
      await layout(
        { ...other.manifest, platform: amd64 },
        { digest: other.config.digest, platform: { ...amd64, architecture: "arm64" } },
      ),
      /is linux\/amd64 or linux\/arm64;/,
    );
    // It claims another platform than its configuration.
    refused(await layout({ ...other.manifest, platform: riscv64 }), /^its platform is linux\/amd64;/);
    refused(await layout(ours.manifest, second.manifest), /^it holds 2 images/);
    refused(
      await layout({ digest: `sha256:${"0".repeat(64)}` }),
      /^blobs\/sha256\/0+, which its manifest names, is not/,
    );
    refused(await layout({ digest: "sha256:../../manifest.json" }), /must be a digest, not sha256:\.\./);
    refused(await layout(blobs.put({ a: 1 })), /is neither an image nor an index of images$/);
    const mixed = blobs.put({ manifests: [], config: ours.config, layers: [] });
    refused(await layout(mixed), /is neither an image nor an index of images$/);
    refused(await layoutOf(blobs, 7), /^index\.json of its OCI layout\.manifests must be a list/);
    let deep = ours.manifest;
    for (let depth = 0; depth < 4; depth++) deep = blobs.put({ manifests: [deep] });
    refused(await layout(deep), /more than 4 indexes/);
    const damaged = blobs.items.find(({ name }) => name.endsWith(ours.layer.digest.slice(7)));
    if (damaged) damaged.data = "else";
    refused(await layout(ours.manifest), /is not what its digest says/);
  });
});

describe("U3: a document of another shape", () => {
  const documents: [string, object, RegExp][] = [
    ["text for a list of layers", { manifest: [{ Config: "config.json", Layers: "layer" }] }, /Layers must be a list/],
    ["a number for a path", { manifest: [{ Config: 7, Layers: [] }] }, /^manifest\.json\[0\]\.Config must be text/],
    ["an object for all", { manifest: {} }, /^manifest\.json must be a list of at most 1000, not an object$/],
    ["numbers for words", { config: { config: { Entrypoint: [1] } } }, /config\.Entrypoint\[0\] must be text/],
    ["a list for the configuration", { config: { config: [] } }, /^config\.json\.config must be an object/],
    ["no digests", { config: { rootfs: null } }, /^config\.json\.rootfs must be an object, not nothing$/],
    ["strange digests", { config: { rootfs: { diff_ids: ["md5:1"] } } }, /diff_ids\[0\] must be a digest, not md5:1$/],
    ["a name that only Go reads", { config: { config: { entrypoint: ["/x"] } } }, /has 'entrypoint' for 'Entrypoint'$/],
  ];
  for (const [name, { manifest, config }, why] of documents as [
    string,
    { manifest?: unknown; config?: object },
    RegExp,
  ][])
    test(`is refused in words: ${name}`, async () => {
      const whole = { os: "linux", architecture: "riscv64", config: { Entrypoint: ["/p"] }, rootfs: { diff_ids: [] } };
      refused(
        await tarOf([
          { name: "manifest.json", data: JSON.stringify(manifest ?? [{ Config: "config.json", Layers: [] }]) },
          { name: "config.json", data: JSON.stringify({ ...whole, ...config }) },
        ]),
        why,
      );
    });

  test("is refused in words, whatever it is", async () => {
    const json = fc.jsonValue({ maxDepth: 3 });
    await fc.assert(
      fc.asyncProperty(json, json, json, async (manifest, config, index) => {
        const items = [
          { name: "manifest.json", data: JSON.stringify(manifest) },
          { name: "config.json", data: JSON.stringify(config) },
          { name: "index.json", data: JSON.stringify(index) },
        ];
        const named = { name: "manifest.json", data: '[{"Config":"config.json","Layers":[]}]' };
        for (const set of [items, items.slice(1), [named, ...items.slice(1, 2)]]) refused(await tarOf(set), /./);
      }),
      fuzz(200),
    );
  });

  test("of more than 4 MiB is not read", async () => {
    refused(await tarOf([{ name: "manifest.json", data: " ".repeat(2 ** 22 + 1) }]), /has more than 4194304 bytes$/);
  });
});

describe("a tar", () => {
  const read = (bytes: Uint8Array) =>
    [...readTar(bytes, "it")].map(([path, entry]) => [
      path,
      entry.kind === "file" ? sha256(bytes.subarray(entry.at, entry.at + entry.size)) : entry,
    ]);
  const wrong = (bytes: Uint8Array, why: RegExp) =>
    assert.throws(
      () => read(bytes),
      (error) => error instanceof Failure && why.test(error.why),
    );

  for (const format of ["ustar", "gnu", "pax", "v7"])
    test(`of GNU tar is read in its format ${format}`, () => {
      const folder = mkdtempSync(join(tmpdir(), "sonm-tar-"));
      try {
        const long = format === "v7" ? "short" : `${"d".repeat(70)}/${"e".repeat(70)}/é`;
        const script = `mkdir -p "$(dirname "$1")" && cp one "$1" && ln -s one link && ln one hard`;
        writeFileSync(join(folder, "one"), "content");
        execFileSync("sh", ["-c", script, "sh", long], { cwd: folder });
        const files = ["one", "link", "hard", long];
        const tar = execFileSync("tar", ["--format", format, "-cf", "-", ...files], { cwd: folder });
        const content = sha256(Buffer.from("content"));
        assert.deepEqual(read(tar), [
          ["one", content],
          ["link", { kind: "link", target: "one" }],
          ["hard", { kind: "hardlink", target: "one" }],
          [Buffer.from(long).toString("latin1"), content],
        ]);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

  test("ends at two empty blocks, for this reader as for Go's", async () => {
    const [one, two] = [await tarOf([{ name: "one" }]), await tarOf([{ name: "two" }])];
    assert.equal(read(Buffer.concat([one, two])).length, 1);
    assert.equal(read(one.subarray(0, 512)).length, 1);
    wrong(Buffer.concat([one.subarray(0, 1024), two]), /a header is empty/);
  });

  test("is refused if it is damaged, cut off, or has what engines do not know", async () => {
    const tar = await tarOf([{ name: "one", data: "x".repeat(600) }]);
    const changed = (at: number, text: string) => {
      const copy = Buffer.from(tar);
      copy.write(text, at, "latin1");
      copy.write("        ", 148);
      copy.write(
        copy
          .subarray(0, 512)
          .reduce((sum, byte) => sum + byte, 0)
          .toString(8)
          .padStart(6, "0"),
        148,
      );
      return copy;
    };
    assert.equal(read(changed(0, "two"))[0]?.[0], "two");
    for (const device of "346") assert.deepEqual(read(changed(156, device).fill(0, 512)), [["one", { kind: "other" }]]);
    const flipped = Buffer.from(tar);
    flipped[0] = 0x7a;
    wrong(flipped, /checksum/);
    wrong(tar.subarray(0, 300), /cut off in a header/);
    wrong(tar.subarray(0, 1000), /cut off in a file/);
    wrong(changed(156, "S"), /kind 'S'/);
    wrong(changed(156, "7"), /kind '7'/);
    wrong(changed(124, "8"), /number/);
    wrong(changed(124, "\xff".repeat(12)), /cut off|size/);
  });

  test("of any bytes is read or refused in words", async () => {
    const good = await tarOf([
      { name: `${"n".repeat(120)}/é`, data: "abc" },
      { name: "l", type: "symlink", to: "x" },
    ]);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 4 }), (changes) => {
        const copy = Buffer.from(good);
        for (const [at, byte] of changes) copy[at] = byte;
        try {
          read(copy);
        } catch (error) {
          assert.ok(error instanceof Failure, String(error));
        }
      }),
      fuzz(500),
    );
  });
});

test("U2: a layer that is in a docker-archive twice may be a link to the first", async () => {
  const layer = await tarOf([{ name: "program", data: wordcountElf }]);
  const config = {
    ...{ os: "linux", architecture: "riscv64", config: { Entrypoint: ["/program"] } },
    rootfs: { diff_ids: [1, 2].map(() => `sha256:${sha256(layer)}`) },
  };
  const image = await tarOf([
    { name: "manifest.json", data: JSON.stringify([{ Config: "c", Layers: ["1/layer.tar", "2/layer.tar"] }]) },
    { name: "c", data: JSON.stringify(config) },
    { name: "1/layer.tar", data: layer },
    { name: "2/layer.tar", type: "symlink", to: "../1/layer.tar" },
  ]);
  assert.deepEqual(Buffer.from(readImage(image).elf), program);
});

test("a gzip of several members is one layer", async () => {
  const pressed = (layer: Buffer) => Buffer.concat([gzipSync(layer.subarray(0, 99)), gzipSync(layer.subarray(99))]);
  assert.deepEqual(Buffer.from(readImage(await imageOf({ pressed })).elf), program);
});
