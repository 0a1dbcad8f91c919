// keccak-256, synchronous, over bytes.
import { createKeccak } from "hash-wasm";

const hasher = await createKeccak(256);

/** keccak-256 of `data`: 32 bytes of its own. */
export function keccak(data: Uint8Array): Uint8Array {
  return hasher.init().update(data).digest("binary");
}

/** The parent of two 32-byte nodes: `keccak256(left ‖ right)`. */
export function hashPair(left: Uint8Array, right: Uint8Array): Uint8Array {
  return hasher.init().update(left).update(right).digest("binary");
}
