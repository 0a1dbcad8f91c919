// Bytes that need not be in memory all together: they are read in order, a part at a time.

/** Bytes of known number. A part is valid until the next one is asked for. */
export type ByteSource = { readonly length: number; parts(): Iterable<Uint8Array> };

/** Bytes of a part, if its maker has the choice: a few milliseconds of hashing. */
export const PART_BYTES: number = 2 ** 16;

/** Bytes that are all in memory, or a source of them, as a source. */
export function sourceOf(bytes: Uint8Array | ByteSource): ByteSource {
  if (!(bytes instanceof Uint8Array)) return bytes;
  return {
    length: bytes.length,
    *parts() {
      for (let at = 0; at < bytes.length; at += PART_BYTES) yield bytes.subarray(at, at + PART_BYTES);
    },
  };
}
