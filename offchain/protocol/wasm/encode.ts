// WebAssembly in its binary format: only the part that this package emits. Every function returns the bytes of an instruction, of an
// expression or of a part of a module. (WebAssembly core specification 2.0, 'Binary Format'.)

/** Bytes of a module, in their order. */
export type Code = readonly number[];

/** Types of values. */
export const I32 = 0x7f;
export const V128 = 0x7b;

/** Unsigned LEB128. */
export function unsigned(value: number): Code {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

/** Signed LEB128 of a number that is not negative. */
function signed(value: number): Code {
  return value < 64 ? [value] : [(value & 127) | 128, ...signed(value >>> 7)];
}

// Instructions. `address` is an expression of the address, `offset` a constant that is added to it.

const simd = (opcode: number): Code => [0xfd, ...unsigned(opcode)];

/** The value of a local. */
export const get = (local: number): Code => [0x20, ...unsigned(local)];
/** Sets a local. */
export const set = (local: number, value: Code): Code => [...value, 0x21, ...unsigned(local)];
/** A constant of type i32, 0 … 2^31 − 1. */
export const int = (value: number): Code => [0x41, ...signed(value)];
export const add = (a: Code, b: Code): Code => [...a, ...b, 0x6a];
export const multiply = (a: Code, b: Code): Code => [...a, ...b, 0x6c];
export const shiftLeft = (a: Code, b: Code): Code => [...a, ...b, 0x74];
/** 1 if a < b, both unsigned; else 0. */
export const lessThan = (a: Code, b: Code): Code => [...a, ...b, 0x49];
export const call = (index: number): Code => [0x10, ...unsigned(index)];
/** Repeats the body while the condition holds after it. */
export const repeat = (body: Code, condition: Code): Code => [0x03, 0x40, ...body, ...condition, 0x0d, 0, 0x0b];

/** Loads and stores 128 bits. */
export const load = (address: Code, offset: number): Code => [...address, ...simd(0x00), 4, ...unsigned(offset)];
export const store = (address: Code, offset: number, value: Code): Code => [
  ...address,
  ...value,
  ...simd(0x0b),
  4,
  ...unsigned(offset),
];
/** Loads 64 bits: into both halves, into the low half (the high one is 0), into the high half of `low`. */
export const loadBoth = (address: Code, offset: number): Code => [...address, ...simd(0x0a), 3, ...unsigned(offset)];
export const loadLow = (address: Code, offset: number): Code => [...address, ...simd(0x5d), 3, ...unsigned(offset)];
export const loadHigh = (address: Code, offset: number, low: Code): Code => [
  ...address,
  ...low,
  ...simd(0x57),
  3,
  ...unsigned(offset),
  1,
];
/** Stores one half of a value: 0 is the low one. */
export const storeHalf = (address: Code, offset: number, value: Code, half: 0 | 1): Code => [
  ...address,
  ...value,
  ...simd(0x5b),
  3,
  ...unsigned(offset),
  half,
];
/** The same 64 bits in both halves. All of their bytes are zero except the lowest and the highest. */
export const both = (low: number, high: number): Code => {
  const half = [low, 0, 0, 0, 0, 0, 0, high];
  return [...simd(0x0c), ...half, ...half];
};
export const xor = (...terms: Code[]): Code => terms.flatMap((term, i) => (i === 0 ? term : [...term, ...simd(0x51)]));
/** a & ~b */
export const andNot = (a: Code, b: Code): Code => [...a, ...b, ...simd(0x4f)];
/** Both halves of a local rotated left by 0 … 63. */
export const rotate = (local: number, by: number): Code =>
  by === 0
    ? get(local)
    : [...get(local), ...int(by), ...simd(0xcb), ...get(local), ...int(64 - by), ...simd(0xcd), ...simd(0x50)];

// Modules.

/** What every module begins with: the magic number and the version. */
export const MODULE_HEADER: Code = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

const vector = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()];
/** Code with its length in front. */
export const sized = (code: Code): Code => [...unsigned(code.length), ...code];
export const section = (id: number, items: readonly Code[]): Code => [id, ...sized(vector(items))];
export const name = (text: string): Code => sized([...new TextEncoder().encode(text)]);
/** A function's body with its locals beyond the parameters: pairs of how many and which type. */
export const body = (locals: readonly (readonly [count: number, type: number])[], code: Code): Code =>
  sized([...vector(locals.map(([count, type]) => [...unsigned(count), type])), ...code, 0x0b]);

/** The part of the engine that is used. Node's types do not declare it; those of browsers do. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: unknown };
};

/** Compiles a module without imports, and returns what it exports. */
export function instantiate(module: Code): unknown {
  return new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(module))).exports;
}
