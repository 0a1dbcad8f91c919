// What is done to real bytes to make wrong ones of them: single bits, lengths, cuts, splices, and values of other types within JSON and
// MessagePack. Every change is a plain value, so fast-check can leave changes out until only those are left that matter.
import { decode, encode, type Value } from "@sonm/protocol/values/codec";
import fc from "fast-check";

/** How values lie in the bytes, if they can be changed one by one. */
export type Format = "json" | "messagepack";

type Change =
  | { readonly kind: "flip"; readonly at: number; readonly bit: number }
  | { readonly kind: "cut"; readonly at: number }
  | { readonly kind: "drop"; readonly at: number; readonly length: number }
  | { readonly kind: "repeat"; readonly at: number; readonly length: number; readonly times: number }
  | { readonly kind: "write"; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: "splice"; readonly at: number; readonly from: number; readonly length: number }
  | { readonly kind: "number"; readonly at: number; readonly text: string }
  | { readonly kind: "value"; readonly place: number; readonly value: Value }
  | { readonly kind: "without"; readonly place: number }
  | { readonly kind: "checksums" };

/** Near the start, where headers are; at the start of a block; or anywhere. */
const place = fc.oneof(
  fc.nat(200),
  fc.nat(5000),
  fc.nat(60).map((block) => 512 * block),
  fc.tuple(fc.nat(60), fc.nat(511)).map(([block, at]) => 512 * block + at),
  fc.nat(),
);

/** Lengths and counts as headers have them, at the ends of what they can say. */
const extreme = fc
  .tuple(fc.constantFrom(1, 2, 4, 8), fc.boolean(), fc.constantFrom("0", "1", "-1", "max", "min", "-2", "4096"))
  .map(([size, little, which]) => {
    const bits = BigInt(8 * size);
    const value = which === "max" ? (1n << (bits - 1n)) - 1n : which === "min" ? 1n << (bits - 1n) : BigInt(which);
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(Number(bits), value));
    const big = bytes.slice(8 - size);
    return little ? big.toReversed() : big;
  });

const awkward = fc.constantFrom<Value>(
  ...[
    null,
    true,
    false,
    0,
    -1,
    1,
    0.5,
    1e308,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    2 ** 31,
    2 ** 32,
    2 ** 53,
    2 ** 64,
  ],
  ...[
    "",
    "0x",
    `0x${"0".repeat(40)}`,
    `0x${"f".repeat(63)}`,
    `0x${"F".repeat(64)}`,
    "__proto__",
    "constructor",
    "\ud800",
  ],
  ..."1e999|-0|0x10|/|..|\0|,|sha256:|1 SNM|999999999999999999999999999999999999999999".split("|"),
  ...[[], {}, [[]], [null], { toString: 1, valueOf: 1 }, { length: 2 ** 31 }, ["0x"], [`0x${"1".repeat(40)}`]],
);

/** @param format decides which values there are: JSON has no bytes and no integers of any size */
function values(format: Format): fc.Arbitrary<Value> {
  const more: readonly fc.Arbitrary<Value>[] =
    format === "messagepack"
      ? [
          fc.bigInt({ min: -(2n ** 130n), max: 2n ** 260n }),
          fc.constantFrom(0n, -1n, 2n ** 64n, 2n ** 128n - 1n, 2n ** 128n, 2n ** 256n),
          fc.uint8Array({ maxLength: 70 }),
        ]
      : [];
  const leaf = fc.oneof<fc.Arbitrary<Value>[]>(awkward, fc.integer(), fc.double(), fc.string(), ...more);
  const deep = fc.integer({ min: 1, max: 40 }).map((depth) => {
    let value: Value = 0;
    for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { a: value };
    return value;
  });
  const { value } = fc.letrec<{ value: Value }>((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, leaf, fc.array(tie("value"), { maxLength: 5 }), deep),
  }));
  return value;
}

function changes(format: Format | undefined): fc.Arbitrary<readonly Change[]> {
  const length = fc.oneof(fc.nat(16), fc.nat(2000));
  const bytewise: fc.Arbitrary<Change>[] = [
    fc.record({ kind: fc.constant("flip"), at: place, bit: fc.nat(7) }),
    fc.record({ kind: fc.constant("cut"), at: place }),
    fc.record({ kind: fc.constant("drop"), at: place, length }),
    fc.record({ kind: fc.constant("repeat"), at: place, length, times: fc.integer({ min: 1, max: 50 }) }),
    fc.record({ kind: fc.constant("write"), at: place, bytes: fc.oneof(extreme, fc.uint8Array({ maxLength: 12 })) }),
    fc.record({ kind: fc.constant("splice"), at: place, from: place, length }),
    fc.record({
      kind: fc.constant("number"),
      at: fc.nat(40),
      text: fc.constantFrom("-1", "1e999", "0.5", "99999999999999999999", "00", "77777777777", "null", '"1"'),
    }),
    fc.constant({ kind: "checksums" } as const),
  ];
  if (format === undefined) return fc.array(fc.oneof(...bytewise), { maxLength: 6 });
  const inValues: fc.Arbitrary<Change>[] = [
    fc.record({ kind: fc.constant("value"), place: fc.nat(200), value: values(format) }),
    fc.record({ kind: fc.constant("without"), place: fc.nat(200) }),
  ];
  return fc.oneof(
    fc.array(fc.oneof(...inValues), { minLength: 1, maxLength: 4 }),
    fc.array(fc.oneof(...bytewise, ...inValues), { maxLength: 6 }),
  );
}

