// The state's hash (PROTOCOL.md, section 3.2).
import { keccak } from "../merkle/keccak.ts";
import { WORD_COUNT } from "./layout.ts";

/** `H(memoryRoot ‖ word 0 ‖ … ‖ word 79)`, each word 8 bytes big-endian. */
export function hashState(memoryRoot: Uint8Array, words: BigUint64Array): Uint8Array {
  const bytes = new Uint8Array(32 + 8 * WORD_COUNT);
  bytes.set(memoryRoot);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < WORD_COUNT; i++) view.setBigUint64(32 + 8 * i, words[i] as bigint);
  return keccak(bytes);
}
