// The compressions that images come in, recognized by their first bytes.
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { Failure } from "@sonm/protocol/values/failure";
import { type Budget, damaged, refuse } from "./limits.ts";

const GZIP = /^1f8b/;
/** A frame (RFC 8878, 3.1.1), or a skippable one (3.1.2). */
const ZSTD = /^(28b52ffd|5.2a4d18)/;
const SKIPPABLE = /^5.2a4d18/;
const SKIPPABLE_HEADER = 8;
/** What engines read, and this reader does not. */
const OTHERS: readonly (readonly [name: string, magic: RegExp])[] = [
  ["xz", /^fd377a58/],
  ["bzip2", /^425a68/],
  ["lz4", /^04224d18/],
];

function startOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, 4)).toString("hex");
}

/** Whether it starts like something compressed. */
export function isCompressed(bytes: Uint8Array): boolean {
  const start = startOf(bytes);
  return GZIP.test(start) || ZSTD.test(start) || OTHERS.some(([, magic]) => magic.test(start));
}

/**
 * Decompresses gzip or zstd, and counts the bytes; what is not compressed is returned as it is.
 * @param name what it is called in an error
 * @throws Failure if it is damaged, compressed in another way, or larger than what is left
 */
export function decompress(bytes: Uint8Array, name: string, budget: Budget): Uint8Array {
  const start = startOf(bytes);
  const other = OTHERS.find(([, magic]) => magic.test(start));
  if (other) throw refuse(`${name} is compressed with ${other[0]}`, "compress it with gzip or zstd, or not at all");
  if (!isCompressed(bytes)) return bytes;
  try {
    const content = GZIP.test(start) ? gunzipSync(bytes, { maxOutputLength: room(budget) }) : unzstd(bytes, budget);
    budget.unpacked(content.length);
    return content;
  } catch (cause) {
    // This counts as more than what is left.
    if ((cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") budget.unpacked(budget.left().unpacked + 1);
    throw cause instanceof Failure ? cause : damaged(name, cause);
  }
}

/** Node wants a positive number. */
function room(budget: Budget, used = 0): number {
  return Math.max(1, budget.left().unpacked - used);
}

/** All frames, one after the other. Node's own function reads the first one only. */
function unzstd(bytes: Uint8Array, budget: Budget): Uint8Array {
  const contents: Uint8Array[] = [];
  let used = 0;
  for (let rest = bytes; rest.length > 0; ) {
    if (SKIPPABLE.test(startOf(rest))) {
      if (rest.length < SKIPPABLE_HEADER) throw new Error("unexpected end of file");
      const size = SKIPPABLE_HEADER + Buffer.from(rest.subarray(4, SKIPPABLE_HEADER)).readUInt32LE();
      if (rest.length < size) throw new Error("unexpected end of file");
      rest = rest.subarray(size);
      continue;
    }
    // With `info` the answer says how many bytes it has read. The types do not know this.
    const { buffer, engine } = zstdDecompressSync(rest, {
      maxOutputLength: room(budget, used),
      info: true,
    }) as unknown as { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } };
    contents.push(buffer);
    used += buffer.length;
    rest = rest.subarray(engine.bytesWritten);
  }
  const [only] = contents;
  return only && contents.length === 1 ? only : Buffer.concat(contents);
}
