// The documents are read in terminals and beside the code: no line is longer than 120 columns, tables apart.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../cli/sonm.ts";

for (const file of ["README.md", "contracts/PROTOCOL.md"])
  test(`${file} has short lines`, () => {
    const lines = readFileSync(join(root, file), "utf8").split("\n");
    assert.deepEqual(
      lines.filter((line) => line.length > 120 && !line.startsWith("|")),
      [],
    );
  });
