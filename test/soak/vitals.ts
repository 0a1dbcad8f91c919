// Memory and open files of processes, as Linux tells them in /proc.
import { readdirSync, readFileSync } from "node:fs";

export type Vital = { readonly at: number; readonly rss: number; readonly files: number };

/** Resident bytes and open files of a process; undefined if it is gone or this is not Linux. */
export function vitalOf(pid: number, at: number): Vital | undefined {
  try {
    const [, kibibytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return { at, rss: 1024 * Number(kibibytes), files: readdirSync(`/proc/${pid}/fd`).length };
  } catch {
    return undefined;
  }
}

/** The most of a process in its first and in its last third. */
export type Growth = {
  readonly name: string;
  readonly rss: readonly [before: number, after: number];
  readonly files: readonly [before: number, after: number];
  /** as far as it may grow */
  readonly flat: boolean;
};

/**
 * A process may take half as much again as in its first third, and this much more: garbage is collected late. What leaks with each
 * letter or look exceeds it in half an hour.
 */
const SLACK_BYTES = 96 * 2 ** 20;
const SLACK_FILES = 24;

/** In a shorter time the first third is the start-up, in which every process grows. */
const LEAST_SECONDS = 60;

/** How a process has grown; undefined if it was not looked at long enough to say. */
export function growthOf(name: string, vitals: readonly Vital[]): Growth | undefined {
  const third = Math.floor(vitals.length / 3);
  const seconds = (vitals.at(-1)?.at ?? 0) - (vitals[0]?.at ?? 0);
  if (third < 2 || seconds < LEAST_SECONDS) return undefined;
  const most = (part: readonly Vital[], what: "rss" | "files") => Math.max(...part.map((one) => one[what]));
  const [first, last] = [vitals.slice(0, third), vitals.slice(-third)];
  const rss = [most(first, "rss"), most(last, "rss")] as const;
  const files = [most(first, "files"), most(last, "files")] as const;
  const flat = rss[1] <= 1.5 * rss[0] + SLACK_BYTES && files[1] <= files[0] + SLACK_FILES;
  return { name, rss, files, flat };
}
