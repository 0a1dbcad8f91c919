// Files named on the command line.
import { readFile, writeFile } from "node:fs/promises";
import { Failure } from "@sonm/protocol/values/failure";

const reasons: Readonly<Record<string, readonly [why: string, todo: string]>> = {
  ENOENT: ["there is no such file", "check the path"],
  EISDIR: ["it is a folder", "name a file"],
  EEXIST: ["it exists, and could be anything", "name another file"],
  EACCES: ["you may not access it", "check its permissions"],
};

function failure(what: string, cause: unknown): Failure {
  const error = cause as NodeJS.ErrnoException;
  const [why, todo] = reasons[error.code ?? ""] ?? [error.message, "check the path"];
  return new Failure(what, why, todo, { cause });
}

/** @throws Failure if the file cannot be read */
export async function readNamedFile(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
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
    throw failure(`Cannot write ${path}`, cause);
  }
}
