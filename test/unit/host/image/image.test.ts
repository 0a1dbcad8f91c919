import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { ElfRefused, loadElf } from "@sonm/protocol/machine/elf";
import { Failure } from "@sonm/protocol/values/failure";
import { buildImage } from "../../../../offchain/host/image/build.ts";
import { readProgram } from "../../../../offchain/host/image/program.ts";
import { readImage } from "../../../../offchain/host/image/read.ts";
import { elfFile } from "../../protocol/machine/elf-file.ts";
import { type Item, imageOf, type Parts, sha256, tarOf, wordcountElf } from "./image-parts.ts";

const bytes = (data: Uint8Array) => Buffer.from(data);

function refused(tar: Uint8Array, why: RegExp): void {
  assert.throws(
    () => readImage(tar),
    (error) => {
      assert.ok(error instanceof Failure, String(error));
      assert.match(error.why, why);
      assert.ok(error.todo.length > 0);
      return true;
    },
  );
}

describe("an image that we build", () => {
  test("holds the program, and reads back", async () => {
    const { elf, entrypoint, tags } = readImage(await buildImage(wordcountElf, "wordcount:latest"));
    assert.deepEqual(bytes(elf), bytes(wordcountElf));
    assert.equal(entrypoint, "/program");
    assert.deepEqual(tags, ["wordcount:latest"]);
  });

  test("has the same bytes everywhere and always", async () => {
    const first = await buildImage(wordcountElf, "wordcount:latest");
    assert.deepEqual(bytes(await buildImage(wordcountElf, "wordcount:latest")), bytes(first));
    // This hash must not change: another hash would be another image for every job that names it.
    const fixed = elfFile({ entry: 0x10000, segments: [{ address: 0x10000, data: Buffer.from("73000000", "hex") }] });
    assert.equal(
      sha256(await buildImage(fixed, "fixed:1")),
      "82d01737d4258428f477e0f8936d85425e8439b0e3f107066aa8cb621620f176",
    );
  });

  test("is refused for what the machine could not run", async () => {
    const foreign = bytes(wordcountElf);
    const copy = Buffer.from(foreign);
    copy.writeUInt16LE(62, 18);
    await assert.rejects(buildImage(copy), ElfRefused);
    await assert.rejects(buildImage(new Uint8Array(10)), ElfRefused);
  });
});

describe("a program", () => {
  test("is the same from an ELF file and from an image", async () => {
    const expected = loadElf(new Uint8Array(wordcountElf));
    assert.deepEqual(await readProgram(wordcountElf), expected);
    assert.deepEqual(await readProgram(await buildImage(wordcountElf)), expected);
    assert.deepEqual(await readProgram(gzipSync(await buildImage(wordcountElf))), expected);
  });

  test("is neither a text nor an empty file", async () => {
    for (const bytes of [Buffer.from("hello"), new Uint8Array(), Buffer.alloc(5000, 7)])
      await assert.rejects(readProgram(bytes), (error) => error instanceof Failure && /neither/.test(error.why));
  });

  test("in an image is refused when it is dynamic", async () => {
    const dynamic = Buffer.from(wordcountElf);
    dynamic.writeUInt16LE(3, 16); // ET_DYN
    const image = await imageOf({ layers: [[{ name: "program", data: dynamic }]] });
    await assert.rejects(
      readProgram(image),
      (error) => error instanceof ElfRefused && /position-independent/.test(error.why),
    );
  });
});

