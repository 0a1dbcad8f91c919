import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { pathToFileURL } from "node:url";
import { fileOfOptional, fileOfPackage } from "../../../../offchain/host/access/package.ts";
import { root } from "../../cli/sonm.ts";

it("a file of the package is found from its root, whether it exists or not", () => {
  assert.equal(JSON.parse(readFileSync(fileOfPackage("package.json"), "utf8")).name, "sonm");
  assert.equal(fileOfPackage("artifacts/none.json").href, pathToFileURL(join(root, "artifacts/none.json")).href);
});

it("a file of a package that may be missing is found where that is installed", () => {
  assert.match(fileOfOptional("pngjs/package.json") ?? "", /node_modules\/pngjs\/package\.json$/);
  assert.equal(fileOfOptional("@foundry-rs/anvil-of-another-planet/bin/anvil"), undefined);
});
