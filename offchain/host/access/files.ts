// Files and folders named on the command line.
import { createReadStream, existsSync } from "node:fs";
import { mkdtemp, open, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { Failure } from "@sonm/protocol/values/failure";
import { makeFolders } from "../disk/folders.ts";

/** Stands for standard input where a file is read. */
const STDIN = "-";
/** Bytes of a file: as many as a store takes of one piece of content. A device such as /dev/zero has no end. */
const MOST_BYTES = 512 * 2 ** 20;

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

async function partsOf(source: Readable, most: number): Promise<Uint8Array[] | undefined> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of source) {
    size += part.length;
    if (size > most) return undefined;
    parts.push(part);
  }
  return parts;
}

/**
 * Reads a file; `-` is standard input, to its end.
 * @param most bytes that it may have
 * @throws Failure if it cannot be read, or has more
 */
export async function readNamedFile(path: string, most = MOST_BYTES): Promise<Uint8Array> {
  const what = `Cannot read ${path}`;
  let parts: Uint8Array[] | undefined;
  try {
    parts = await partsOf(path === STDIN ? process.stdin : createReadStream(path), most);
  } catch (cause) {
    throw failure(what, cause);
  }
  if (parts) return Buffer.concat(parts);
  throw new Failure(what, `it has more than ${most} bytes`, "name a smaller file");
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
