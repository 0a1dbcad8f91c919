// keccak-256, synchronous, over bytes that are all there or come in parts.
import { absorbData, DATA_SIZE, data, foldParents, RATE, restart, resume, squeeze, suspend } from "./keccak-wasm.ts";

const LARGEST_PART = Math.floor(DATA_SIZE / RATE) * RATE;

/** Absorbs all whole blocks of `bytes`, and returns what is left of them: less than a block. */
function absorbWhole(bytes: Uint8Array): Uint8Array {
  const whole = bytes.length - (bytes.length % RATE);
  for (let from = 0; from < whole; from += LARGEST_PART) {
    const part = bytes.subarray(from, Math.min(whole, from + LARGEST_PART));
    data.set(part);
    absorbData(part.length / RATE);
  }
  return bytes.subarray(whole);
}

/** The digest of what was absorbed and of a rest that is less than a block. */
function finish(rest: Uint8Array): Uint8Array {
  // The padding: a one, zeros, a one at the end of the block (Ethereum's keccak, not the later SHA-3).
  data.fill(0, 0, RATE);
  data.set(rest);
  data[rest.length] = 0x01;
  data[RATE - 1] = (data[RATE - 1] as number) | 0x80;
  absorbData(1);
  return squeeze();
}

/** keccak-256 of `bytes`: a new array of 32 bytes. */
export function keccak(bytes: Uint8Array): Uint8Array {
  restart();
  return finish(absorbWhole(bytes));
}

/** keccak-256 of bytes that come one part after another. Others may hash in between. */
export type Hasher = {
  update(part: Uint8Array): void;
  /** Of all parts so far: a new array of 32 bytes. The hasher can go on after it. */
  digest(): Uint8Array;
};

/** Starts to hash. */
export function createHasher(): Hasher {
  restart();
  let suspended = suspend();
  const rest = new Uint8Array(RATE);
  let held = 0;
  return {
    update(part) {
      const missing = held === 0 ? 0 : RATE - held;
      const head = part.subarray(0, missing);
      rest.set(head, held);
      held += head.length;
      if (head.length < missing) return;
      resume(suspended);
      absorbWhole(rest.subarray(0, held));
      const left = absorbWhole(part.subarray(missing));
      suspended = suspend();
      rest.set(left);
      held = left.length;
    },
    digest() {
      resume(suspended);
      return finish(rest.subarray(0, held));
    },
  };
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
