// What goes into and comes out of guest/programs/render: a scene cut into tiles, and the picture put together from them.
// The formats are written down in guest/programs/render/scene.h and guest/programs/render/render.c.

import { Failure } from "@sonm/protocol/values/failure";
import { PNG } from "pngjs";

export type Vector = readonly [x: number, y: number, z: number];
/** Red, green, blue, each 0 … 255. */
export type Colour = readonly [r: number, g: number, b: number];

export type Sphere = {
  centre: Vector;
  radius: number;
  colour: Colour;
  /** 0 dull … 1 mirror. */
  gloss: number;
  /** A metal tints what it mirrors, and shows nothing else. */
  metal?: boolean;
};

/** Coordinates lie within ±32, `y` points up. */
export type Scene = {
  eye: Vector;
  target: Vector;
  /** Vertical angle of view, degrees. */
  viewAngle: number;
  /** Direction towards the sun, of any length. */
  sun: Vector;
  sunColour: Colour;
  /** 1 is a bright day; at most 7.9. */
  sunStrength: number;
  horizon: Colour;
  zenith: Colour;
  floor: { height: number; square: number; colours: readonly [Colour, Colour]; gloss: number };
  spheres: readonly Sphere[];
};

/** Pixels, from the top left corner of the picture. */
export type Tile = { x: number; y: number; width: number; height: number };
/** Pixels. */
export type Size = { width: number; height: number };
export type RenderedTile = { picture: Size; tile: Tile; rgb: Uint8Array };

const MAGIC = "SRT1";
const HEADER_SIZE = 88;
const SPHERE_SIZE = 24;
const TILE_HEADER_SIZE = 12;

/** The input of the unit that renders `tile` of a picture of the scene. */
export function renderInput(scene: Scene, picture: Size, tile: Tile): Uint8Array {
  const bytes = new Uint8Array(HEADER_SIZE + SPHERE_SIZE * scene.spheres.length);
  const view = new DataView(bytes.buffer);
  const short = (at: number, value: number) => view.setUint16(at, value, true);
  const length = (at: number, value: number) => view.setInt32(at, Math.round(value * 65_536), true);
  const vector = (at: number, value: Vector) => value.map((v, i) => length(at + 4 * i, v));
  const byte = (at: number, value: number) => view.setUint8(at, Math.round(value));

  bytes.set(new TextEncoder().encode(MAGIC), 0);
  [picture.width, picture.height, tile.x, tile.y, tile.width, tile.height].map((value, i) => short(4 + 2 * i, value));
  vector(16, scene.eye);
  vector(28, scene.target);
  length(40, Math.tan((scene.viewAngle * Math.PI) / 360));
  vector(44, scene.sun);
  bytes.set(scene.sunColour, 56);
  byte(59, scene.sunStrength * 32);
  bytes.set(scene.horizon, 60);
  bytes.set(scene.zenith, 64);
  length(68, scene.floor.height);
  length(72, scene.floor.square);
  bytes.set(scene.floor.colours[0], 76);
  byte(79, scene.floor.gloss * 255);
  bytes.set(scene.floor.colours[1], 80);
  view.setUint32(84, scene.spheres.length, true);
  for (const [i, sphere] of scene.spheres.entries()) {
    const at = HEADER_SIZE + SPHERE_SIZE * i;
    vector(at, sphere.centre);
    length(at + 12, sphere.radius);
    bytes.set(sphere.colour, at + 16);
    byte(at + 19, sphere.gloss * 255);
    byte(at + 20, sphere.metal ? 1 : 0);
  }
  return bytes;
}

/** The tiles of a picture, row by row; those at the right and lower edge may be smaller. */
export function tilesOf(picture: Size, tile: Size): Tile[] {
  const tiles: Tile[] = [];
  for (let y = 0; y < picture.height; y += tile.height)
    for (let x = 0; x < picture.width; x += tile.width)
      tiles.push({
        x,
        y,
        width: Math.min(tile.width, picture.width - x),
        height: Math.min(tile.height, picture.height - y),
      });
  return tiles;
}

/** Reads the output of one unit. */
export function readTile(output: Uint8Array): RenderedTile {
  const view = new DataView(output.buffer, output.byteOffset, output.byteLength);
  const field = (i: number) => view.getUint16(2 * i, true);
  const wrong = (why: string) =>
    new Failure("This output is not a rendered tile", why, "give the output of guest/bin/render");
  if (output.length < TILE_HEADER_SIZE) throw wrong(`it has ${output.length} bytes, fewer than its header`);
  const picture = { width: field(0), height: field(1) };
  const tile = { x: field(2), y: field(3), width: field(4), height: field(5) };
  const size = TILE_HEADER_SIZE + tile.width * tile.height * 3;
  if (output.length !== size)
    throw wrong(`a tile of ${tile.width} × ${tile.height} pixels has ${size} bytes, not ${output.length}`);
  if (tile.x + tile.width > picture.width || tile.y + tile.height > picture.height)
    throw wrong(`the tile at ${tile.x}, ${tile.y} leaves its picture of ${picture.width} × ${picture.height} pixels`);
  return { picture, tile, rgb: output.subarray(TILE_HEADER_SIZE) };
}

/** A PNG from the outputs of all units, in any order. Every pixel must be there exactly once. */
export function assemblePng(outputs: Iterable<Uint8Array>): Uint8Array {
  let png: PNG | undefined;
  let covered = 0;
  for (const output of outputs) {
    const { picture, tile, rgb } = readTile(output);
    png ??= new PNG({ ...picture, colorType: 2 });
    if (png.width !== picture.width || png.height !== picture.height)
      throw new Failure(
        "These tiles do not belong together",
        `one is of a picture of ${png.width} × ${png.height} pixels, another of ${picture.width} × ${picture.height}`,
        "give the outputs of the units of one job",
      );
    covered += paste(png, tile, rgb);
  }
  if (!png || covered !== png.width * png.height)
    throw new Failure(
      "The picture is not complete",
      png
        ? `${png.width * png.height - covered} of its ${png.width * png.height} pixels are missing`
        : "there is no tile",
      "wait until all units of the job are settled, then assemble it again",
    );
  return PNG.sync.write(png);
}

/** Returns how many pixels were set; one that has been set before is an error. */
function paste(png: PNG, tile: Tile, rgb: Uint8Array): number {
  let from = 0;
  for (let y = tile.y; y < tile.y + tile.height; y++)
    for (let x = tile.x; x < tile.x + tile.width; x++) {
      const to = (y * png.width + x) * 4;
      if (png.data[to + 3] !== 0)
        throw new Failure(
          "Two tiles overlap",
          `the pixel at ${x}, ${y} comes twice`,
          "give each unit's output once, all of one job",
        );
      png.data.set(rgb.subarray(from, from + 3), to);
      png.data[to + 3] = 255;
      from += 3;
    }
  return tile.width * tile.height;
}
