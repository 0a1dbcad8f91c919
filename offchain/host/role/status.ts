// The status file of a role: what it is doing, beside its journal, for whoever asks while the process runs and after it has ended.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { Failure } from "@sonm/protocol/values/failure";
import type { Happening, RoleEvent } from "./happenings.ts";

type Of<Kind extends Happening["kind"]> = Extract<Happening, { kind: Kind }>;

export type RoleStatus = {
  /** of its process, which need not run any more */
  readonly pid: number;
  /** real time at which the process began to work, unix seconds */
  readonly startedAt: number;
  /** real time at which it ended in order; null while it works, and for ever if it was killed */
  readonly endedAt: number | null;
  /** the chain's time at its last word, unix seconds */
  readonly at: number;
  /** what it last said that it does; null before it has looked */
  readonly doing: Of<"idle"> | Of<"busy"> | null;
  /** the latest failures, the newest last, with the chain's time */
  readonly failures: readonly (Of<"failed"> & { readonly at: number })[];
};

/** Its name in the data folder of a role. */
export const STATUS_FILE = "status.json";

/** Failures that are kept. */
const MOST_FAILURES = 5;

/** The status after an event. A failure of an action takes the place of an earlier one of the same action. */
export function statusAfter(status: RoleStatus, { role: _, name: __, at, ...happening }: RoleEvent): RoleStatus {
  switch (happening.kind) {
    case "idle":
    case "busy":
      return { ...status, at, doing: happening };
    case "failed": {
      const others = status.failures.filter(({ action }) => action !== happening.action);
      return { ...status, at, failures: [...others, { ...happening, at }].slice(-MOST_FAILURES) };
    }
    default:
      return { ...status, at };
  }
}

/** Begins a status file; `hear` keeps it up to date, `end` says that the process has ended in order. */
export function openStatus(file: string, now: () => number = () => Math.floor(Date.now() / 1000)) {
  let status: RoleStatus = {
    pid: process.pid,
    startedAt: now(),
    endedAt: null,
    at: 0,
    doing: null,
    failures: [],
  };
  let written = "";
  /** Readers find the old file or the new one, never a part. */
  function write(): void {
    const text = `${JSON.stringify(status)}\n`;
    if (text === written) return;
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
    written = text;
  }
  write();
  return {
    hear(event: RoleEvent): void {
      status = statusAfter(status, event);
      write();
    },
    end(): void {
      status = { ...status, endedAt: now() };
      write();
    },
  };
}

/** Reads a status file; undefined if there is none. @throws Failure if it is damaged */
export function readStatus(file: string): RoleStatus | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Failure(`The status in ${file} cannot be read`, (cause as Error).message, "check its rights", { cause });
  }
  try {
    return JSON.parse(text) as RoleStatus;
  } catch (cause) {
    throw new Failure(`The status in ${file} cannot be read`, "it is damaged", "start the role again", { cause });
  }
}

/** Whether the process of a status works now. */
export function isRunning({ pid, endedAt }: RoleStatus): boolean {
  if (endedAt !== null) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, but another user's.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
