// Every event that a contract declares is emitted, and some test asserts it with its values: `["ratings", "Rated", { … }]`.
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { it } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** The folder of each contract, by its name in tests. No folder declares two events with the same name. */
const folders: Readonly<Record<string, string>> = {
  bisection: "bisection",
  ...{ deposits: "result", results: "result" },
  board: "job",
  ...{ factory: "hub", whitelist: "hub", wallet: "hub", ratings: "hub" },
  ...{ parameters: "government", treasury: "government" },
};

/** `folder Event` for each match of the pattern in the files. */
function found(files: string, pattern: RegExp, folderOf: (path: string, match: RegExpExecArray) => string): string[] {
  return globSync(files, { cwd: root }).flatMap((path) =>
    [...readFileSync(join(root, path), "utf8").matchAll(pattern)].map(
      (match) => `${folderOf(path, match)} ${match.groups?.event}`,
    ),
  );
}

const folder = (path: string) => basename(dirname(path));
const declared = found("contracts/**/*.sol", /^ {4}event (?<event>\w+)\(/gm, folder);
const emitted = new Set(found("contracts/**/*.sol", /\bemit (?<event>\w+)\(/g, folder));
const asserted = new Set(
  found(
    "test/**/*.ts",
    /\[\s*"(?<by>\w+)",\s*"(?<event>\w+)",\s*[{\w]/g,
    (_, match) => folders[match.groups?.by ?? ""] ?? "",
  ),
);

it("no two events of one folder have the same name, and all contracts' are found", () => {
  assert.equal(new Set(declared).size, declared.length);
  assert.ok(declared.length >= 47, `only ${declared.length} events found`);
});

it("no event is declared that nothing emits", () => {
  assert.deepEqual(declared.filter((event) => !emitted.has(event)).sort(), []);
});

it("no event is told unheard", () => {
  assert.deepEqual(declared.filter((event) => !asserted.has(event)).sort(), []);
});
