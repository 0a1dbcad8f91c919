// The committed programs in the machine: their outputs, their steps, and that qemu agrees.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { loadElf, type ProgramImage } from "@sonm/protocol/machine/elf";
import { type Ending, endingOf } from "@sonm/protocol/machine/ending";
import { createMachine, outputOf } from "@sonm/protocol/machine/machine";
import fc from "fast-check";
import { PNG } from "pngjs";
import { gallery, galleryOf } from "../../../offchain/devnet/programs/gallery.ts";
import { assemblePng, readTile, renderInput, tilesOf } from "../../../offchain/devnet/programs/render.ts";
import { chunksOf } from "../../../offchain/devnet/programs/wordcount.ts";
import { fuzz } from "../../support/fuzz.ts";
import { buildForLinux, root, runUnderQemu, withoutToolchain } from "./toolchain.ts";
import { countWords, formatWordCount, textBytes } from "./wordcount-model.ts";

/** Steps of a run with exponent 8: the most that a unit may take. */
const LIMIT = 8 ** 8;
const picture = { width: 256, height: 192 };
const tiles = tilesOf(picture, { width: 32, height: 24 });

function load(name: string): ProgramImage {
  return loadElf(readFileSync(join(root, "guest/bin", name)));
}

function run(program: ProgramImage, input: Uint8Array): Ending & { output: Uint8Array } {
  const machine = createMachine(program, input);
  machine.run(LIMIT);
  return { ...endingOf(machine.words), output: outputOf(machine) };
}

describe("render in the machine", () => {
  const render = load("render");

  test("gives the pinned pixels: the picture is the same everywhere", () => {
    const { exitCode, output } = run(
      render,
      renderInput(gallery, { width: 16, height: 12 }, { x: 0, y: 0, width: 16, height: 12 }),
    );
    assert.equal(exitCode, 0);
    const { rgb } = readTile(output);
    assert.equal(
      createHash("sha256").update(rgb).digest("hex"),
      "72babbe619daed176a7f81cd62f04607fff53c12693fde9b0438d8066c284880",
    );
  });

  test("makes the picture that the README shows, pixel by pixel", () => {
    const outputs = tiles.map((tile) => run(render, renderInput(gallery, picture, tile)).output);
    const shown = PNG.sync.read(readFileSync(join(root, "guest/programs/render/gallery.png")));
    const made = PNG.sync.read(Buffer.from(assemblePng(outputs)));
    assert.deepEqual([shown.width, shown.height], [made.width, made.height]);
    assert.ok(shown.data.equals(made.data), "guest/programs/render/gallery.png is not what the program makes");
  });

  test("costs less than 8^8 steps a tile, the dearest ones and those of other scenes included", () => {
    const dearest = [26, 27, 35, 44].map((i) => tiles[i]);
    for (const scene of [gallery, galleryOf(1)])
      for (const tile of dearest) {
        assert.ok(tile);
        const { exitCode, steps } = run(render, renderInput(scene, picture, tile));
        assert.equal(exitCode, 0);
        assert.ok(steps < LIMIT, `${steps} steps`);
      }
  });

  test("ends with exit code 2, and no output, on what is no scene", () => {
    const { exitCode, output } = run(render, Buffer.from("SRT1 is not enough"));
    assert.deepEqual([exitCode, output.length], [2, 0]);
  });
});

describe("wordcount in the machine", () => {
  const wordcount = load("wordcount");

  test("agrees with a model written otherwise, on any bytes", () => {
    fc.assert(
      fc.property(textBytes, (text) => {
        const { exitCode, output } = run(wordcount, text);
        assert.equal(exitCode, 0);
        assert.equal(Buffer.from(output).toString(), formatWordCount(countWords(text)));
      }),
      fuzz(100),
    );
  });

  test("counts 16 KiB in less than 8^8 steps, even when every word is new", () => {
    const words = Array.from({ length: 4000 }, (_, i) => ((i * 2654435761) % 2 ** 32).toString(36)).join(" ");
    const [chunk = new Uint8Array()] = chunksOf(Buffer.from(words), 16_384);
    const { exitCode, steps, output } = run(wordcount, chunk);
    assert.equal(exitCode, 0);
    assert.ok(steps < LIMIT, `${steps} steps`);
    assert.equal(Buffer.from(output).toString(), formatWordCount(countWords(chunk)));
  });
});

describe("the machine and qemu", { skip: withoutToolchain }, () => {
  test("give the same output for the same program and input", () => {
    const folder = buildForLinux();
    try {
      const inputs: [string, Uint8Array][] = [27, 3].map((i) => [
        "render",
        renderInput(galleryOf(i), picture, { ...(tiles[i] ?? assert.fail()), width: 12, height: 8 }),
      ]);
      for (const text of fc.sample(textBytes, 5)) inputs.push(["wordcount", text]);
      for (const [name, input] of inputs) {
        const ours = run(load(name), input);
        const theirs = runUnderQemu(join(folder, name), input);
        assert.equal(ours.exitCode, theirs.exitCode);
        assert.deepEqual(Buffer.from(ours.output), Buffer.from(theirs.output));
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
