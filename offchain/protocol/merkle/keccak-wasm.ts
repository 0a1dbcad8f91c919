// keccak-f[1600] as WebAssembly, emitted here: two permutations at once, one in each half of a 128-bit lane. Nearly all hashing is for
// Merkle trees, whose nodes come in pairs. Two at once are twice as fast as the best scalar code. (FIPS 202, sections 3.2 and
// 3.3.)
import {
  add,
  andNot,
  body,
  both,
  type Code,
  call,
  get,
  I32,
  instantiate,
  int,
  lessThan,
  load,
  loadBoth,
  loadHigh,
  loadLow,
  MODULE_HEADER,
  multiply,
  name,
  repeat,
  rotate,
  section,
  set,
  shiftLeft,
  sized,
  store,
  storeHalf,
  V128,
  xor,
} from "../wasm/encode.ts";

/** Where things are in memory: the two states interleaved (25 lanes of 16 bytes), round constants, data. */
const STATE = 0;
const ROUND_CONSTANTS = 512;
/** First byte of the data, and how much fits. */
const DATA = 1024;
/** Bytes that the functions can work on at once. */
export const DATA_SIZE = 2 ** 16 - DATA;
/** Bytes that a permutation absorbs for a 256-bit digest. */
export const RATE = 136;

/** Rotations by lane `x + 5·y` (FIPS 202, table 2, mod 64). */
const ROTATIONS = [0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14];

/** The constants of iota, from the linear feedback shift register of FIPS 202, algorithm 5. */
function roundConstants(): BigUint64Array {
  const constants = new BigUint64Array(24);
  let register = 1;
  for (let round = 0; round < 24; round++) {
    for (let j = 0; j <= 6; j++) {
      if (register & 1) constants[round] = (constants[round] as bigint) | (1n << BigInt(2 ** j - 1));
      register = (register << 1) ^ (register & 0x80 ? 0x171 : 0);
    }
  }
  return constants;
}

// --- The permutation ---

/** Locals of `permute`: the lanes A and B, column parities C, what theta adds D, and the round's place among the constants. */
const [A, B, C, D, ROUND] = [0, 25, 50, 55, 60];
const columns = [0, 1, 2, 3, 4];
const lanes = Array.from({ length: 25 }, (_, i) => i);

/** One round from A to A. */
function round(): Code {
  const theta = [
    ...columns.flatMap((x) => set(C + x, xor(...columns.map((y) => get(A + x + 5 * y))))),
    ...columns.flatMap((x) => [
      ...set(D + x, rotate(C + ((x + 1) % 5), 1)),
      ...set(D + x, xor(get(D + x), get(C + ((x + 4) % 5)))),
    ]),
    ...lanes.flatMap((i) => set(A + i, xor(get(A + i), get(D + (i % 5))))),
  ];
  const rhoAndPi = lanes.flatMap((i) => {
    const [x, y] = [i % 5, Math.floor(i / 5)];
    return set(B + y + 5 * ((2 * x + 3 * y) % 5), rotate(A + i, ROTATIONS[i] as number));
  });
  const chi = lanes.flatMap((i) => {
    const row = i - (i % 5);
    return set(A + i, xor(get(B + i), andNot(get(B + row + ((i + 2) % 5)), get(B + row + ((i + 1) % 5)))));
  });
  const iota = set(A, xor(get(A), loadBoth(get(ROUND), ROUND_CONSTANTS)));
  return [...theta, ...rhoAndPi, ...chi, ...iota];
}

/** permute(): both states, in place. */
function permute(): Code {
  return [
    ...lanes.flatMap((i) => set(A + i, load(int(STATE), 16 * i))),
    ...repeat([...round(), ...set(ROUND, add(get(ROUND), int(8)))], lessThan(get(ROUND), int(24 * 8))),
    ...lanes.flatMap((i) => store(int(STATE), 16 * i, get(A + i))),
  ];
}

/**
 * parents(count): replaces the 2·count nodes at DATA by the count nodes above them. After an odd count one more node follows, which means
 * nothing.
 */
