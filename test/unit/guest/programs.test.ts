// Divides work into inputs and joins outputs, without running anything.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Failure } from "@sonm/protocol/values/failure";
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
import { chunksOf, readWordCount } from "../../../offchain/devnet/programs/wordcount.ts";

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
    assert.deepEqual(cut("été été", 4), ["été ", "été"]);
  });

  test("a word longer than a chunk stays whole; no text is one empty chunk", () => {
    assert.deepEqual(cut("honorificabilitudinitatibus x", 5), ["honorificabilitudinitatibus ", "x"]);
    assert.deepEqual(cut("abcdef", 2), ["abcdef"]);
    assert.deepEqual(cut("", 2), [""]);
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
