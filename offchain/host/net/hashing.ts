// Ids of content, computed a part at a time: whoever answers others must not hash for longer.
import { setImmediate } from "node:timers/promises";
import { createHasher } from "@sonm/protocol/merkle/keccak";
import { PART_BYTES, sourceOf } from "@sonm/protocol/values/byte-source";
import type { ContentId } from "@sonm/protocol/values/ids";
import { bytesToHex } from "viem";
import { partsOf } from "../disk/content-file.ts";

/** The id of bytes in memory, or of a file that is named by its path. Others have their turn after each part. */
export async function idOf(content: Uint8Array | string): Promise<ContentId> {
  const hasher = createHasher();
  if (typeof content === "string") {
    for await (const part of partsOf(content, new Uint8Array(PART_BYTES))) hasher.update(part);
  } else {
    for (const part of sourceOf(content).parts()) {
      hasher.update(part);
      if (content.length > part.length) await setImmediate();
    }
  }
  return bytesToHex(hasher.digest()) as ContentId;
}

/** Passes parts on and hashes them. `id` says what they hash to, so far. */
export function hashing(parts: AsyncIterable<Uint8Array>): { parts: AsyncIterable<Uint8Array>; id(): ContentId } {
  const hasher = createHasher();
  async function* hashed(): AsyncGenerator<Uint8Array> {
    for await (const part of parts) {
      hasher.update(part);
      yield part;
    }
  }
  return { parts: hashed(), id: () => bytesToHex(hasher.digest()) as ContentId };
}
