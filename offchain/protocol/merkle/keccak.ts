// keccak-256, synchronous, over bytes.
import { absorbData, DATA_SIZE, data, foldParents, RATE, restart, squeeze } from "./keccak-wasm.ts";

const LARGEST_PART = Math.floor(DATA_SIZE / RATE) * RATE;

/** keccak-256 of `bytes`: a new array of 32 bytes. */
export function keccak(bytes: Uint8Array): Uint8Array {
  restart();
  const whole = bytes.length - (bytes.length % RATE);
  for (let from = 0; from < whole; from += LARGEST_PART) {
    const part = bytes.subarray(from, Math.min(whole, from + LARGEST_PART));
    data.set(part);
    absorbData(part.length / RATE);
  }
  // The rest and its padding: a one, zeros, a one at the end of the block (Ethereum's keccak, not the later SHA-3).
  const rest = bytes.subarray(whole);
  data.fill(0, 0, RATE);
  data.set(rest);
  data[rest.length] = 0x01;
  data[RATE - 1] = (data[RATE - 1] as number) | 0x80;
  absorbData(1);
  return squeeze();
}

/** The parent of two 32-byte nodes: `keccak256(left ‖ right)`. */
export function hashPair(left: Uint8Array, right: Uint8Array): Uint8Array {
  data.set(left);
  data.set(right, 32);
  foldParents(1);
  return data.slice(0, 32);
}

/** Root over leaves of 32 bytes, one after another. Their number is a power of two, at most 1024. */
export function hashTree(leaves: Uint8Array): Uint8Array {
  data.set(leaves);
  for (let count = leaves.length / 64; count >= 1; count /= 2) foldParents(count);
  return data.slice(0, 32);
}
