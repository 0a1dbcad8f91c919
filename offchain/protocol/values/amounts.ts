// Amounts as people read and write them: SNM with the unit, never wei. What is shown can be typed again.
import { formatEther } from "viem";
import { decimalIn, type Reading } from "./decimal.ts";
import { Failure } from "./failure.ts";

const SNM_PLACES = 18;
/** As contracts hold amounts: 128 bits of wei. */
const MOST_WEI = 2n ** 128n - 1n;

/**
 * An amount for people: `1234567000000000000000` wei → `1,234.567 SNM`. `readSnm` reads it back.
 * @throws SyntaxError if `wei` is a text that is no integer
 */
export function showSnm(wei: bigint | string): string {
  const [whole = "0", fraction] = formatEther(BigInt(wei)).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return `${grouped}${fraction === undefined ? "" : `.${fraction}`} SNM`;
}

/** An amount (wei) as SNM without the unit, for tables: at most 7 characters, rounded down, but never to 0. The supply is 444 million. */
export function showRoughly(wei: bigint): string {
  if (wei > 0n && wei < 10n ** 16n) return "< 0.01";
  const shown = (unit: bigint, digits: number) =>
    (Number((wei * 10n ** BigInt(digits)) / unit) / 10 ** digits).toLocaleString("en-US");
  if (wei >= 10n ** 24n) return `${shown(10n ** 24n, 1)} M`;
  return shown(10n ** 18n, wei < 10n ** 21n ? 2 : 0);
}

/** A share in basis points: 5000 → `50 %`. */
export function showShare(bps: number): string {
  return `${bps / 100} %`;
}

/**
 * Reads an amount of SNM, in wei: a plain decimal (`1.5`) or one grouped in thousands (`12,345,678.5`), with the unit or without.
 * @throws Failure for everything else, because `1,5` may be meant as one and a half
 */
export function readSnm(text: string): bigint {
  const read = snmOf(text);
  if ("value" in read) return read.value;
  throw new Failure(`"${text}" is not an amount of SNM`, read.why, read.todo);
}

/** The amount that a text gives, in wei, or why it is not an amount. */
export function snmOf(text: string): Reading {
  const bare = text.trim().replace(/\s*SNM$/i, "");
  const read = decimalIn(bare, SNM_PLACES, "12.5");
  if ("value" in read && read.value > MOST_WEI) {
    return { why: "there are not as many SNM", todo: "write a smaller amount" };
  }
  return read;
}
