// The files that `--input` names: a file, all files of a folder, or those that a pattern matches. Each is a unit.
import { globSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "@sonm/protocol/values/failure";

const PATTERN = /[*?[\]{}]/;

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function filesOf(given: string): string[] {
  const found = statSync(given, { throwIfNoEntry: false });
  const paths = found?.isDirectory()
    ? readdirSync(given).map((name) => join(given, name))
    : found || !PATTERN.test(given)
      ? [given]
      : globSync(given);
  const files = found && !found.isDirectory() ? paths : paths.filter(isFile).sort();
  if (files.length > 0) return files;
  const why = found ? "there is no file in it" : PATTERN.test(given) ? "it matches no file" : "there is no such file";
  throw new Failure(`--input ${given} names nothing`, why, "name a file, a folder of files, or a pattern in quotes");
}

/** All files in the order of the options; those of a folder or pattern by their names. @throws Failure if an option names none */
export function inputFiles(given: readonly string[]): string[] {
  return given.flatMap(filesOf);
}
