// The files that `sonm run --input` names.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { inputFiles } from "../../../../offchain/cli/buyer/inputs.ts";
import { folderForTest } from "../sonm.ts";

const folder = folderForTest();
const at = (...parts: string[]) => join(folder, ...parts);
mkdirSync(at("parts", "below"), { recursive: true });
mkdirSync(at("empty"));
for (const name of ["b.txt", "a.txt", "c.bin", "odd[1].txt"]) writeFileSync(at("parts", name), name);

test("U13: a file is itself, a folder its files by name, a pattern what it matches", () => {
  assert.deepEqual(inputFiles([at("parts", "b.txt"), at("parts", "a.txt")]), [
    at("parts", "b.txt"),
    at("parts", "a.txt"),
  ]);
  const all = ["a.txt", "b.txt", "c.bin", "odd[1].txt"].map((name) => at("parts", name));
  assert.deepEqual(inputFiles([at("parts")]), all);
  assert.deepEqual(inputFiles([at("parts", "?.txt")]), all.slice(0, 2));
  assert.deepEqual(
    inputFiles([at("parts", "odd[1].txt")]),
    [at("parts", "odd[1].txt")],
    "a file comes before a pattern",
  );
});

test("U13: an input that names nothing is refused", () => {
  for (const [given, why] of [
    [at("nothing"), "there is no such file"],
    [at("*.txt"), "it matches no file"],
    [at("empty"), "there is no file in it"],
  ] as const) {
    assert.throws(() => inputFiles([given]), { what: `--input ${given} names nothing`, why });
  }
});
