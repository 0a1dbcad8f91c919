// The guest programs under an independent emulator: do they compute what they say?
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import { gallery } from "../../../offchain/devnet/programs/gallery.ts";
import { readTile, renderInput } from "../../../offchain/devnet/programs/render.ts";
import { chunksOf, gatherWordCounts, readWordCount } from "../../../offchain/devnet/programs/wordcount.ts";
import { fuzz } from "../../support/fuzz.ts";
import { buildForLinux, root, runUnderQemu, withoutToolchain } from "./toolchain.ts";
import { countWords, formatWordCount, textBytes } from "./wordcount-model.ts";

describe("guest programs under qemu", { skip: withoutToolchain }, () => {
  let folder = "";
  before(() => {
    folder = buildForLinux();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  const wordcount = (text: Uint8Array) => {
    const { exitCode, output } = runUnderQemu(join(folder, "wordcount"), text);
    assert.equal(exitCode, 0);
    return output;
  };

  test("the committed binaries are what the sources give", () => {
    const done = spawnSync("sh", [join(root, "guest/build.sh"), "--check"], { encoding: "utf8" });
    assert.equal(done.status, 0, done.stderr);
  });

  test("wordcount agrees with a model written otherwise, on any bytes", () => {
    fc.assert(
      fc.property(textBytes, (text) => {
        assert.equal(Buffer.from(wordcount(text)).toString(), formatWordCount(countWords(text)));
      }),
      fuzz(40),
    );
  });

  test("counts of chunks add up to the count of the text", () => {
    fc.assert(
      fc.property(textBytes, fc.integer({ min: 11, max: 64 }), (text, size) => {
        const chunks = chunksOf(text, size);
        assert.deepEqual(Buffer.concat(chunks), Buffer.from(text));
        const merged = gatherWordCounts(
          chunks,
          chunks.map((chunk) => countWords(chunk)),
        );
        assert.equal(formatWordCount(merged), formatWordCount(countWords(text)));
        assert.equal(formatWordCount(readWordCount(wordcount(text))), formatWordCount(merged));
      }),
      fuzz(40),
    );
  });

  test("a picture does not depend on how it is cut", () => {
    const picture = { width: 24, height: 18 };
    const render = (x: number, y: number, width: number, height: number) => {
      const run = runUnderQemu(join(folder, "render"), renderInput(gallery, picture, { x, y, width, height }));
      assert.equal(run.exitCode, 0);
      return readTile(run.output);
    };
    const whole = render(0, 0, 24, 18).rgb;
    const part = render(7, 5, 9, 6);
    assert.deepEqual(part.tile, { x: 7, y: 5, width: 9, height: 6 });
    for (let row = 0; row < 6; row++) {
      const at = ((5 + row) * 24 + 7) * 3;
      assert.deepEqual(part.rgb.subarray(row * 27, row * 27 + 27), whole.subarray(at, at + 27), `row ${row}`);
    }
  });

  test("render refuses with exit code 2 what is not exactly a scene", () => {
    const good = renderInput(gallery, { width: 32, height: 24 }, { x: 0, y: 0, width: 1, height: 1 });
    const run = (input: Uint8Array) => runUnderQemu(join(folder, "render"), input);
    assert.equal(run(good).exitCode, 0);
    const changed = (at: number, ...bytes: number[]) => {
      const copy = good.slice();
      copy.set(bytes, at);
      return copy;
    };
    const bad: Record<string, Uint8Array> = {
      empty: new Uint8Array(),
      "another magic": changed(0, 0x58),
      "a byte too few": good.subarray(0, -1),
      "a byte too many": Buffer.concat([good, Buffer.alloc(1)]),
      "no width": changed(4, 0, 0),
      "a tile outside": changed(8, 32, 0),
      "an empty tile": changed(12, 0, 0),
      "an eye too far away": changed(16, 0, 0, 33, 0),
      "no field of view": changed(40, 0, 0, 0, 0),
      "no sun": changed(44, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
      "a floor above the eye": changed(68, 0, 0, 10, 0),
      "no squares": changed(72, 0, 0, 0, 0),
      "65 spheres": changed(84, 65),
      "a sphere without radius": changed(88 + 12, 0, 0, 0, 0),
      "metal of 2": changed(88 + 20, 2),
      "a reserved byte": changed(83, 1),
    };
    for (const [name, input] of Object.entries(bad)) {
      const { exitCode, output } = run(input);
      assert.equal(exitCode, 2, name);
      assert.equal(output.length, 0, name);
    }
  });

  test("render ends on any input", () => {
    const good = renderInput(gallery, { width: 32, height: 24 }, { x: 12, y: 10, width: 2, height: 2 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 16, max: good.length - 1 }), fc.nat(255)), { maxLength: 6 }),
        (edits) => {
          const input = good.slice();
          for (const [at, value] of edits) input[at] = value;
          assert.ok([0, 2].includes(runUnderQemu(join(folder, "render"), input).exitCode));
        },
      ),
      fuzz(40),
    );
  });
});
