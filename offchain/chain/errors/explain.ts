// Custom errors of the contracts as sentences for people: what was wrong, with its values, and what to do; also from when on, if time is
// the reason.
import { showSnm } from "@sonm/protocol/values/amounts";
import { showDate, showDuration, showMoment } from "@sonm/protocol/values/dates";
import type { Advice } from "@sonm/protocol/values/failure";
import { advice } from "./advice.ts";
import { rowOf, type Unit } from "./table.ts";

/** A custom error as viem decodes it. */
export type Reverted = {
  readonly name: string;
  readonly inputs: readonly { readonly name?: string | undefined }[];
  readonly args: readonly unknown[];
};

/** What an error means, and what to do about it. */
export type Explained = {
  readonly why: string;
  readonly advice: Advice;
  /** unix time from which the same can succeed, where only time is in the way */
  readonly possibleFrom?: number;
};

/** Times from here on (the year 5138, unix seconds) are shown as numbers: they are no real dates. */
const NO_DATE = 1e11;

function showNumber(unit: Unit, value: bigint): string {
  switch (unit) {
    case "wei":
      return showSnm(value);
    case "seconds":
      return showDuration(Number(value));
    case "time":
      return value === 0n ? "never" : showNumber("date", value);
    case "date":
      return value < NO_DATE ? showDate(Number(value)) : String(value);
    case "account":
    case "hash":
    case "hidden":
    case "number":
      return String(value);
    default:
      return unit[Number(value)] ?? String(value);
  }
}

function show(unit: Unit | undefined, value: unknown): string {
  const isNumber = typeof value === "bigint" || typeof value === "number";
  return unit !== undefined && isNumber ? showNumber(unit, BigInt(value)) : String(value);
}

/**
 * `ResultsGamesOpen(claim, 2)` → "results games open (claim 0x…, games 2)".
 * @param now time of the chain, unix seconds; if given, the text says how much time is left
 */
export function explain({ name, inputs, args }: Reverted, now?: number): Explained {
  const words = name.replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
  const [units = {}, todo] = rowOf(name) ?? [];
  const values = inputs.flatMap((input, i) => {
    const unit = units[input.name ?? ""];
    return unit === "hidden" ? [] : [`${input.name ?? i} ${show(unit, args[i])}`];
  });
  const why = values.length > 0 ? `${words} (${values.join(", ")})` : words;
  if (todo === undefined) return { why, advice: advice("look-error-up", { error: name }) };
  if (typeof todo === "string") return { why, advice: advice(todo) };
  const from = Number(args[inputs.findIndex((input) => input.name === todo.from)] ?? 0);
  if (from === 0 || from >= NO_DATE) return { why, advice: advice("wait-for-date") };
  const moment = now === undefined ? showDate(from) : showMoment(from, now);
  return { why, advice: advice("wait-until", { moment }), possibleFrom: from };
}
