// Makes the text of strangers safe to show: hub names, endpoints, proposals, evidence, messages of peers, names of files. A terminal obeys
// control characters, so such text must pass through here before it reaches one.

/**
 * What moves the cursor, colours, breaks lines, turns the direction of writing, or cannot be seen: controls, format characters, line and
 * paragraph separators, halves of surrogate pairs, everything that Unicode lets a screen leave out, and all spaces but the usual one.
 */
const STRANGE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/gu;

/** The text on one line, with strange characters written as their numbers: a line feed as `\u{a}`. */
export function plain(text: string): string {
  return text.replace(STRANGE, (one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`);
}

/** A text that may have several lines, each made plain. All but the first are marked, so that none can be taken for a line of ours. */
export function quoted(text: string): string[] {
  const [first = "", ...rest] = text.split(/\r?\n/).map(plain);
  return [first, ...rest.map((line) => `│ ${line}`)];
}

/** The same value with every text in it made plain. */
export function plainly<T>(value: T): T {
  if (typeof value === "string") return plain(value) as T;
  if (Array.isArray(value)) return value.map(plainly) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plainly(part)])) as T;
}

/** JSON whose text a terminal can show as it is: strange characters are escaped, so that reading it gives exactly what was written. */
export function plainJson(json: string): string {
  return json.replace(STRANGE, (one) =>
    [...Array(one.length).keys()].map((i) => `\\u${one.charCodeAt(i).toString(16).padStart(4, "0")}`).join(""),
  );
}
