// What an image may cost the process that reads it.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { Failure } from "@sonm/protocol/values/failure";
import fc from "fast-check";
import { LIMITS, type Limits } from "../../../../offchain/host/image/limits.ts";
import { readProgram } from "../../../../offchain/host/image/program.ts";
import { readImage } from "../../../../offchain/host/image/read.ts";
import { fuzz } from "../../../support/fuzz.ts";
import { type Item, imageOf, layerBomb, repeated, tarOf, wordcountElf } from "./image-parts.ts";

const program: Item = { name: "program", data: wordcountElf };

function isRefusal(why: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof Failure, String(error));
    assert.match(error.why, why);
    return true;
  };
}

/** A tar of so many empty files with names of their own. */
function manyFiles(count: number): Buffer {
  const tar = Buffer.alloc(512 * count);
  for (let i = 0; i < count; i++) {
    const block = tar.subarray(512 * i, 512 * (i + 1));
    block.write(`${i}`);
    block.write("        ", 148);
    const sum = block.reduce((total, byte) => total + byte, 0);
    block.write(sum.toString(8).padStart(7, "0"), 148);
  }
  return tar;
}

describe("S2: an image", () => {
  test("that names a layer many times has it read once", async () => {
    const image = await layerBomb();
    assert.ok(image.length < 2 ** 20);
    assert.deepEqual(Buffer.from(readImage(image).elf), Buffer.from(wordcountElf));
  });

  // Each limit is tried at the last value that is enough, and at the one below.
  const two: Item[][] = [[program], [{ name: "a/b/c", data: "x" }]];
  const bounds: [keyof Limits, number, () => Promise<Uint8Array>, RegExp][] = [
    ["layers", 2, () => imageOf({ layers: two }), /^it has 2 layers, more than 1$/],
    // Four files, which lie in two folders; in the layers two files, and two folders around one of them.
    ["entries", 4 + 2 + 2 + 2, () => imageOf({ layers: two }), /^it has more than 9 entries$/],
    [
      "entries",
      3 + 20,
      async () => {
        const layer = await tarOf([program]);
        return repeated(layer, layer, 20);
      },
      /^it has more than 22 entries$/,
    ],
  ];
  for (const [limit, least, make, why] of bounds)
    test(`may have ${least} ${limit}, and no more`, async () => {
      const image = await make();
      readImage(image, { ...LIMITS, [limit]: least });
      assert.throws(() => readImage(image, { ...LIMITS, [limit]: least - 1 }), isRefusal(why));
    });

  test("may unpack to a number of bytes, and no more", async () => {
    const layer = await tarOf([program]);
    const [plain, compressed] = [await repeated(layer, layer, 2), await repeated(gzipSync(layer), layer, 2)];
    for (const [image, unpacked] of [
      [compressed, layer.length],
      [gzipSync(plain), plain.length],
      [gzipSync(compressed), compressed.length + layer.length],
    ] as const) {
      readImage(image, { ...LIMITS, unpacked });
      const why = new RegExp(`^it has more than ${unpacked - 1} bytes when unpacked$`);
      assert.throws(() => readImage(image, { ...LIMITS, unpacked: unpacked - 1 }), isRefusal(why));
      assert.throws(() => readImage(image, { ...LIMITS, unpacked: 1000 }), isRefusal(/when unpacked$/));
    }
  });

  test("has names of 255 bytes and paths of 4,096 at most", async () => {
    const folder = "d".repeat(255);
    const longest = `${Array(15).fill(folder).join("/")}/${"e".repeat(255)}`;
    assert.equal(longest.length, 4095);
    const imageWith = (item: Item) => imageOf({ layers: [[program, item]] });
    readImage(await imageWith({ name: `/${longest}` }));
    readImage(await imageWith({ name: "link", type: "symlink", to: `/${longest}` }));
    const long = isRefusal(/a name of more than 4096 bytes/);
    for (const item of [{ name: `//${longest}` }, { name: "link", type: "symlink", to: `//${longest}` } as const]) {
      const image = await imageWith(item);
      assert.throws(() => readImage(image), long);
    }
    const wide = await imageWith({ name: `a/${"e".repeat(256)}` });
    assert.throws(() => readImage(wide), isRefusal(/a name has more than 255 bytes$/));
  });

  test("cannot make folders that are too deep with links", async () => {
    const step = "a/".repeat(300);
    const deeper = (steps: number) =>
      Array.from({ length: steps }, (_, i): Item[] => [
        { name: `l${i}/${step}`, type: "directory" },
        { name: `l${i + 1}`, type: "symlink", to: `l${i}/${step}` },
      ]).flat();
    readImage(await imageOf({ layers: [[program], deeper(6)] }));
    const image = await imageOf({ layers: [[program], deeper(8)] });
    assert.throws(() => readImage(image), isRefusal(/more than 2048 folders$/));
  });

  test("that is damaged anywhere is read or refused in words, within a second", async () => {
    const folder = new URL("./cases/", import.meta.url);
    const files = readdirSync(folder).map((name) => readFileSync(new URL(name, folder)));
    const change = fc.tuple(fc.nat(), fc.nat(255));
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.array(change, { maxLength: 6 }), (file, changes) => {
        const copy = Buffer.from(file);
        for (const [at, byte] of changes) copy[at % copy.length] = byte;
        const start = process.cpuUsage();
        try {
          readImage(copy);
        } catch (error) {
          assert.ok(error instanceof Failure, String(error));
        }
        assert.ok(process.cpuUsage(start).user < 1_000_000);
      }),
      fuzz(500),
    );
  });
});

