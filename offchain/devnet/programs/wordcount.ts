// What goes into and comes out of guest/programs/wordcount: a text cut into chunks, and the counts of all chunks added up.
// What a word is, and the format of the output, are written down in guest/programs/wordcount/wordcount.c.
import { Failure } from "@sonm/protocol/values/failure";

export type WordCount = {
  words: number;
  lines: number;
  /** Bytes of text. */
  bytes: number;
  /** How often each distinct word occurs. */
  distinct: ReadonlyMap<string, number>;
};

const TOTALS = ["words", "lines", "bytes", "distinct"] as const;
const APOSTROPHE = 0x27;

/** True for an ASCII byte that can neither be part of a word nor join two parts of one: a text may be cut behind it. */
function isBoundary(byte: number): boolean {
  const letter = byte | 0x20;
  const inWord = (letter >= 0x61 && letter <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte === APOSTROPHE;
  return byte < 0x80 && !inWord;
}

/**
 * Cuts a text into chunks whose counts add up to the count of the whole. A chunk ends at the last boundary within `size` bytes, or,
 * where there is none, at the first one behind. Together the chunks are the text; an empty text is one empty chunk.
 */
export function chunksOf(text: Uint8Array, size: number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let start = 0;
  while (text.length - start > size) {
    let end = start + size;
    while (end > start && !isBoundary(text[end - 1] ?? 0)) end--;
    if (end === start) {
      end = start + size;
      while (end < text.length && !isBoundary(text[end - 1] ?? 0)) end++;
    }
    chunks.push(text.subarray(start, end));
    start = end;
  }
  if (start < text.length || chunks.length === 0) chunks.push(text.subarray(start));
  return chunks;
}

/** Reads the output of one unit. */
export function readWordCount(output: Uint8Array): WordCount {
  const [head, body, ...more] = new TextDecoder().decode(output).split("\n\n");
  const lines = head?.split("\n") ?? [];
  const totals = TOTALS.map((name, i) => numberIn(lines[i], new RegExp(`^${name} (\\d+)$`)));
  const distinct = new Map<string, number>();
  for (const line of body?.split("\n") ?? []) {
    if (line === "") continue;
    const space = line.indexOf(" ");
    distinct.set(line.slice(space + 1), numberIn(line.slice(0, space), /^(\d+)$/));
  }
  const [words = 0, newlines = 0, bytes = 0, expected = 0] = totals;
  if (more.length > 0 || lines.length > TOTALS.length || distinct.size !== expected)
    throw notCounts(`it names ${expected} distinct words and lists ${distinct.size}`);
  return { words, lines: newlines, bytes, distinct };
}

/** Adds up the counts of chunks. */
export function mergeWordCounts(counts: Iterable<WordCount>): WordCount {
  const distinct = new Map<string, number>();
  let [words, lines, bytes] = [0, 0, 0];
  for (const count of counts) {
    words += count.words;
    lines += count.lines;
    bytes += count.bytes;
    for (const [word, times] of count.distinct) distinct.set(word, (distinct.get(word) ?? 0) + times);
  }
  return { words, lines, bytes, distinct };
}

function numberIn(text: string | undefined, pattern: RegExp): number {
  const found = pattern.exec(text ?? "")?.[1];
  if (found === undefined) throw notCounts(`'${text ?? ""}' stands where ${pattern} should`);
  return Number(found);
}

function notCounts(why: string): Failure {
  return new Failure("This output is not a count of words", why, "give the output of guest/bin/wordcount");
}
