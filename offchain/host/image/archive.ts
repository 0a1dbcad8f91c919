// Tar archives in memory, and the compressions that images come in.
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { Failure } from "@sonm/protocol/values/failure";
import { extract, pack } from "tar-stream";

export type Entry =
  | { readonly kind: "file"; readonly data: Uint8Array }
  | { readonly kind: "folder" }
  | { readonly kind: "link" | "hardlink"; readonly target: string };

/** A file to be written, with its permissions. */
export type PackedFile = { readonly path: string; readonly data: Uint8Array; readonly mode: number };

/** About twice the program region (1 GiB). A larger archive holds no program that fits, or is an attack on memory. */
const MOST_BYTES = 2 ** 31 - 1;

/** A tar of these files in this order, without times and owners: the same files give the same bytes everywhere. */
export async function packTar(files: readonly PackedFile[]): Promise<Uint8Array> {
  const archive = pack();
  for (const { path, data, mode } of files)
    archive.entry({ name: path, mode, mtime: new Date(0), uid: 0, gid: 0, type: "file" }, Buffer.from(data));
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/**
 * The entries of a tar in their order, under the names that it gives them.
 * @param name what the archive is called in an error
 * @throws Failure if it is not a tar, or is cut off
 */
export async function unpackTar(bytes: Uint8Array, name: string): Promise<[path: string, entry: Entry][]> {
  const entries: [string, Entry][] = [];
  const reader = extract();
  reader.end(bytes);
  try {
    for await (const item of reader) {
      const { name: path, type, linkname } = item.header;
      const chunks: Buffer[] = [];
      for await (const chunk of item) chunks.push(chunk as Buffer);
      if (type === "file" || type === "contiguous-file")
        entries.push([path, { kind: "file", data: Buffer.concat(chunks) }]);
      else if (type === "directory") entries.push([path, { kind: "folder" }]);
      else if (type === "symlink") entries.push([path, { kind: "link", target: linkname ?? "" }]);
      else if (type === "link") entries.push([path, { kind: "hardlink", target: linkname ?? "" }]);
      // Devices and pipes mean nothing to a machine without an operating system.
    }
  } catch (cause) {
    throw damaged(name, cause);
  }
  return entries;
}

/** Decompresses gzip or zstd, which it recognizes by the first bytes; anything else is returned as it is. */
export function decompress(bytes: Uint8Array, name: string): Uint8Array {
  const magic = Buffer.from(bytes.subarray(0, 4)).toString("hex");
  try {
    if (magic.startsWith("1f8b")) return gunzipSync(bytes, { maxOutputLength: MOST_BYTES });
    if (magic === "28b52ffd") return zstdDecompressSync(bytes, { maxOutputLength: MOST_BYTES });
  } catch (cause) {
    throw damaged(name, cause);
  }
  return bytes;
}

function damaged(name: string, cause: unknown): Failure {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Failure(`Cannot read ${name}`, why, "save or copy the image again; this copy is damaged or cut off", {
    cause,
  });
}