describe("S2: reading a program", () => {
  test("lets the timers of its caller fire", async () => {
    const image = await layerBomb();
    let [last, gap] = [performance.now(), 0];
    const start = last;
    const timer = setInterval(() => {
      gap = Math.max(gap, performance.now() - last);
      last = performance.now();
    }, 5);
    try {
      assert.ok((await readProgram(image)).entry > 0);
    } finally {
      clearInterval(timer);
    }
    gap = Math.max(gap, performance.now() - last);
    assert.ok(gap < (performance.now() - start) / 2, `no timer fired for ${gap} ms`);
  });

  test("ends at a limit of time, and the next reading begins", async () => {
    const slow = readProgram(await layerBomb(), { ms: 1, heapMiB: 64 });
    const next = readProgram(wordcountElf);
    await assert.rejects(slow, isRefusal(/^it takes longer than 0\.001 s$/));
    assert.ok((await next).entry > 0);
  });

  test("happens one at a time, whatever is read", async () => {
    const done: string[] = [];
    const read = (name: string, bytes: Uint8Array) => readProgram(bytes).then(() => done.push(name));
    await Promise.all([read("a slow one", await layerBomb()), read("a quick one", wordcountElf)]);
    assert.deepEqual(done, ["a slow one", "a quick one"]);
  });

  test("ends at a limit of memory", async () => {
    const layer = manyFiles(100_000);
    const image = gzipSync(await repeated(layer, layer, 1), { level: 1 });
    await assert.rejects(readProgram(image, { ms: 60_000, heapMiB: 16 }), isRefusal(/^it needs more than 16 MiB$/));
  });

  test("says why in words that fit into a letter", async () => {
    const image = await imageOf({ config: { Entrypoint: ["/program", ..."x".repeat(900)] } });
    await assert.rejects(readProgram(image), (error) => {
      assert.ok(error instanceof Failure);
      return /has arguments/.test(error.why) && error.message.length < 1000;
    });
  });

  test("leaves the bytes to its caller", async () => {
    const bytes = new Uint8Array(wordcountElf);
    await readProgram(bytes);
    await pause(0);
    assert.equal(bytes.length, wordcountElf.length);
  });
});
