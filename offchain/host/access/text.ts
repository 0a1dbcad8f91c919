// Text of files that people have edited. Some editors, and PowerShell, begin a file with a byte order mark, or write UTF-16.

const UTF16_LITTLE = [0xff, 0xfe];
const UTF16_BIG = [0xfe, 0xff];

/** The text in a file's bytes, without a byte order mark. UTF-8, unless the mark says UTF-16. */
export function textIn(bytes: Uint8Array): string {
  const begins = (mark: readonly number[]) => mark.every((byte, at) => bytes[at] === byte);
  const encoding = begins(UTF16_LITTLE) ? "utf-16le" : begins(UTF16_BIG) ? "utf-16be" : "utf-8";
  return new TextDecoder(encoding).decode(bytes);
}
