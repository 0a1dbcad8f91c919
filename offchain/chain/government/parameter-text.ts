// The DAO's parameters as people write and read them: each in the unit that its name ends with, exactly.

import { readSnm, showShare, showSnm } from "@sonm/protocol/values/amounts";
import { showDuration } from "@sonm/protocol/values/dates";
import { decimalIn } from "@sonm/protocol/values/decimal";
import { Failure } from "@sonm/protocol/values/failure";
import { type ParameterName, parameterNames } from "../enums/parameter.ts";

/** How a kind of parameter is written: its units, the largest first, each with its value in the smallest. */
type Kind = {
  readonly units: readonly (readonly [unit: string, size: bigint])[];
  readonly step: string;
  readonly example: string;
};

const shares: Kind = {
  units: [
    ["%", 100n],
    ["bps", 1n],
  ],
  step: "0.01 %",
  example: '"25 %"',
};
const durations: Kind = {
  units: [
    ["d", 86_400n],
    ["h", 3_600n],
    ["min", 60n],
    ["s", 1n],
  ],
  step: "1 s",
  example: '"30 d" or "1 d 12 h"',
};

/** A parameter's value, in a form that `readParameter` reads back. */
export function showParameter(name: ParameterName, value: bigint): string {
  if (name.endsWith("Wei")) return showSnm(value);
  return name.endsWith("Bps") ? showShare(Number(value)) : showDuration(Number(value));
}

/**
 * Reads a value: `2 SNM`, `0.29 %`, `55 bps`, `30 d`, `1 d 12 h`. Never rounds.
 * @returns wei of SNM, basis points or seconds, by the parameter's name
 * @throws Failure if the text is no such value
 */
export function readParameter(name: ParameterName, text: string): bigint {
  if (name.endsWith("Wei")) return readSnm(text);
  const { units, step, example } = name.endsWith("Bps") ? shares : durations;
  const refuse = (why: string, todo = `write it like ${example}`) =>
    new Failure(`"${text}" is no value of ${name}`, why, todo);
  const parts = [...text.trim().matchAll(/([^\sa-z%]+)\s*([a-z%]+)(?:\s+|$)/gy)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== text.trim()) {
    throw refuse(`it needs a number and a unit: ${units.map(([unit]) => unit).join(", ")}`);
  }
  let sum = 0n;
  let last = -1;
  for (const [, number = "", unit = ""] of parts) {
    const at = units.findIndex(([known]) => known === unit);
    const size = units[at]?.[1];
    if (size === undefined) throw refuse(`its unit is one of ${units.map(([known]) => known).join(", ")}, not ${unit}`);
    if (at <= last || (parts.length > 1 && units === shares.units))
      throw refuse("each unit comes once, larger ones first");
    last = at;
    const read = decimalIn(number, PLACES, number);
    if ("why" in read) throw refuse(`${number} is no number: ${read.why}`, read.todo);
    const value = read.value * size;
    if (value % SCALE !== 0n) throw refuse(`the smallest step is ${step}`, `write a multiple of ${step}`);
    sum += value / SCALE;
  }
  return sum;
}

/** The most digits after the point. Whether the value is whole is checked once it has its unit. */
const PLACES = 18;
const SCALE = 10n ** BigInt(PLACES);

/** Reads the name of a parameter, with or without its unit. @throws Failure if there is no such parameter */
export function readParameterName(text: string): ParameterName {
  const bare = (name: string) => name.toLowerCase().replace(/(wei|bps|seconds)$/, "");
  const found = parameterNames.find((name) => bare(name) === bare(text.replaceAll("-", "")));
  if (found) return found;
  throw new Failure(
    `There is no parameter ${text}`,
    "its name is not among them",
    `one of: ${parameterNames.join(", ")}`,
  );
}
