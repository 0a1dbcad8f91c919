// Every event that the government declares is asserted somewhere with what it says: `["ratings", "Rated", { … }]`.
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The first group of each match in the files of a pattern. */
function found(files: string, pattern: RegExp): Set<string> {
  const texts = globSync(files, { cwd: root }).map((file) => readFileSync(join(root, file), "utf8"));
  return new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map((match) => match[1] ?? "")));
}

it("no event of the government is told unheard", () => {
  const declared = found("contracts/{hub,government}/*.sol", /^ {4}event (\w+)\(/gm);
  const asserted = found("test/{hub,government}/*.ts", /\[\s*"\w+",\s*"(\w+)",\s*[{\w]/g);
  assert.ok(declared.size >= 25, `only ${declared.size} events found`);
  assert.deepEqual([...declared].filter((event) => !asserted.has(event)).sort(), []);
});
