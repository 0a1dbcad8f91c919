// What the blockchain government's run comes to: whether every SNM is accounted for, and everything came out as it must.

import type { Terminal } from "../../host/terminal/terminal.ts";
import { type Balance, balancesOf, isConserved, type Stock } from "./accounts.ts";
import type { Check, Event } from "./stage.ts";

/** What `--json` prints. Amounts are wei of SNM in decimal digits, times unix seconds. */
export type GovernmentResult = {
  readonly ok: boolean;
  readonly snmConserved: boolean;
  readonly events: readonly Event[];
  readonly balances: readonly Balance[];
  readonly checks: readonly Check[];
  readonly seconds: number;
};

/** The result of a run, by what everybody had before and has after it. */
export function resultOf(
  before: Stock,
  after: Stock,
  { events, checks }: Pick<GovernmentResult, "events" | "checks">,
  seconds: number,
): GovernmentResult {
  const snmConserved = isConserved(before) && isConserved(after);
  const ok = snmConserved && checks.every((check) => check.ok);
  return { ok, snmConserved, events, balances: balancesOf(before, after), checks, seconds };
}

/** The last lines for people: the SNM, what went wrong, and how much went right. */
export function closingLines(
  { ok, snmConserved, checks, seconds }: GovernmentResult,
  after: Stock,
  { paint }: Pick<Terminal, "paint">,
): string[] {
  const [right, wrong] = [paint("green", "✓"), paint("red", "✗")];
  const passed = checks.filter((check) => check.ok).length;
  return [
    snmConserved
      ? `  ${right} every SNM is accounted for, to the wei: the sum is the supply, and nobody else has ever had any`
      : `  ${wrong} SNM are missing: the supply is ${after.supply} wei; unknown holders: ${after.unknown.join(", ") || "none"}`,
    ...checks.filter((check) => !check.ok).map(({ name, detail }) => `  ${wrong} ${name}: ${detail}`),
    `  ${ok ? right : wrong} ${passed} of ${checks.length} things came out as they must, in ${seconds} s`,
  ];
}
