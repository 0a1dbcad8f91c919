// Divides work into inputs and joins outputs, without running anything.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Failure } from "@sonm/protocol/values/failure";
import fc from "fast-check";
import { PNG } from "pngjs";
import { galleryOf } from "../../../offchain/devnet/programs/gallery.ts";
import {
  assemblePng,
  readTile,
  renderInput,
  type Size,
  type Tile,
  tilesOf,
} from "../../../offchain/devnet/programs/render.ts";
import { chunksOf, gatherWordCounts, readWordCount } from "../../../offchain/devnet/programs/wordcount.ts";
import { fuzz } from "../../support/fuzz.ts";
import { countWords, formatWordCount, textBytes } from "./wordcount-model.ts";

/** What the program would write: each pixel contains its position. */
function outputOf(picture: Size, tile: Tile): Uint8Array {
  const output = new Uint8Array(12 + tile.width * tile.height * 3);
  const view = new DataView(output.buffer);
  const fields = [picture.width, picture.height, tile.x, tile.y, tile.width, tile.height];
  for (const [i, field] of fields.entries()) view.setUint16(2 * i, field, true);
  let at = 12;
  for (let y = tile.y; y < tile.y + tile.height; y++)
    for (let x = tile.x; x < tile.x + tile.width; x++) {
      output.set([x, y, 7], at);
      at += 3;
    }
  return output;
}

function failsBecause(action: () => unknown, why: RegExp): void {
  assert.throws(action, (error) => error instanceof Failure && why.test(error.why) && error.todo.length > 0);
}

describe("render's units", () => {
  const picture = { width: 50, height: 31 };
  const tiles = tilesOf(picture, { width: 16, height: 12 });

  test("tiles cover the picture, smaller ones at its edges", () => {
    assert.equal(tiles.length, 4 * 3);
    assert.deepEqual(tiles.at(-1), { x: 48, y: 24, width: 2, height: 7 });
    assert.equal(
      tiles.reduce((area, t) => area + t.width * t.height, 0),
      50 * 31,
    );
  });

  test("tiles in any order become a PNG with every pixel in its place", () => {
    const png = PNG.sync.read(Buffer.from(assemblePng(tiles.map((t) => outputOf(picture, t)).reverse())));
    assert.deepEqual([png.width, png.height], [50, 31]);
    for (let y = 0; y < 31; y++)
      for (let x = 0; x < 50; x++)
        assert.deepEqual([...png.data.subarray((y * 50 + x) * 4, (y * 50 + x) * 4 + 4)], [x, y, 7, 255]);
  });

  test("a missing, doubled, foreign or broken tile is refused with its reason", () => {
    const outputs = tiles.map((t) => outputOf(picture, t));
    const [first = new Uint8Array()] = outputs;
    failsBecause(() => assemblePng(outputs.slice(1)), /192 of its 1550 pixels are missing/);
    failsBecause(() => assemblePng([]), /there is no tile/);
    failsBecause(() => assemblePng([first, ...outputs]), /the pixel at 0, 0 comes twice/);
    failsBecause(
      () => assemblePng([first, outputOf({ width: 9, height: 9 }, { x: 0, y: 0, width: 1, height: 1 })]),
      /50 × 31/,
    );
    failsBecause(() => readTile(first.subarray(1)), /bytes/);
    failsBecause(() => readTile(first.subarray(0, 11)), /fewer than its header/);
    failsBecause(() => readTile(outputOf(picture, { x: 49, y: 0, width: 2, height: 1 })), /leaves its picture/);
  });

  test("a scene is 88 bytes and 24 a sphere, and a seed always gives the same one", () => {
    const tile = { x: 1, y: 2, width: 3, height: 4 };
    const scene = galleryOf(5);
    const bytes = renderInput(scene, picture, tile);
    assert.equal(bytes.length, 88 + 24 * scene.spheres.length);
    assert.deepEqual([...bytes.subarray(0, 16)], [...Buffer.from("SRT1"), 50, 0, 31, 0, 1, 0, 2, 0, 3, 0, 4, 0]);
    assert.deepEqual(renderInput(galleryOf(5), picture, tile), bytes);
    assert.notDeepEqual(renderInput(galleryOf(6), picture, tile), bytes);
  });
});

describe("wordcount's units", () => {
  const cut = (text: string, size: number) =>
    chunksOf(Buffer.from(text), size).map((chunk) => Buffer.from(chunk).toString());

  test("chunks end behind spaces and punctuation, never within a word", () => {
    assert.deepEqual(cut("one two three", 9), ["one two ", "three"]);
    assert.deepEqual(cut("one,two", 4), ["one,", "two"]);
    assert.deepEqual(cut("don't stop", 6), ["don't ", "stop"]);
    assert.deepEqual(cut("étés étés", 9), ["étés ", "étés"]);
  });

  test("U4: a word longer than a chunk is cut between characters, and its rest has chunks of its own", () => {
    assert.deepEqual(cut("a honorificabilitudinitatibus x y", 12), [
      "a ",
      "honorificabi",
      "litudinitati",
      "bus ",
      "x y",
    ]);
    assert.deepEqual(cut("漢字漢字漢字", 11), ["漢字漢", "字漢字"]);
    assert.deepEqual(cut("漢字。漢字、漢字", 13), ["漢字。", "漢字、", "漢字"]);
    assert.deepEqual(cut("", 11), [""]);
  });

  test("U4: chunks are no larger than asked, whatever the text", () => {
    const texts = ["漢".repeat(900), "a".repeat(900), "a'".repeat(450), "’".repeat(300)].map((text) =>
      Buffer.from(text),
    );
    for (const text of [...texts, Buffer.alloc(900, 0x80), Buffer.alloc(900, 0xe4), Buffer.alloc(900)]) {
      const chunks = chunksOf(text, 64);
      assert.deepEqual(Buffer.concat(chunks), text);
      assert.ok(chunks.every(({ length }) => length <= 64));
      assert.ok(chunks.length <= Math.ceil(text.length / 60), `${chunks.length} chunks`);
    }
  });

  test("U4: counts of chunks come to the count of the text, wherever words are cut", () => {
    const gathered = (text: Uint8Array, size: number) => {
      const chunks = chunksOf(text, size);
      assert.deepEqual(Buffer.concat(chunks), Buffer.from(text));
      assert.ok(chunks.every(({ length }) => length <= size));
      return formatWordCount(gatherWordCounts(chunks, chunks.map(countWords)));
    };
    fc.assert(
      fc.property(textBytes, fc.integer({ min: 11, max: 40 }), (text, size) => {
        assert.equal(gathered(text, size), formatWordCount(countWords(text)));
      }),
      fuzz(300),
    );
    const long = fc.array(fc.constantFrom("漢", "é", "a", "'", "’", "𐐨", "\u0301", "Ⱥ", "''", "٣"), { maxLength: 60 });
    fc.assert(
      fc.property(long, fc.constantFrom("", " ", "。"), fc.integer({ min: 11, max: 24 }), (parts, gap, size) => {
        const text = Buffer.from([...parts, gap, ...parts].join(""));
        assert.equal(gathered(text, size), formatWordCount(countWords(text)));
      }),
      fuzz(300),
    );
  });

  test("what is no count is refused", () => {
    for (const text of [
      "",
      "words 1",
      "words 1\nlines 0\nbytes 1\ndistinct 2\n\n1 a\n",
      "words x\nlines 0\nbytes 1\ndistinct 0\n\n",
    ])
      assert.throws(() => readWordCount(Buffer.from(text)), Failure);
  });
});
