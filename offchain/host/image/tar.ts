// Tar archives in memory. They are read exactly as Go's `archive/tar` reads them, because Docker and containerd do: with another
// reading of the same bytes another program could run here than there. What only some readers understand is refused.
// (POSIX.1-2017 pax, 'pax Interchange Format' and 'ustar Interchange Format'; GNU tar manual, 'Basic Tar Format'.)
import { Failure } from "@sonm/protocol/values/failure";
import { pack } from "tar-stream";
import { damaged, MOST_PATH_BYTES } from "./limits.ts";

/** What a tar says about one path. Names and targets have one character a byte, because they need not be UTF-8. */
export type Entry =
  /** `size` bytes of the tar, from `at` on */
  | { readonly kind: "file"; readonly at: number; readonly size: number }
  | { readonly kind: "folder" }
  | { readonly kind: "link"; readonly target: string }
  | { readonly kind: "hardlink"; readonly target: string }
  /** a device or a pipe */
  | { readonly kind: "other" };

/** A file to be written, with its permissions. */
export type PackedFile = { readonly path: string; readonly data: Uint8Array; readonly mode: number };

const BLOCK = 512;
/** A header about the next entry: long names and pax records. Go accepts as much. */
const MOST_HEADER_BYTES = 2 ** 20;

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

/** One header block. */
type Header = { readonly type: string; readonly path: string; readonly target: string; readonly size: number };
/** What headers say about the entry that follows them. */
type Ahead = { pax?: ReadonlyMap<string, string>; path?: string; target?: string };

/** Bytes up to the first zero, one character each. */
function textIn(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString("latin1");
}

/** An octal number, or one of base 256 if the first bit is set. */
function numberIn(bytes: Uint8Array): number {
  const [first = 0, ...rest] = bytes;
  if (first >= 0x80) return rest.reduce((sum, byte) => sum * 256 + byte, first & 0x7f);
  const digits = Buffer.from(bytes)
    .toString("latin1")
    .replace(/^[ \0]+/, "")
    .replace(/[ \0].*$/s, "");
  if (!/^[0-7]*$/.test(digits)) throw new Error(`a header has the number '${digits}'`);
  return digits === "" ? 0 : Number.parseInt(digits, 8);
}

function headerOf(block: Uint8Array): Header {
  const field = (at: number, size: number) => block.subarray(at, at + size);
  const blank = block.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 0x20 : byte), 0);
  if (numberIn(field(148, 8)) !== blank) throw new Error("a header has another checksum than its own");
  const name = textIn(field(0, 100));
  // Only POSIX headers have a prefix. The one of 'star' is shorter.
  const posix = textIn(field(257, 6)) === "ustar";
  const star = Buffer.from(field(508, 4)).toString("latin1") === "tar\0";
  const prefix = posix ? textIn(field(345, star ? 131 : 155)) : "";
  return {
    type: String.fromCharCode(block[156] ?? 0),
    path: prefix === "" ? name : `${prefix}/${name}`,
    target: textIn(field(157, 100)),
    size: numberIn(field(124, 12)),
  };
}

/** Records of the form `LENGTH KEY=VALUE\n`. */
function paxIn(bytes: Uint8Array): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  for (let rest = Buffer.from(bytes).toString("latin1"); rest !== ""; ) {
    const [, digits = "", key = ""] = /^(\d{1,7}) ([^=\0]+)=/.exec(rest) ?? [];
    const length = Number(digits);
    const start = digits.length + key.length + 2;
    if (length <= start || length > rest.length || rest[length - 1] !== "\n")
      throw new Error("a pax header is no list");
    if (key.startsWith("GNU.sparse.")) throw new Error("it has sparse files");
    records.set(key, rest.slice(start, length - 1));
    rest = rest.slice(length);
  }
  return records;
}

/** The entry that a header describes, with what the headers before it say. */
function entryOf({ type, ...header }: Header, ahead: Ahead, at: number): readonly [path: string, entry: Entry] {
  const path = ahead.path ?? (ahead.pax?.get("path") || header.path);
  const target = ahead.target ?? (ahead.pax?.get("linkpath") || header.target);
  for (const name of [path, target])
    if (name.includes("\0") || name.length > MOST_PATH_BYTES)
      throw new Error(`it has a name of more than ${MOST_PATH_BYTES} bytes, or with a zero in it`);
  switch (type) {
    case "\0":
    case "0": {
      if (type === "\0" && path.endsWith("/")) return [path, { kind: "folder" }];
      const said = ahead.pax?.get("size") || String(header.size);
      if (!/^\d{1,15}$/.test(said)) throw new Error(`it has a file of size ${said}`);
      return [path, { kind: "file", at, size: Number(said) }];
    }
    case "1":
      return [path, { kind: "hardlink", target }];
    case "2":
      return [path, { kind: "link", target }];
    case "3":
    case "4":
    case "6":
      return [path, { kind: "other" }];
    case "5":
      return [path, { kind: "folder" }];
    default:
      throw new Error(`it has an entry of the kind '${type}', which Docker does not know either`);
  }
}

/**
 * The entries of a tar in their order, under the names that it gives them.
 * @param name what the archive is called in an error
 * @throws Failure if it is not a tar, or is cut off
 */
export function* readTar(bytes: Uint8Array, name: string): Generator<readonly [path: string, entry: Entry]> {
  try {
    yield* entriesIn(bytes);
  } catch (cause) {
    throw cause instanceof Failure ? cause : damaged(name, cause);
  }
}

function* entriesIn(bytes: Uint8Array): Generator<readonly [path: string, entry: Entry]> {
  let ahead: Ahead = {};
  for (let at = 0; at < bytes.length; ) {
    const block = bytes.subarray(at, at + BLOCK);
    if (block.length < BLOCK) throw new Error("it is cut off in a header");
    at += BLOCK;
    if (block.every((byte) => byte === 0)) {
      // Two zero blocks end the archive, whatever comes after them.
      if (bytes.subarray(at, at + BLOCK).some((byte) => byte !== 0)) throw new Error("a header is empty");
      return;
    }
    const header = headerOf(block);
    const isAhead = "xgLK".includes(header.type);
    const item = isAhead ? undefined : entryOf(header, ahead, at);
    const size = isAhead ? header.size : item?.[1].kind === "file" ? item[1].size : 0;
    if (at + size > bytes.length) throw new Error("it is cut off in a file");
    if (isAhead && size > MOST_HEADER_BYTES) throw new Error("a header is too long");
    const content = bytes.subarray(at, at + size);
    at += Math.ceil(size / BLOCK) * BLOCK;
    if (header.type === "x") ahead = { ...ahead, pax: paxIn(content) };
    else if (header.type === "L") ahead = { ...ahead, path: textIn(content) };
    else if (header.type === "K") ahead = { ...ahead, target: textIn(content) };
    // Engines skip a header about all entries ('g'), and what came before it.
    else ahead = {};
    if (item) yield item;
  }
}
