// guest/programs/wordcount a second time, with JavaScript's own Unicode, decoder and regular expressions; and texts for tests.
import fc from "fast-check";
import type { WordCount } from "../../../offchain/devnet/programs/wordcount.ts";

const word = /[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*/gu;
const DOTLESS_I = "ı";

function single(text: string, changed: string): string {
  return [...changed].length === 1 ? changed : text;
}

function fold(character: string): string {
  if (character === DOTLESS_I) return character;
  if (character === "’") return "'";
  const upper = single(character, character.toUpperCase());
  return single(upper, upper.toLowerCase());
}

export function countWords(text: Uint8Array): WordCount {
  const found = new TextDecoder("utf-8", { ignoreBOM: true }).decode(text).match(word) ?? [];
  const distinct = new Map<string, number>();
  for (const each of found) {
    const key = [...each].map(fold).join("");
    distinct.set(key, (distinct.get(key) ?? 0) + 1);
  }
  return { words: found.length, lines: text.filter((byte) => byte === 10).length, bytes: text.length, distinct };
}

/** The same text that the program writes. */
export function formatWordCount(count: WordCount): string {
  // Sorted by bytes of UTF-8, like the program: JavaScript's own order differs above U+FFFF.
  const sorted = [...count.distinct]
    .map(([word, times]) => ({ key: Buffer.from(word), line: `${times} ${word}\n` }))
    .sort((a, b) => Buffer.compare(a.key, b.key));
  const { words, lines, bytes, distinct } = count;
  return `words ${words}\nlines ${lines}\nbytes ${bytes}\ndistinct ${distinct.size}\n\n${sorted.map((s) => s.line).join("")}`;
}

const piece = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom("the", "The", "l'été", "L’ÉTÉ", "ΣΊΣΥΦΟΣ", "Σίσυφος", "Привет", "ПРИВЕТ", "don't"),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(" ", "\n", "\t", ", ", ".", "—", "'", "’", "''", "-", "\u00a0", "\ufeff", "\u200d"),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom("ﬀ", "ß", "İ", "ı", "ſ", "µ", "K", "Ⱥ", "𐐀", "𐐨", "漢字", "é", "٣", "²", "\0", "Ა", "Ꭰ"),
  },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 4 }) },
);
const broken = fc.constantFrom(
  [0xff],
  [0xe2, 0x82],
  [0xc0, 0x80],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xc3],
  [0xf0, 0x9f, 0x98],
  [0xe0, 0x80, 0xaf],
  [0x80],
);

/** Texts of many scripts with broken bytes in between. */
export const textBytes: fc.Arbitrary<Uint8Array> = fc
  .array(
    fc.oneof(
      { weight: 9, arbitrary: piece.map((text) => Buffer.from(text)) },
      { weight: 1, arbitrary: broken.map((bytes) => Buffer.from(bytes)) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes)) },
    ),
    { maxLength: 60 },
  )
  .map((parts) => new Uint8Array(Buffer.concat(parts)));
