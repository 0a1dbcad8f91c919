// keccak-f[1600] as WebAssembly, emitted here: two permutations at once, one in each half of a 128-bit lane. Merkle trees are nearly all
// of what is hashed, and their nodes come in pairs; that is twice as fast as the best scalar code at hand.
// (FIPS 202, sections 3.2 and 3.3; WebAssembly core specification 2.0, 'Binary Format'.)

/** Where in memory things stand: the two states interleaved (25 lanes of 16 bytes), round constants, data. */
const STATE = 0;
const ROUND_CONSTANTS = 512;
/** First byte of the data, and how much fits. */
const DATA = 1024;
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

// --- Instructions: what each function returns is the bytes of an expression or statement ---

type Code = readonly number[];

/** Unsigned LEB128. */
function number(value: number): Code {
  return value < 128 ? [value] : [(value & 127) | 128, ...number(value >>> 7)];
}
/** Signed LEB128 of a number that is not negative. */
function signed(value: number): Code {
  return value < 64 ? [value] : [(value & 127) | 128, ...signed(value >>> 7)];
}
const simd = (opcode: number): Code => [0xfd, ...number(opcode)];
const get = (local: number): Code => [0x20, ...number(local)];
const set = (local: number, value: Code): Code => [...value, 0x21, ...number(local)];
const int = (value: number): Code => [0x41, ...signed(value)];
const add = (a: Code, b: Code): Code => [...a, ...b, 0x6a];
const lessThan = (a: Code, b: Code): Code => [...a, ...b, 0x49];
const call = (index: number): Code => [0x10, ...number(index)];
/** Repeats the body while the condition holds after it. */
const repeat = (body: Code, condition: Code): Code => [0x03, 0x40, ...body, ...condition, 0x0d, 0, 0x0b];

const load = (address: Code, offset: number): Code => [...address, ...simd(0x00), 4, ...number(offset)];
const store = (address: Code, offset: number, value: Code): Code => [
  ...address,
  ...value,
  ...simd(0x0b),
  4,
  ...number(offset),
];
const loadBoth = (address: Code, offset: number): Code => [...address, ...simd(0x0a), 3, ...number(offset)];
const loadLow = (address: Code, offset: number): Code => [...address, ...simd(0x5d), 3, ...number(offset)];
const loadHigh = (address: Code, offset: number, low: Code): Code => [
  ...address,
  ...low,
  ...simd(0x57),
  3,
  ...number(offset),
  1,
];
const storeHalf = (address: Code, offset: number, value: Code, half: number): Code => [
  ...address,
  ...value,
  ...simd(0x5b),
  3,
  ...number(offset),
  half,
];
/** The same 64 bits, of which only the lowest and the highest byte may not be zero, in both halves. */
const both = (low: number, high: number): Code => {
  const half = [low, 0, 0, 0, 0, 0, 0, high];
  return [...simd(0x0c), ...half, ...half];
};
const xor = (...terms: Code[]): Code => terms.flatMap((term, i) => (i === 0 ? term : [...term, ...simd(0x51)]));
/** a & ~b */
const andNot = (a: Code, b: Code): Code => [...a, ...b, ...simd(0x4f)];
const rotate = (local: number, by: number): Code =>
  by === 0
    ? get(local)
    : [...get(local), ...int(by), ...simd(0xcb), ...get(local), ...int(64 - by), ...simd(0xcd), ...simd(0x50)];

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

/** parents(count): replaces the 2·count nodes at DATA by the count nodes above them. An odd count leaves one node more, without meaning. */
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
  const end = [...int(DATA), ...get(count), ...int(5), 0x74, 0x6a];
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
    ...set(end, [...int(DATA), ...get(blocks), ...int(RATE), 0x6c, 0x6a]),
    ...repeat(body, lessThan(get(from), get(end))),
  ];
}

// --- The module ---

const I32 = 0x7f;
const V128 = 0x7b;

const vector = (items: readonly Code[]): Code => [...number(items.length), ...items.flat()];
const sized = (code: Code): Code => [...number(code.length), ...code];
const section = (id: number, items: readonly Code[]): Code => [id, ...sized(vector(items))];
const name = (text: string): Code => sized([...new TextEncoder().encode(text)]);
/** A function's body with its locals (beyond the parameters): pairs of how many and which type. */
const body = (locals: readonly (readonly [number, number])[], code: Code): Code =>
  sized([...vector(locals.map(([count, type]) => [...number(count), type])), ...code, 0x0b]);

function moduleBytes(): Uint8Array {
  const constants = [...new Uint8Array(roundConstants().buffer)];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
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
  ]);
}

/** As much of the engine as is used; Node's types leave it to the browser's. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: unknown };
};

/** What the module exports. */
type Exports = {
  memory: { buffer: ArrayBuffer };
  parents(count: number): void;
  absorb(blocks: number): void;
};

const {
  memory,
  parents: hashParents,
  absorb: absorbBlocks,
} = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes())).exports as Exports;

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