/** Where a value may stand: in a list or under a name. */
type Slot = { readonly within: Record<string, unknown>; readonly key: string };

function slotsIn(value: unknown, found: Slot[] = []): Slot[] {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || found.length > 500) return found;
  for (const key of Object.keys(value)) {
    const within = value as Record<string, unknown>;
    found.push({ within, key });
    slotsIn(within[key], found);
  }
  return found;
}

function inValue(bytes: Uint8Array, format: Format, change: Change & { kind: "value" | "without" }): Uint8Array {
  // A root of its own, so that the whole value has a slot too.
  let root: { all: unknown };
  try {
    root = { all: format === "json" ? JSON.parse(Buffer.from(bytes).toString()) : decode(bytes, 2 ** 20) };
  } catch {
    return bytes; // an earlier change has made it unreadable
  }
  const slots = slotsIn(root);
  const slot = slots[change.place % slots.length];
  if (slot && change.kind === "value") slot.within[slot.key] = change.value;
  else if (slot && slot.within !== root) delete slot.within[slot.key];
  try {
    return format === "json" ? Buffer.from(JSON.stringify(root.all) ?? "") : encode(root.all as Value);
  } catch {
    return bytes; // nobody can write such a value
  }
}

const BLOCK = 512;
/** Gives every block that could be the header of a tar the checksum that it should have. */
function withChecksums(bytes: Uint8Array): Uint8Array {
  const copy = Buffer.from(bytes);
  for (let at = 0; at + BLOCK <= copy.length; at += BLOCK) {
    const block = copy.subarray(at, at + BLOCK);
    if (block.toString("latin1", 257, 262) !== "ustar") continue;
    block.fill(0x20, 148, 156);
    const sum = block.reduce((total, byte) => total + byte, 0);
    block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  }
  return copy;
}

function changed(bytes: Uint8Array, change: Change, other: Uint8Array, format: Format | undefined): Uint8Array {
  const within = (at: number, all = bytes) => at % (all.length + 1);
  switch (change.kind) {
    case "flip": {
      const copy = new Uint8Array(bytes);
      const at = change.at % Math.max(1, copy.length);
      if (copy.length > 0) copy[at] = (copy[at] ?? 0) ^ (1 << change.bit);
      return copy;
    }
    case "cut":
      return bytes.slice(0, within(change.at));
    case "drop": {
      const at = within(change.at);
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + change.length)]);
    }
    case "repeat": {
      const at = within(change.at);
      const part = bytes.subarray(at, at + change.length);
      return Buffer.concat([bytes.subarray(0, at), ...Array(change.times).fill(part), bytes.subarray(at)]);
    }
    case "write": {
      const at = within(change.at);
      return Buffer.concat([bytes.subarray(0, at), change.bytes, bytes.subarray(at + change.bytes.length)]);
    }
    case "splice": {
      const from = within(change.from, other);
      const part = other.subarray(from, from + change.length);
      return Buffer.concat([bytes.subarray(0, within(change.at)), part, bytes.subarray(within(change.at))]);
    }
    case "number": {
      const text = Buffer.from(bytes).toString("latin1");
      const numbers = [...text.slice(0, 20_000).matchAll(/\d+/g)];
      const found = numbers[change.at % Math.max(1, numbers.length)];
      if (!found) return bytes;
      const end = found.index + found[0].length;
      return Buffer.from(text.slice(0, found.index) + change.text + text.slice(end), "latin1");
    }
    case "checksums":
      return withChecksums(bytes);
    case "value":
    case "without":
      return format === undefined ? bytes : inValue(bytes, format, change);
  }
}

/** A case grows no further: what is large is another test's subject. */
const MOST_BYTES = 2 ** 20;

/** Bytes for a decoder: real ones that were changed, any values in its format, or any bytes. */
export function wrongBytes(seeds: readonly Uint8Array[], format?: Format): fc.Arbitrary<Uint8Array> {
  const real = fc.tuple(fc.constantFrom(...seeds), fc.constantFrom(...seeds), changes(format)).map(
    ([seed, other, list]) =>
      // A copy: whoever reads it must not change the seed, and a `Buffer` is more than the bytes that others send.
      new Uint8Array(
        list.reduce((bytes, change) => changed(bytes, change, other, format).subarray(0, MOST_BYTES), seed),
      ),
  );
  const any = fc.uint8Array({ maxLength: 400 });
  if (format === undefined) return fc.oneof({ weight: 8, arbitrary: real }, { weight: 1, arbitrary: any });
  const written = values(format).map((value) =>
    format === "json" ? new TextEncoder().encode(JSON.stringify(value) ?? "") : encodable(value),
  );
  return fc.oneof({ weight: 8, arbitrary: real }, { weight: 1, arbitrary: any }, { weight: 1, arbitrary: written });
}

function encodable(value: Value): Uint8Array {
  try {
    return encode(value);
  } catch {
    return new Uint8Array();
  }
}
