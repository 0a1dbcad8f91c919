// What MessagePack bytes say of their own size, looked at before anything is made of it. A header of five bytes may claim four thousand
// million elements, and a decoder that believes it asks for the memory at once. The format: https://github.com/msgpack/msgpack/blob/master/spec.md
import { Failure } from "./failure.ts";

/** Arrays and maps within each other. Nothing of SONM's has more than five. */
const MOST_DEPTH = 32;

function refuse(why: string): never {
  throw new Failure("The bytes are not valid", why, "ask the sender for a new copy");
}

/** What follows a value's first byte: so many bytes of length, bytes of its own (beside that length's value), values within it. */
type Header = { readonly length: 0 | 1 | 2 | 4; readonly own: number; readonly within: 0 | 1 | 2 };

const plain = (own: number): Header => ({ length: 0, own, within: 0 });
/** Its length counts bytes; an extension has a byte of type beside them. */
const counted = (length: 1 | 2 | 4, own = 0): Header => ({ length, own, within: 0 });
/** Its length counts elements, of one value (array) or two (map) each. */
const holding = (length: 2 | 4, within: 1 | 2): Header => ({ length, own: 0, within });

/** The first bytes 0xc0 … 0xdf. */
const HEADERS: readonly (Header | undefined)[] = [
  plain(0), // c0 nil
  undefined, // c1 is never used
  plain(0), // c2 false
  plain(0), // c3 true
  ...([1, 2, 4] as const).map((length) => counted(length)), // c4 … c6 bytes
  ...([1, 2, 4] as const).map((length) => counted(length, 1)), // c7 … c9 extension
  ...[4, 8].map(plain), // ca, cb float
  ...[1, 2, 4, 8].map(plain), // cc … cf unsigned
  ...[1, 2, 4, 8].map(plain), // d0 … d3 signed
  ...[2, 3, 5, 9, 17].map(plain), // d4 … d8 extension of 1 … 16 bytes, and its type
  ...([1, 2, 4] as const).map((length) => counted(length)), // d9 … db text
  holding(2, 1), // dc, dd array
  holding(4, 1),
  holding(2, 2), // de, df map
  holding(4, 2),
];

/** What follows this first byte, and the length that it names itself. */
function headerOf(first: number): { readonly header: Header; readonly count: number } {
  if (first < 0x80 || first >= 0xe0) return { header: plain(0), count: 0 }; // small integers
  if (first < 0x90) return { header: { length: 0, own: 0, within: 2 }, count: first & 0x0f };
  if (first < 0xa0) return { header: { length: 0, own: 0, within: 1 }, count: first & 0x0f };
  if (first < 0xc0) return { header: plain(first & 0x1f), count: 0 };
  return { header: HEADERS[first - 0xc0] ?? refuse("a value is of no known kind"), count: 0 };
}

/**
 * Throws a `Failure` unless `bytes` hold exactly one value, with all that its headers claim, of at most `most` values within each other and
 * side by side. Afterwards a decoder needs memory in proportion to `bytes` and `most`.
 */
export function checkSizes(bytes: Uint8Array, most: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  /** Values that are still to come, at each depth. Each has at least one byte. */
  const owed = [1];
  let owedInAll = 1;
  let values = 0;
  let at = 0;
  const left = () => bytes.length - at;
  const take = (size: number) => {
    if (size > left()) refuse("they end within a value");
    at += size;
    return at - size;
  };

  while (owed.length > 0) {
    const level = owed.length - 1;
    const here = owed[level] ?? 0;
    if (here === 0) {
      owed.pop();
      continue;
    }
    owed[level] = here - 1;
    owedInAll--;
    values++;
    if (values > most) refuse(`they hold more than ${most} values`);
    const { header, count: small } = headerOf(view.getUint8(take(1)));
    const { length, own, within } = header;
    const place = take(length);
    const count =
      length === 0
        ? small
        : length === 1
          ? view.getUint8(place)
          : length === 2
            ? view.getUint16(place)
            : view.getUint32(place);
    if (within === 0) {
      take(own + count);
      continue;
    }
    owed.push(count * within);
    owedInAll += count * within;
    if (owedInAll > left()) refuse("they end within a value");
    if (owed.length > MOST_DEPTH) refuse(`they hold more than ${MOST_DEPTH} values within each other`);
  }
  if (left() > 0) refuse("something follows their value");
}
