// The pictures that `npm start` renders: polished spheres on a chequered floor in the evening sun.
import type { Colour, Scene, Sphere } from "./render.ts";

const day: Omit<Scene, "spheres"> = {
  eye: [-2.6, 2.1, -7.4],
  target: [0.2, 0.9, 0.2],
  viewAngle: 38,
  sun: [-0.72, 0.5, -0.42],
  sunColour: [255, 226, 186],
  sunStrength: 1.5,
  horizon: [240, 200, 172],
  zenith: [30, 82, 170],
  floor: {
    height: 0,
    square: 1,
    colours: [
      [226, 220, 208],
      [52, 66, 92],
    ],
    gloss: 0.08,
  },
};

const silver: Colour = [246, 246, 250];
const gold: Colour = [255, 204, 118];
const copper: Colour = [250, 160, 120];

/** The one that is shown unless a seed is given. */
export const gallery: Scene = {
  ...day,
  spheres: [
    { centre: [0, 1.25, 0.9], radius: 1.25, colour: silver, gloss: 0.94, metal: true },
    { centre: [-2.2, 0.8, 0.1], radius: 0.8, colour: [206, 52, 44], gloss: 0.06 },
    { centre: [2.15, 0.85, -0.1], radius: 0.85, colour: gold, gloss: 0.92, metal: true },
    { centre: [0.55, 0.42, -1.75], radius: 0.42, colour: [26, 148, 140], gloss: 0.06 },
    { centre: [-0.95, 0.34, -1.5], radius: 0.34, colour: [238, 226, 206], gloss: 0.04 },
    { centre: [-0.35, 0.2, -2.6], radius: 0.2, colour: copper, gloss: 0.9, metal: true },
    { centre: [3.1, 0.3, -1.6], radius: 0.3, colour: [66, 86, 178], gloss: 0.06 },
    { centre: [-2.4, 0.5, 4.2], radius: 0.5, colour: [92, 140, 70], gloss: 0.05 },
  ],
};

const paints: readonly Colour[] = [
  [206, 52, 44],
  [26, 148, 140],
  [238, 226, 206],
  [66, 86, 178],
  [92, 140, 70],
  [222, 140, 40],
  [150, 70, 140],
];
const metals: readonly Colour[] = [silver, gold, copper];

/** Another picture for each seed: spheres of chance sizes and colours that do not touch. The same seed gives the same picture. */
export function galleryOf(seed: number): Scene {
  const chance = chances(seed);
  const pick = <T>(from: readonly T[]) => from[Math.floor(chance() * from.length)] as T;
  const spheres: Sphere[] = [];
  for (let tries = 0; spheres.length < 9 && tries < 200; tries++) {
    const radius = spheres.length === 0 ? 1.1 + 0.4 * chance() : 0.18 + 0.75 * chance() ** 2;
    const [x, z] = spheres.length === 0 ? [0.6 * (chance() - 0.5), 0.9] : [6 * (chance() - 0.5), 5.5 * chance() - 2.8];
    const clear = spheres.every((s) => Math.hypot(x - s.centre[0], z - s.centre[2]) > radius + s.radius + 0.05);
    if (!clear) continue;
    const metal = spheres.length === 0 || chance() < 0.35;
    const colour = pick(metal ? metals : paints);
    const gloss = metal ? 0.85 + 0.1 * chance() : 0.04 + 0.04 * chance();
    spheres.push({ centre: [x, radius, z], radius, colour, gloss, metal });
  }
  return { ...day, spheres };
}

/** Numbers in 0 … 1 from a seed (mulberry32): for variety, not for secrecy. */
export function chances(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
