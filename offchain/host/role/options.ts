// The options of a role. Each is written once and used three times: to check a configuration file, as a flag of the command line, and as
// a line of its help.
import { snmOf } from "@sonm/protocol/values/amounts";
import { Failure } from "@sonm/protocol/values/failure";
import {
  address as addressShape,
  integer,
  list,
  optional as optionalShape,
  type Shape,
  said,
  text as textShape,
} from "@sonm/protocol/values/shape";

/** What sort of value an option has. */
export type Sort<T> = {
  /** stands for the value in the help, such as `<amount>`; absent for a flag that takes no value */
  readonly value?: string;
  /** the unit of a plain number */
  readonly unit?: string;
  /** @param path checks a path, and makes it relative to where it was written */
  readonly shape: (path: Shape<string>) => Shape<T>;
  /** Converts a flag's text to the value that a configuration file would hold. */
  readonly read: (text: string) => unknown;
};

export type RoleOption<T> = Sort<T> & {
  /** one line for people, without its default */
  readonly about: string;
  readonly needed: boolean;
  /** its value if none is given, as a configuration file would have it; undefined for none */
  readonly otherwise?: string | number | undefined;
};

export type OptionTable<Options> = { readonly [Key in keyof Options]: RoleOption<Options[Key]> };
/** The values of a table's options. */
export type OptionsOf<Table> = { readonly [Key in keyof Table]: Table[Key] extends RoleOption<infer T> ? T : never };

export function needed<T>(sort: Sort<T>, about: string): RoleOption<T> {
  return { ...sort, about, needed: true };
}

/** @param otherwise the default, as a configuration file would have it */
export function usually<T>(sort: Sort<T>, otherwise: string | number, about: string): RoleOption<T> {
  const shape: Sort<T>["shape"] = (path) => (value, place) => sort.shape(path)(value ?? otherwise, place);
  return { ...sort, shape, about, needed: false, otherwise };
}

export function perhaps<T>(sort: Sort<T>, about: string): RoleOption<T | undefined> {
  return { ...sort, shape: (path) => optionalShape(sort.shape(path)), about, needed: false };
}

/** `lieUnit` → `--lie-unit` */
export function flagOf(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

const asText = (text: string) => text;
/** Converts a plain number and leaves any other text as it is: the shape checks both. */
const asNumber = (text: string) => (/^\d+(\.\d+)?$/.test(text) ? Number(text) : text);

/** An amount of SNM, in wei. A file has other numbers too, so there the unit is needed: "12.5 SNM", "1,000 SNM". A flag may leave it out. */
export const snm: Sort<bigint> = {
  value: "<amount>",
  shape: () => snmShape,
  read: (text) => (/SNM\s*$/i.test(text) ? text : `${text} SNM`),
};

const snmShape: Shape<bigint> = (value, place) => {
  const given = textShape(60)(value, place);
  const read = snmOf(given);
  const invalid = (why: string, todo: string) =>
    new Failure("The value is not valid", `${place} must be an amount like "12.5 SNM", not "${given}": ${why}`, todo);
  if ("why" in read) throw invalid(read.why, read.todo);
  if (!/SNM\s*$/i.test(given)) throw invalid("the unit is missing", `write "${given.trim()} SNM"`);
  return read.value;
};

/** A whole number of `min … max`. */
export function whole(min = 0, max = Number.MAX_SAFE_INTEGER, value = "<number>"): Sort<number> {
  return { value, shape: () => integer(min, max), read: asNumber };
}

/** A whole number of `min … max` in a unit, such as seconds. */
export function measured(unit: string, min: number, max: number): Sort<number> {
  return { ...whole(min, max, `<${unit}>`), unit };
}

/** Seconds of the chain's clock, at least one. */
export const seconds: Sort<number> = measured("seconds", 1, 2 ** 32 - 1);

/** A number of 0 … 1. */
export const share: Sort<number> = {
  value: "<0…1>",
  shape: () => (value, place) => {
    if (typeof value === "number" && value >= 0 && value <= 1) return value;
    throw new Failure("The value is not valid", `${place} must be a number 0 … 1, not ${said(value)}`, "correct it");
  },
  read: asNumber,
};

/** Text of at most `max` characters. */
export function words(max: number, value: string): Sort<string> {
  return { value, shape: () => textShape(max), read: asText };
}

/** One URL or several, as a list or with commas between them; as a flag, also one after another. */
export const urls: Sort<readonly string[]> = {
  value: "<url>",
  shape: () => (value, place) => {
    const given = Array.isArray(value)
      ? list(textShape(1000), MOST_URLS)(value, place)
      : list(textShape(1000), MOST_URLS)(separated(textShape(8 * 1000)(value, place)), place);
    return given.flatMap(separated);
  },
  read: asText,
};

const MOST_URLS = 8;

/** `a, b` → a and b */
export const separated = (text: string): readonly string[] =>
  text
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "");

export const address: Sort<`0x${string}`> = { value: "<address>", shape: () => addressShape, read: asText };

export function pathTo(value: string): Sort<string> {
  return { value, shape: (path) => path, read: asText };
}

/** Paths of files; as a flag, one after another. */
export function pathsTo(value: string, most: number): Sort<readonly string[]> {
  return { value, shape: (path) => list(path, most), read: asText };
}

/** True or false; false where it is not given. */
export function yes(about: string): RoleOption<boolean> {
  const shape: Shape<boolean> = (value, place) => {
    if (value === undefined || typeof value === "boolean") return value ?? false;
    throw new Failure("The value is not valid", `${place} must be true or false, not ${said(value)}`, "correct it");
  };
  return { shape: () => shape, read: asText, about, needed: false };
}
