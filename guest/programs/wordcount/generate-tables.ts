// Writes tables.h from the Unicode data of the Node that runs it:   node guest/programs/wordcount/generate-tables.ts
// Run by hand when a newer Unicode is wanted; the table that is committed decides what the program does.
import { writeFileSync } from "node:fs";

const LAST = 0x10ffff;
const DOTLESS_I = 0x131; // its capital is I, whose small letter is i: another letter
const wordCharacter = /^[\p{L}\p{M}\p{N}]$/u;

function* codePoints(): Generator<number> {
  for (let c = 0x80; c <= LAST; c++) if (c < 0xd800 || c > 0xdfff) yield c;
}

/** The single code point that `change` makes of `c`, or `c` if there is none. */
function single(c: number, change: (text: string) => string): number {
  const changed = [...change(String.fromCodePoint(c))];
  const first = changed[0]?.codePointAt(0);
  return changed.length === 1 && first !== undefined ? first : c;
}

/** Small letters, by way of the capital: both sigmas become one. */
function fold(c: number): number {
  if (c === DOTLESS_I) return c;
  const upper = single(c, (text) => text.toUpperCase());
  return single(upper, (text) => text.toLowerCase());
}

type Range = { first: number; last: number };
const words: Range[] = [];
type Folding = Range & { stride: 1 | 2; delta: number };
const foldings: Folding[] = [];

for (const c of codePoints()) {
  if (wordCharacter.test(String.fromCodePoint(c))) {
    const range = words.at(-1);
    if (range?.last === c - 1) range.last = c;
    else words.push({ first: c, last: c });
  }
  const delta = fold(c) - c;
  if (delta === 0) continue;
  const run = foldings.at(-1);
  const gap = run ? c - run.last : 0;
  // A run either maps every code point in it (stride 1) or every second one.
  const fits = run?.delta === delta && (gap === 1 || gap === 2) && (run.first === run.last || run.stride === gap);
  if (run && fits) {
    run.stride = gap as 1 | 2;
    run.last = c;
  } else foldings.push({ first: c, last: c, stride: 1, delta });
}

const hex = (c: number) => `0x${c.toString(16)}`;
/** Items in lines of at most 116 characters. */
function table(items: readonly string[]): string {
  const lines = [""];
  for (const item of items) {
    const line = lines.at(-1) ?? "";
    if (line.length + item.length < 116) lines[lines.length - 1] = `${line} ${item}`;
    else lines.push(` ${item}`);
  }
  return lines.map((line) => `   ${line}`).join("\n");
}

const text = `// Made by generate-tables.ts from Unicode ${process.versions.unicode}. Code points above 0x7f, in ascending order.
#include "unicode.h"

// Letters, marks and numbers (general categories L, M, N): first, last.
const range word_ranges[WORD_RANGES] = {
${table(words.map((r) => `{${hex(r.first)}, ${hex(r.last)}},`))}
};

// Small letters of capitals: first, last, stride, what to add.
const folding foldings[FOLDINGS] = {
${table(foldings.map((f) => `{${hex(f.first)}, ${hex(f.last)}, ${f.stride}, ${f.delta}},`))}
};
`;
const header = `// Made by generate-tables.ts: how long the tables are.
#define WORD_RANGES ${words.length}
#define FOLDINGS ${foldings.length}
`;
const folder = import.meta.dirname;
writeFileSync(`${folder}/tables.c`, text);
writeFileSync(`${folder}/tables.h`, header);
console.log(
  `${words.length} ranges of word characters, ${foldings.length} of capitals, Unicode ${process.versions.unicode}`,
);
