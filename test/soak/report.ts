// What a soak has to show, and whether all is as it must be. Pure.
import { showSnm } from "@sonm/protocol/values/amounts";
import { grouped, type Paint, table } from "../../offchain/host/terminal/terminal.ts";
import type { Growth } from "./vitals.ts";

/** What somebody had before and has at the end, wei of SNM with stakes. */
export type Purse = {
  readonly name: string;
  readonly before: bigint;
  readonly after: bigint;
  /** what it must have at least */
  readonly least: bigint;
  /** what it must have at most, where that is known */
  readonly most?: bigint;
};

export type Observed = {
  readonly seed: number;
  readonly seconds: number;
  readonly jobs: number;
  readonly units: number;
  /** jobs whose outputs differ from a run of our own */
  readonly wrong: readonly string[];
  /** claims that were convicted, by their miners' names */
  readonly convicted: readonly string[];
  /** names of those who lie */
  readonly liars: readonly string[];
  /** claims that lied and were paid */
  readonly paidLies: readonly string[];
  /** claims that are neither settled nor convicted at the end */
  readonly open: readonly string[];
  readonly troubles: Readonly<Record<string, number>>;
  /** every SNM is accounted for (INV-1, INV-2) */
  readonly conserved: boolean;
  /** other invariants that do not hold, in words */
  readonly broken: readonly string[];
  readonly purses: readonly Purse[];
  readonly growth: readonly Growth[];
};

export type SoakReport = Observed & {
  /** everything that is not as it must be, in words */
  readonly faults: readonly string[];
};

/** Compares what was observed with what must be. */
export function judge(observed: Observed): SoakReport {
  const { jobs, wrong, convicted, liars, paidLies, open, conserved, broken, purses, growth } = observed;
  const faults = [
    ...(jobs === 0 ? ["no job was done"] : []),
    ...wrong.map((job) => `the outputs of ${job} are wrong`),
    ...convicted.filter((name) => !liars.includes(name)).map((name) => `${name} was convicted, and is honest`),
    ...paidLies.map((claim) => `the lie in claim ${claim} was paid`),
    ...open.map((claim) => `claim ${claim} has no end`),
    ...(conserved ? [] : ["SNM are missing, or more than there were"]),
    ...broken,
    ...purses.flatMap(({ name, after, least, most }) => {
      if (after < least) return [`${name} has ${showSnm(after)}, and must have ${showSnm(least)}`];
      return most !== undefined && after > most ? [`${name} has ${showSnm(after)}, and paid too little`] : [];
    }),
    ...growth.filter(({ flat }) => !flat).map(({ name }) => `memory or files of ${name} grow`),
  ];
  return { ...observed, faults };
}

const mebibytes = (bytes: number) => grouped(Math.round(bytes / 2 ** 20));

/** The report for people. */
export function shown(report: SoakReport, paint: Paint): string[] {
  const { jobs, units, convicted, troubles, purses, growth, faults, seconds, seed } = report;
  const honest = purses.filter(({ most }) => most === undefined);
  const troubled = Object.entries(troubles).map(([kind, count]) => `${count} ${kind}`);
  return [
    "",
    `  ${grouped(jobs)} jobs of ${grouped(units)} units in ${grouped(seconds)} s, ${convicted.length} convictions, seed ${seed}`,
    `  troubles: ${troubled.join(", ")}`,
    "",
    ...table(
      ["SNM, stakes included", "before", "after"],
      honest.map(({ name, before, after }) => [name, showSnm(before), showSnm(after)]),
    ).map((line) => `  ${line}`),
    "",
    ...table(
      ["MiB and files, most of", "first third", "last third", "first third", "last third"],
      growth.map(({ name, rss, files }) => [name, ...rss.map(mebibytes), ...files.map(grouped)]),
    ).map((line) => `  ${line}`),
    "",
    ...(faults.length === 0
      ? [`  ${paint("green", "✓")} everybody has what it must have, every SNM is accounted for`]
      : faults.map((fault) => `  ${paint("red", "✗")} ${fault}`)),
    "",
  ];
}
