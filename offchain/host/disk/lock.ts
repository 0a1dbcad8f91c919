// Locks between processes. A lock ends with the process that has it, however it ends, because it is one of SQLite's: nothing stale is left.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { integer, object, type Shape, text } from "@sonm/protocol/values/shape";
import { isBusy } from "./database.ts";
import { makeFolders } from "./folders.ts";

/** A process that has a lock. */
export type Holder = {
  readonly pid: number;
  /** what it is, for people, such as `miner` */
  readonly as: string;
};

/** For people: `process 4711 (miner)`. */
export function showHolder(holder: Holder | undefined): string {
  return holder ? `process ${holder.pid} (${holder.as})` : "another process";
}

const holder: Shape<Holder> = object({ pid: integer(1), as: text(100) });

/** What is known of the process that has a lock: it writes this beside the lock once it has it. */
export function holderOf(path: string): Holder | undefined {
  try {
    return holder(JSON.parse(readFileSync(`${path}.holder`, "utf8")), "the holder");
  } catch {
    return undefined;
  }
}

/**
 * Takes a lock. What it returns gives it back; undefined if somebody has it, be it in this process.
 * @param path a file for this lock alone; it is made, and its folder
 * @throws the system's error if there can be no such file
 */
export function tryLock(path: string, as: string): (() => void) | undefined {
  makeFolders(dirname(path));
  const database = new DatabaseSync(path);
  try {
    database.exec("begin exclusive");
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
  const beside = `${path}.holder`;
  try {
    writeFileSync(beside, JSON.stringify({ pid: process.pid, as } satisfies Holder));
  } catch {
    // It is for words only: the lock holds without it, on a full disk too.
  }
  return () => {
    if (!database.isOpen) return;
    rmSync(beside, { force: true });
    database.close();
  };
}
