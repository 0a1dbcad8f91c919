// Database files: all or nothing is written, and what is in the way is told in words, because SQLite's own do not say what to do.
import type { DatabaseSync } from "node:sqlite";
import { Failure } from "@sonm/protocol/values/failure";

type Remedy = readonly [why: string, todo: string];

const DAMAGED: Remedy = [
  "it is damaged, or another kind of file",
  "put a copy in its place. Without one, move it away: then it begins anew, and what was promised, owed or under way is forgotten",
];
const DISK_FULL: Remedy = [
  "the disk is full",
  "make room. Nothing that was written is lost, and a role at work goes on by itself",
];

/** SQLite's primary result codes for a lock that another connection has, and for a full disk: https://www.sqlite.org/rescode.html */
const [BUSY, FULL] = [5, 13];

/** By SQLite's primary result codes. */
const byResult: Readonly<Record<number, Remedy>> = {
  3: ["it may not be used", "check the rights of the file and of its folder"],
  [BUSY]: ["another process has it open", "stop the other process that uses it"],
  6: ["another process has it open", "stop the other process that uses it"],
  8: ["it may not be written", "check the rights of the file and of its folder"],
  10: ["its disk does not work as it should", "check the disk and whether it is full, then start again"],
  11: DAMAGED,
  [FULL]: DISK_FULL,
  14: ["there is no way to it", "check that its path leads to a file, and the rights of its folder"],
  26: DAMAGED,
};

/** By the codes of the operating system. */
const byCode: Readonly<Record<string, Remedy>> = {
  ENOENT: ["its folder cannot be made", "name another folder"],
  EACCES: ["you may not use its folder", "check the folder's rights"],
  EEXIST: ["a file is where its folder should be", "name another folder, or move that file away"],
  ENOTDIR: ["a file is where its folder should be", "name another folder, or move that file away"],
  EROFS: ["its disk may only be read", "name another folder"],
  ENOSPC: DISK_FULL,
  EDQUOT: DISK_FULL,
};

/** SQLite's primary result code; undefined for an error that is not SQLite's. */
function resultOf(error: unknown): number | undefined {
  const { code, errcode } = (error ?? {}) as { code?: string; errcode?: number };
  return code === "ERR_SQLITE_ERROR" ? (errcode ?? 0) & 0xff : undefined;
}

/** Whether another connection, most likely of another process, has the lock. */
export function isBusy(error: unknown): boolean {
  return resultOf(error) === BUSY;
}

/** Whether there is no room on the disk, be it for a database or for another file. */
export function isDiskFull(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: string };
  return resultOf(error) === FULL || byCode[code ?? ""] === DISK_FULL;
}

/** All changes of `action`, or none. */
export function together<T>(database: DatabaseSync, action: () => T): T {
  database.exec("begin immediate");
  try {
    const result = action();
    database.exec("commit");
    return result;
  } catch (error) {
    // SQLite has done it by itself if the disk is full.
    if (database.isTransaction) database.exec("rollback");
    throw error;
  }
}

/** Why `what` (such as "The journal x cannot be opened") has happened. A `Failure` already says so, and any other fault stays as it is. */
export function databaseFailure(what: string, cause: unknown): unknown {
  const { code, message } = cause as { code?: string; message?: string };
  const result = resultOf(cause);
  const remedy = result === undefined ? byCode[code ?? ""] : byResult[result];
  if (remedy) return new Failure(what, `${remedy[0]} (${message})`, remedy[1], { cause });
  if (result === undefined) return cause;
  return new Failure(what, message ?? "SQLite does not say why", "check the file and its disk", { cause });
}

/** A file that no process could have left like this. */
export function damaged(what: string, how: string): Failure {
  return new Failure(what, `${DAMAGED[0]} (${how})`, DAMAGED[1]);
}

/** A folder where the file should be. */
export function folderInstead(what: string): Failure {
  return new Failure(what, "it is a folder", "name another data folder, or move that folder away");
}
