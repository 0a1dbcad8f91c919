// The inputs of a job, of which there may be millions, in 64 bytes for each.
import type { Hex } from "@sonm/protocol/values/ids";
import { bytesToHex, hexToBytes } from "viem";

/** The ids of a job's inputs, and the roots of their regions, one after the other. */
export type InputList = { readonly ids: Uint8Array; readonly roots: Uint8Array };

const HASH_SIZE = 32;

export function packHashes(hashes: readonly Hex[]): Uint8Array {
  const packed = new Uint8Array(HASH_SIZE * hashes.length);
  for (const [i, hash] of hashes.entries()) packed.set(hexToBytes(hash), HASH_SIZE * i);
  return packed;
}

/** One of them, in small letters. */
export function hashAt(packed: Uint8Array, index: number): Hex {
  return bytesToHex(packed.subarray(HASH_SIZE * index, HASH_SIZE * (index + 1)));
}

export function unpackHashes(packed: Uint8Array): Hex[] {
  return Array.from({ length: packed.length / HASH_SIZE }, (_, i) => hashAt(packed, i));
}
