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

/** The characters of words, by the same version of Unicode as the program's. */
const WORD = /^[\p{L}\p{M}\p{N}]$/u;
/** Between two characters of a word they belong to it. */
const APOSTROPHE = /^['’]$/;
/** Stands for bytes that are not UTF-8. The program takes them for separators. */
const BROKEN = "\0";
/** Bytes of the longest character. */
const LONGEST = 4;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/** The character that ends at `end`, and where it begins; undefined at the beginning of the text. */
function before(text: Uint8Array, end: number): { readonly character: string; readonly at: number } | undefined {
  if (end <= 0) return undefined;
  let at = end - 1;
  while (at > 0 && end - at < LONGEST && isContinuation(text[at])) at--;
  const character = decoded(text.subarray(at, end));
  return character === undefined ? { character: BROKEN, at: end - 1 } : { character, at };
}

/** The character that begins at `start`; undefined at the end of the text. */
function behind(text: Uint8Array, start: number): string | undefined {
  if (start >= text.length) return undefined;
  for (let size = 1; size <= LONGEST; size++) {
    const found = decoded(text.subarray(start, start + size));
    if (found !== undefined) return found;
  }
  return BROKEN;
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && WORD.test(character);
}

/** Whether what stands before `end` separates words, whatever follows it. */
function separates(text: Uint8Array, end: number): boolean {
  const last = isContinuation(text[end]) ? undefined : before(text, end);
  if (last === undefined) return false;
  const joins = APOSTROPHE.test(last.character) && isWord(before(text, last.at)?.character);
  return !joins && !isWord(last.character);
}

/** The first or the last place behind `start`, up to `end`, that is behind a separator. */
function separatedAt(text: Uint8Array, start: number, end: number, which: "first" | "last"): number | undefined {
  const [from, step] = which === "first" ? [start + 1, 1] : [end, -1];
  for (let at = from; at > start && at <= end; at += step) if (separates(text, at)) return at;
  return undefined;
}

/** The place nearest to `end`, but behind `start`, that is not within a character. */
function betweenCharacters(text: Uint8Array, start: number, end: number): number {
  for (let lead = Math.max(start, end - LONGEST + 1); lead < end; lead++) {
    const character = behind(text, lead);
    const after = lead + Buffer.byteLength(character ?? "");
    if (character !== BROKEN && after > end) return lead > start ? lead : after;
  }
  return end;
}

/**
 * Cuts a text into chunks of at most `size` bytes, or of one character. Together the chunks are the text; an empty text is one empty chunk.
 *
 * A chunk ends behind the last separator of words that it can contain. Where there is none, as in a word that is longer than a chunk, it ends
 * between any two characters; the chunks with the rest of that word contain nothing else. So `gatherWordCounts` can put the word together.
 * @param size at least that of an apostrophe between two characters, 11
 */
export function chunksOf(text: Uint8Array, size: number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let start = 0;
  let withinWord = false;
  while (text.length - start > size || (withinWord && start < text.length)) {
    const most = Math.min(start + size, text.length);
    const separated = separatedAt(text, start, most, withinWord ? "first" : "last");
    withinWord = separated === undefined;
    const end: number = separated ?? betweenCharacters(text, start, most);
    chunks.push(text.subarray(start, end));
    start = end;
  }
  if (start < text.length || chunks.length === 0) chunks.push(text.subarray(start));
  return chunks;
}

/** What stands between the parts of a word that was cut in two, as the program writes it; undefined if the cut separates words. */
function glueOf(left: Uint8Array, right: Uint8Array): "" | "'" | undefined {
  const last = before(left, left.length);
  const first = behind(right, 0);
  if (last === undefined || first === undefined) return undefined;
  if (isWord(last.character) && isWord(first)) return "";
  const joins = APOSTROPHE.test(last.character)
    ? isWord(before(left, last.at)?.character) && isWord(first)
    : APOSTROPHE.test(first) && isWord(last.character) && isWord(behind(right, Buffer.byteLength(first)));
  return joins ? "'" : undefined;
}

/** The count of a word from the counts of its parts. */
function whole(parts: readonly WordCount[], glues: readonly string[]): WordCount {
  const { lines, bytes } = mergeWordCounts(parts);
  const word = parts.map(({ distinct }, i) => `${glues[i] ?? ""}${[...distinct.keys()].join("")}`).join("");
  return { words: 1, lines, bytes, distinct: new Map([[word, 1]]) };
}

/** The count of a text from the counts of its chunks, as `chunksOf` has cut it. A word that was cut counts once. */
export function gatherWordCounts(chunks: readonly Uint8Array[], counts: readonly WordCount[]): WordCount {
  const words: WordCount[][] = [];
  const glues: string[][] = [];
  for (const [i, count] of counts.entries()) {
    const [left, right] = [chunks[i - 1], chunks[i]];
    const glue = left && right && glueOf(left, right);
    if (glue === undefined) {
      words.push([count]);
      glues.push([""]);
    } else {
      words.at(-1)?.push(count);
      glues.at(-1)?.push(glue);
    }
  }
  return mergeWordCounts(
    words.flatMap((parts, i) =>
      parts.length > 1 && parts.every((part) => part.words === 1) ? [whole(parts, glues[i] ?? [])] : parts,
    ),
  );
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