function parents(): Code {
  // Two pairs of nodes are 128 bytes; the message of each is 64 bytes, then the padding.
  const [count, from, to] = [0, 1, 2];
  const word = (i: number): Code => {
    if (i < 8) return loadHigh(get(from), 64 + 8 * i, loadLow(get(from), 8 * i));
    return both(i === 8 ? 0x01 : 0, i === 16 ? 0x80 : 0);
  };
  const body = [
    ...lanes.flatMap((i) => store(int(STATE), 16 * i, word(i))),
    ...call(0),
    ...[0, 1, 2, 3].flatMap((i) => [
      ...storeHalf(get(to), 8 * i, load(int(STATE), 16 * i), 0),
      ...storeHalf(get(to), 32 + 8 * i, load(int(STATE), 16 * i), 1),
    ]),
    ...set(from, add(get(from), int(128))),
    ...set(to, add(get(to), int(64))),
  ];
  // The end of what is written: DATA + 32·count.
  const end = add(int(DATA), shiftLeft(get(count), int(5)));
  return [...set(from, int(DATA)), ...set(to, int(DATA)), ...repeat(body, lessThan(get(to), end))];
}

/** absorb(blocks): takes blocks of RATE bytes at DATA into the first state. */
function absorb(): Code {
  const [blocks, from, end] = [0, 1, 2];
  const body = [
    ...Array.from({ length: RATE / 8 }, (_, i) =>
      store(int(STATE), 16 * i, xor(load(int(STATE), 16 * i), loadLow(get(from), 8 * i))),
    ).flat(),
    ...call(0),
    ...set(from, add(get(from), int(RATE))),
  ];
  return [
    ...set(from, int(DATA)),
    ...set(end, add(int(DATA), multiply(get(blocks), int(RATE)))),
    ...repeat(body, lessThan(get(from), get(end))),
  ];
}

// --- The module ---

function moduleBytes(): Code {
  const constants = [...new Uint8Array(roundConstants().buffer)];
  return [
    ...MODULE_HEADER,
    ...section(1, [
      [0x60, 0, 0],
      [0x60, 1, I32, 0],
    ]),
    ...section(3, [[0], [1], [1]]),
    ...section(5, [[0, 1]]),
    ...section(7, [
      [...name("memory"), 2, 0],
      [...name("parents"), 0, 1],
      [...name("absorb"), 0, 2],
    ]),
    ...section(10, [
      body(
        [
          [60, V128],
          [1, I32],
        ],
        permute(),
      ),
      body([[2, I32]], parents()),
      body([[2, I32]], absorb()),
    ]),
    ...section(11, [[0, ...int(ROUND_CONSTANTS), 0x0b, ...sized(constants)]]),
  ];
}

/** What the module exports. */
type Exports = {
  memory: { buffer: ArrayBuffer };
  parents(count: number): void;
  absorb(blocks: number): void;
};

const { memory, parents: hashParents, absorb: absorbBlocks } = instantiate(moduleBytes()) as Exports;

/** The DATA_SIZE bytes that the functions work on. */
export const data: Uint8Array = new Uint8Array(memory.buffer, DATA, DATA_SIZE);

/** Replaces the first `2 · count` nodes (32 bytes each) of `data` by their `count ≥ 1` parents; what follows them is undefined. */
export function foldParents(count: number): void {
  hashParents(count);
}

const state = new Uint8Array(memory.buffer, STATE, 25 * 16);

/** Forgets what was absorbed. */
export function restart(): void {
  state.fill(0);
}

/** A copy of the state, for `resume`. */
export function suspend(): Uint8Array {
  return state.slice();
}

/** Goes on from where `suspend` was called. */
export function resume(suspended: Uint8Array): void {
  state.set(suspended);
}

/** Absorbs the first `blocks ≥ 1` blocks of RATE bytes of `data`. */
export function absorbData(blocks: number): void {
  absorbBlocks(blocks);
}

/** The first 32 bytes of the state: the digest, once all is absorbed. */
export function squeeze(): Uint8Array {
  const digest = new Uint8Array(32);
  for (let i = 0; i < 4; i++) digest.set(state.subarray(16 * i, 16 * i + 8), 8 * i);
  return digest;
}
