// What is in the way of a database file, in words: SQLite's own do not say what to do.
import { Failure } from "@sonm/protocol/values/failure";

type Remedy = readonly [why: string, todo: string];

const DAMAGED: Remedy = [
  "it is damaged, or no journal at all",
  "put a copy in its place. Without one, move it away: the role then begins anew, and has forgotten what it promised and is owed",
];
const DISK_FULL: Remedy = [
  "the disk is full",
  "make room. Nothing that was written is lost, and a role at work goes on by itself",
];

/** By SQLite's primary result codes: https://www.sqlite.org/rescode.html */
const byResult: Readonly<Record<number, Remedy>> = {
  3: ["it may not be used", "check the rights of the file and of its folder"],
  5: ["another process has it open", "stop the other process that uses it"],
  6: ["another process has it open", "stop the other process that uses it"],
  8: ["it may not be written", "check the rights of the file and of its folder"],
  10: ["its disk does not work as it should", "check the disk and whether it is full, then start again"],
  11: DAMAGED,
  13: DISK_FULL,
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

/** Why `what` (such as "The journal x cannot be opened") has happened. A `Failure` already says so, and any other fault stays as it is. */
export function databaseFailure(what: string, cause: unknown): unknown {
  const { code, errcode, message } = cause as { code?: string; errcode?: number; message?: string };
  const remedy = code === "ERR_SQLITE_ERROR" ? byResult[(errcode ?? 0) & 0xff] : byCode[code ?? ""];
  if (remedy) return new Failure(what, `${remedy[0]} (${message})`, remedy[1], { cause });
  if (code !== "ERR_SQLITE_ERROR") return cause;
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
