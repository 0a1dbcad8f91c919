// Text of files that people have edited. Some editors, and PowerShell, begin a file with a byte order mark, or write UTF-16.
import { closeSync, openSync, readSync } from "node:fs";

/** Bytes of a file of settings, of a key or of a password. What has more is something else, and a device has no end. */
const MOST_BYTES = 2 ** 20;

const UTF16_LITTLE = [0xff, 0xfe];
const UTF16_BIG = [0xfe, 0xff];

/** The text in a file's bytes, without a byte order mark. UTF-8, unless the mark says UTF-16. */
export function textIn(bytes: Uint8Array): string {
  const begins = (mark: readonly number[]) => mark.every((byte, at) => bytes[at] === byte);
  const encoding = begins(UTF16_LITTLE) ? "utf-16le" : begins(UTF16_BIG) ? "utf-16be" : "utf-8";
  return new TextDecoder(encoding).decode(bytes);
}

/**
 * The text of a small file, which may also be a pipe.
 * @throws the system's error, or one that says that it is too large
 */
export function textOfFile(path: string): string {
  const file = openSync(path, "r");
  try {
    const bytes = new Uint8Array(MOST_BYTES + 1);
    let size = 0;
    for (let read = -1; read !== 0 && size < bytes.length; size += read) {
      read = readSync(file, bytes, size, bytes.length - size, null);
    }
    if (size > MOST_BYTES) throw new Error(`it has more than ${MOST_BYTES} bytes`);
    return textIn(bytes.subarray(0, size));
  } finally {
    closeSync(file);
  }
}
