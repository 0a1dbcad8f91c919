// Checks of values that come from outside. A shape is written once and is both the check and the type.
import { Failure } from "./failure.ts";
import type { Address, ContentId, Hex } from "./ids.ts";

/** Returns the value with its type, or throws a `Failure` that names the place. */
export type Shape<T> = (value: unknown, place: string) => T;
/** The type that a shape checks for. */
export type Shaped<S> = S extends Shape<infer T> ? T : never;

/** Characters of a foreign value that are shown. */
const MOST_SAID = 80;

/** What a foreign value is, in an error: a few words, whatever it is. */
export function said(value: unknown): string {
  if (value === null) return "nothing";
  // Text of objects is what their own fields make of it.
  if (typeof value === "object") return Array.isArray(value) ? "a list" : "an object";
  return String(value).slice(0, MOST_SAID);
}

function refuse(place: string, needed: string, value: unknown): never {
  throw new Failure(
    "The value is not valid",
    `${place} must be ${needed}, not ${said(value)}`,
    "ask its author to correct it",
  );
}

/** A number that is an integer of `min … max`. */
export function integer(min = 0, max = Number.MAX_SAFE_INTEGER): Shape<number> {
  return (value, place) =>
    typeof value === "number" && Number.isInteger(value) && value >= min && value <= max
      ? value
      : refuse(place, `an integer ${min} … ${max}`, value);
}

/** A bigint of `min … max`. */
export function bigInteger(min = 0n, max = 2n ** 128n - 1n): Shape<bigint> {
  return (value, place) =>
    typeof value === "bigint" && value >= min && value <= max
      ? value
      : refuse(place, `an integer ${min} … ${max}`, value);
}

/** Text of at most `max` characters. */
export function text(max = 1000): Shape<string> {
  return (value, place) =>
    typeof value === "string" && value.length <= max
      ? value
      : refuse(place, `text of at most ${max} characters`, value);
}

/** Hexadecimal bytes, so many as `matches` says. */
function hexOf(matches: (digits: number) => boolean, needed: string): Shape<Hex> {
  // The length first: it bounds the rest. The digits one by one: a repeated group needs stack for each of them.
  return (value, place) =>
    typeof value === "string" && matches((value.length - 2) / 2) && /^0x[0-9a-fA-F]*$/.test(value)
      ? (value as Hex)
      : refuse(place, needed, value);
}

/** 32 bytes in hexadecimal. */
export const hash32: Shape<Hex> = hexOf((bytes) => bytes === 32, "32 bytes in hexadecimal");
/** An address: 20 bytes in hexadecimal. The case of its letters is not checked. */
export const address: Shape<Address> = hexOf((bytes) => bytes === 20, "an address");
/** The id of content: 32 bytes in hexadecimal. */
export const contentId = hash32 as Shape<ContentId>;

/** At most `max` bytes in hexadecimal. */
export function hexBytes(max: number): Shape<Hex> {
  return hexOf((bytes) => Number.isInteger(bytes) && bytes <= max, `at most ${max} bytes in hexadecimal`);
}

/** At most `max` bytes. */
export function bytes(max: number): Shape<Uint8Array> {
  return (value, place) =>
    value instanceof Uint8Array && value.length <= max ? value : refuse(place, `at most ${max} bytes`, value);
}

/** Exactly one value. */
export function literal<T extends string | number>(wanted: T): Shape<T> {
  return (value, place) => (value === wanted ? wanted : refuse(place, JSON.stringify(wanted), value));
}

/** A list of at most `max` values. */
export function list<T>(shape: Shape<T>, max: number): Shape<readonly T[]> {
  return (value, place) =>
    Array.isArray(value) && value.length <= max
      ? value.map((entry, index) => shape(entry, `${place}[${index}]`))
      : refuse(place, `a list of at most ${max}`, value);
}

/** An object with exactly these fields; others are dropped. */
export function object<S extends Record<string, Shape<unknown>>>(
  fields: S,
): Shape<{ readonly [K in keyof S]: Shaped<S[K]> }> {
  return (value, place) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) refuse(place, "an object", value);
    const given = value as Record<string, unknown>;
    const entries = Object.entries(fields).map(([name, shape]) => [name, shape(given[name], `${place}.${name}`)]);
    return Object.fromEntries(entries) as { readonly [K in keyof S]: Shaped<S[K]> };
  };
}

/** The shape's value, or undefined if there is none. */
export function optional<T>(shape: Shape<T>): Shape<T | undefined> {
  return (value, place) => (value === undefined || value === null ? undefined : shape(value, place));
}
