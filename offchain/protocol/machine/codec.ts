// The short encodings of words and of Merkle paths (PROTOCOL.md, section 3.4), and a reader that never reads beyond the end.
import { zeroRoot } from "../merkle/tree.ts";
import { WORD_COUNT } from "./layout.ts";

/** Bytes that end too early. */
export class EncodingError extends Error {
  override readonly name = "EncodingError";
}

/** Takes bytes off the front. */
export type ByteReader = { take(length: number): Uint8Array; done(): boolean };

/** Reads `source` from the start. Its `take` throws `EncodingError` if the bytes end too early. */
export function readerOf(source: Uint8Array): ByteReader {
  // `slice` of a Buffer shares its memory, which belongs to a pool. `slice` of a plain Uint8Array copies: readers rely on that.
  const bytes = new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  let at = 0;
  return {
    take(length) {
      if (at + length > bytes.length) {
        throw new EncodingError(`${length} bytes were to follow byte ${at}, but only ${bytes.length - at} do.`);
      }
      at += length;
      return bytes.subarray(at - length, at);
    },
    done: () => at === bytes.length,
  };
}

/** Joins byte strings. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Bytes needed for a number, 0 for 0. */
function byteLength(value: bigint): number {
  return value === 0n ? 0 : Math.ceil(value.toString(16).length / 2);
}

const ONES = 0xffff_ffff_ffff_ffffn;

/** Nibble and number of bytes of a word: zero-extended or, if that is shorter, extended by ones. */
function shapeOf(word: bigint): { nibble: number; length: number } {
  const zeroExtended = byteLength(word);
  const onesExtended = Math.max(1, byteLength(word ^ ONES));
  return onesExtended < zeroExtended
    ? { nibble: onesExtended + 8, length: onesExtended }
    : { nibble: zeroExtended, length: zeroExtended };
}

/** The words of a state: a nibble for each, then their bytes. */
export function encodeWords(words: BigUint64Array): Uint8Array {
  const nibbles = new Uint8Array(WORD_COUNT / 2);
  const bytes: number[] = [];
  for (let i = 0; i < WORD_COUNT; i++) {
    const word = words[i] as bigint;
    const { nibble, length } = shapeOf(word);
    nibbles[i >>> 1] = (nibbles[i >>> 1] as number) | (nibble << (i % 2 === 0 ? 4 : 0));
    for (let b = length - 1; b >= 0; b--) bytes.push(Number((word >> BigInt(8 * b)) & 0xffn));
  }
  return joinBytes([nibbles, Uint8Array.from(bytes)]);
}

/** The words that `encodeWords` wrote. @throws EncodingError if the bytes end too early */
export function decodeWords(reader: ByteReader): BigUint64Array {
  const nibbles = reader.take(WORD_COUNT / 2);
  const words = new BigUint64Array(WORD_COUNT);
  for (let i = 0; i < WORD_COUNT; i++) {
    const nibble = ((nibbles[i >>> 1] as number) >>> (i % 2 === 0 ? 4 : 0)) & 15;
    let word = nibble > 8 ? ONES : 0n;
    for (const byte of reader.take(nibble > 8 ? nibble - 8 : nibble)) word = (word << 8n) | BigInt(byte);
    words[i] = word;
  }
  return words;
}

/** A path without the siblings that are `Z(level)`: a mask of the levels whose siblings follow, then these. */
export function encodePath(path: readonly Uint8Array[]): Uint8Array {
  const sent = path.map((sibling, level) => !sameBytes(sibling, zeroRoot(level)));
  const mask = new Uint8Array(4);
  new DataView(mask.buffer).setUint32(
    0,
    sent.reduce((bits, isSent, level) => (isSent ? bits | (1 << level) : bits), 0) >>> 0,
  );
  return joinBytes([mask, ...path.filter((_, level) => sent[level])]);
}

/** The path of that height that `encodePath` wrote. @throws EncodingError if the bytes end too early */
export function decodePath(reader: ByteReader, height: number): Uint8Array[] {
  const mask = new DataView(reader.take(4).slice().buffer).getUint32(0);
  return Array.from({ length: height }, (_, level) => ((mask >>> level) & 1 ? reader.take(32) : zeroRoot(level)));
}

/** Whether two byte strings are the same. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