describe("an image by others", () => {
  const good: [string, Parts][] = [
    ["as docker save writes it", {}],
    ["with gzip layers", { pressed: (layer) => gzipSync(layer) }],
    ["with zstd layers", { pressed: (layer) => zstdCompressSync(layer) }],
    ["with CMD for ENTRYPOINT", { config: { Cmd: ["/program"] } }],
    ["with a path relative to its folder", { config: { Entrypoint: ["./program"], WorkingDir: "/" } }],
    ["with names that start with ./", { layers: [[{ name: "./program", data: wordcountElf }]] }],
  ];
  for (const [name, parts] of good)
    test(`is read ${name}`, async () => {
      assert.deepEqual(bytes(readImage(await imageOf(parts)).elf), bytes(wordcountElf));
    });

  const bad: [string, Parts, RegExp][] = [
    ["of another architecture", { architecture: "amd64" }, /linux\/amd64; the machine runs linux\/riscv64/],
    ["of another system", { os: "windows" }, /windows\/riscv64/],
    ["without entrypoint", { config: {} }, /names no entrypoint/],
    ["with arguments", { config: { Entrypoint: ["/program", "-v"] } }, /has arguments: \["\/program","-v"\]/],
    ["with arguments in CMD", { config: { Entrypoint: ["/program"], Cmd: ["-v"] } }, /has arguments/],
    ["with a bare name", { config: { Entrypoint: ["program"] } }, /'program' is no path/],
    ["whose entrypoint is missing", { config: { Entrypoint: ["/bin/x"] } }, /\/bin\/x is not a file in it/],
    ["whose entrypoint is a folder", { layers: [[{ name: "program", type: "directory" }]] }, /is not a file/],
    ["with several images", { images: 2 }, /holds 2 images \(one:latest; one:latest\)/],
    ["with no image", { images: 0 }, /holds 0 images/],
    [
      "with a layer that is not what it says",
      { diffIds: [`sha256:${"0".repeat(64)}`] },
      /is not what its configuration says/,
    ],
    ["with a link in circles", { layers: [[{ name: "program", type: "symlink", to: "/program" }]] }, /is not a file/],
  ];
  for (const [name, parts, why] of bad) test(`is refused ${name}`, async () => refused(await imageOf(parts), why));

  test("is refused as an OCI layout without manifests, as no image, cut off, or no tar", async () => {
    refused(
      await tarOf([
        { name: "oci-layout", data: "{}" },
        { name: "index.json", data: "{}" },
      ]),
      /OCI layout/,
    );
    refused(await tarOf([{ name: "readme", data: "hello" }]), /no manifest.json/);
    refused(await tarOf([{ name: "manifest.json", data: "[{" }]), /is not JSON/);
    refused(
      await tarOf([{ name: "manifest.json", data: '[{"Config":"a.json","Layers":[]}]' }]),
      /a.json.* is not in it/,
    );
    refused((await imageOf()).subarray(0, 4000), /./);
    refused(Buffer.alloc(5000, "not a tar "), /./);
    refused(gzipSync(await imageOf()).subarray(0, 2000), /./);
    refused(new Uint8Array(), /no manifest.json/);
  });
});

describe("layers", () => {
  const program = (data: string): Item => ({ name: "program", data });
  const cases: [string, Item[][], string | undefined][] = [
    ["a later layer overrides", [[program("old")], [program("new")]], "new"],
    ["a whiteout hides", [[program("old")], [{ name: ".wh.program" }]], undefined],
    ["a whiteout hides only what is below", [[program("old")], [{ name: ".wh.program" }, program("new")]], "new"],
    ["its place in the layer does not matter", [[program("old")], [program("new"), { name: ".wh.program" }]], "new"],
    ["what is hidden can come back", [[program("old")], [{ name: ".wh.program" }], [program("new")]], "new"],
    [
      "a symbolic link is followed",
      [
        [
          { name: "bin/real", data: "it" },
          { name: "program", type: "symlink", to: "bin/real" },
        ],
      ],
      "it",
    ],
    [
      "a link cannot leave the root",
      [
        [
          { name: "bin/real", data: "it" },
          { name: "program", type: "symlink", to: "../../bin/real" },
        ],
      ],
      "it",
    ],
    [
      "a hard link shares",
      [
        [
          { name: "real", data: "it" },
          { name: "program", type: "link", to: "real" },
        ],
        [{ name: ".wh.real" }],
      ],
      "it",
    ],
    [
      "a file replaces a link",
      [
        [
          { name: "real", data: "x" },
          { name: "program", type: "symlink", to: "real" },
        ],
        [program("new")],
      ],
      "new",
    ],
  ];
  for (const [name, layers, expected] of cases)
    test(name, async () => {
      const tar = await imageOf({ layers });
      if (expected === undefined) refused(tar, /is not a file/);
      else assert.equal(bytes(readImage(tar).elf).toString(), expected);
    });

  test("folders: an opaque one hides what is below, a plain one keeps it, a file takes its place", async () => {
    const config = { Entrypoint: ["/app/program"] };
    const below = [{ name: "app/program", data: "old" }];
    const read = async (layer: Item[]) =>
      bytes(readImage(await imageOf({ config, layers: [below, layer] })).elf).toString();
    assert.equal(await read([{ name: "app/", type: "directory" }]), "old");
    assert.equal(await read([{ name: "app/.wh..wh..opq" }, { name: "app/program", data: "new" }]), "new");
    await assert.rejects(read([{ name: "app/.wh..wh..opq" }]), Failure);
    await assert.rejects(read([{ name: ".wh.app" }]), Failure);
    await assert.rejects(read([{ name: "app", data: "a file now" }]), Failure);
    // A folder that is a link, like /bin on many systems.
    assert.equal(
      await read([
        { name: "usr/program", data: "linked" },
        { name: "app", type: "symlink", to: "usr" },
      ]),
      "linked",
    );
  });
});
