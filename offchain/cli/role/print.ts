// What roles report, for people: a line for each event, and a table for what a job will need and cost.
import { showSnm } from "@sonm/protocol/values/amounts";
import { showMoment, showSpan } from "@sonm/protocol/values/dates";
import type { RoleEvent } from "../../host/role/happenings.ts";
import { printText } from "../../host/role/reporter.ts";
import { fields, grouped, openTerminal, type Terminal, writeLines } from "../../host/terminal/terminal.ts";

type Estimated = Extract<RoleEvent, { kind: "estimated" }>;

/** A time that was measured, seconds. */
function duration(seconds: number): string {
  return seconds < 1 ? "less than 1 s" : `about ${showSpan(seconds)}`;
}

function stepsOf({ trial, exponent, allowed }: Estimated): string {
  const bound = `${grouped(allowed)} allowed (8^${exponent})`;
  if (trial === null) return `not tried; ${bound}`;
  const less = trial.enough < exponent ? `; --exponent ${trial.enough} would do` : "";
  return `${grouped(trial.steps)} in the longest of ${trial.units} tried, ${bound}${less}`;
}

/** What a job will need and cost, as a table. */
export function estimateLines(terminal: Terminal, event: Estimated): string[] {
  const { units, batches, trial, price, total, deposit, bond, settles, deadline, at } = event;
  const rows: (readonly [string, string])[] = [
    ["job", event.job],
    [
      "work",
      `${grouped(units)} ${units === 1 ? "unit" : "units"} in ${grouped(batches)} ${batches === 1 ? "batch" : "batches"}`,
    ],
    ["steps", stepsOf(event)],
    ...(trial
      ? [
          [
            "time",
            `${duration(trial.seconds)} a unit here, ${duration(trial.seconds * units)} for all in one thread`,
          ] as const,
        ]
      : []),
    ["price", `${showSnm(price)} a unit, ${showSnm(total)} in all: goes into escrow when the job is posted`],
    ["at stake", `${showSnm(deposit)} for each claim of a miner, ${showSnm(bond)} for each challenge`],
    ["results", `${showSpan(settles)} after each claim, later if it is challenged`],
    ["refunds", `of what nobody has claimed, from ${showMoment(deadline, at)} on`],
  ];
  return ["", ...fields(terminal, rows), ""];
}

/** How far a trial has come, for the line at the bottom. */
export function trialLine({ unit, steps, seconds }: Extract<RoleEvent, { kind: "trial" }>): string {
  return `  trying unit ${unit}: ${grouped(steps)} steps in ${showSpan(seconds)} …`;
}

/** Prints events on stderr. `done` removes what does not stay. */
export function openPrinter(): { print(event: RoleEvent): void; done(): void } {
  const terminal = openTerminal(process.stderr);
  return {
    print(event) {
      if (event.kind === "trial") return terminal.status(trialLine(event));
      terminal.done();
      printText(event);
      if (event.kind === "estimated") writeLines(process.stderr, estimateLines(terminal, event));
    },
    done: terminal.done,
  };
}
