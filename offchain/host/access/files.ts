// Files and folders named on the command line.
import { existsSync } from "node:fs";
import { mkdtemp, open, readFile, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { Failure } from "@sonm/protocol/values/failure";
import { makeFolders } from "../disk/folders.ts";

/** Stands for standard input where a file is read. */
const STDIN = "-";

type Reason = readonly [why: string, todo: string];

const reasons: Readonly<Record<string, Reason>> = {
  ENOENT: ["there is no such file", "check the path"],
  EISDIR: ["it is a folder", "name a file"],
  ENOTDIR: ["a part of its path is a file", "check the path"],
  EEXIST: ["it exists, and could be anything", "name another file"],
  EACCES: ["you may not access it", "check its permissions"],
  EROFS: ["its disk may only be read", "name another place"],
  ENOSPC: ["there is no room on its disk", "make room, or name another place"],
};

/** For what is to be made. A folder such as /proc is there, and takes nothing. */
function reasonToMake(path: string, code: string | undefined): Reason | undefined {
  if (code !== "ENOENT") return undefined;
  return existsSync(dirname(path))
    ? ["nothing can be made in its folder", "name another place"]
    : ["its folder is not there", "make the folder, or check the path"];
}

function failure(what: string, cause: unknown, special?: Reason): Failure {
  const error = cause as NodeJS.ErrnoException;
  const [why, todo] = special ?? reasons[error.code ?? ""] ?? [error.message, "check the path"];
  return new Failure(what, why, todo, { cause });
}

function cannotWrite(path: string, cause: unknown): Failure {
  return failure(`Cannot write ${path}`, cause, reasonToMake(path, (cause as NodeJS.ErrnoException).code));
}

/**
 * Reads a file; `-` is standard input, to its end.
 * @throws Failure if it cannot be read
 */
export async function readNamedFile(path: string): Promise<Uint8Array> {
  try {
    return path === STDIN ? await buffer(process.stdin) : await readFile(path);
  } catch (cause) {
    throw failure(`Cannot read ${path}`, cause);
  }
}

/**
 * @param flag `wx` for a file that must be new
 * @throws Failure if the file cannot be written
 */
export async function writeNamedFile(path: string, bytes: Uint8Array, flag: "w" | "wx" = "w"): Promise<void> {
  try {
    await writeFile(path, bytes, { flag });
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
}

/**
 * Finds out whether a file could be written, before there is anything to write. Leaves everything as it was.
 * @throws Failure if it cannot
 */
export async function requireWritable(path: string): Promise<void> {
  try {
    const before = existsSync(path) ? await stat(path) : undefined;
    // Who reads from a pipe would take a first look for all there is.
    if (before && !before.isFile() && !before.isDirectory()) return;
    await (await open(path, "a")).close();
    if (before === undefined) await rm(path);
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
}

/**
 * Makes a folder, if it is not there, and finds out whether files can be made in it.
 * @throws Failure if not
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    makeFolders(path);
    await rmdir(await mkdtemp(join(path, ".sonm-")));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const isFile = code === "EEXIST" || code === "ENOTDIR";
    const special: Reason | undefined = isFile
      ? ["it is a file, or a part of its path is", "name a folder"]
      : code === "ENOENT"
        ? ["nothing can be made there", "name another place"]
        : undefined;
    throw failure(`Cannot write to the folder ${path}`, cause, special);
  }
}
