// The run-time dependencies of each npm package of the house are exactly the packages that its sources import.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { packages } from "./house.ts";
import { packageOf, root, sourcesBelow, specifiersOf } from "./sources.ts";

type Manifest = {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};

const manifestIn = (folder: string): Manifest => JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
const own = Object.values(packages);
const files = [...sourcesBelow("offchain"), ...sourcesBelow("verifier")];

/** Names of the npm packages that the sources of one of our packages import. */
function importedBy(folder: string): string[] {
  const sources = files.filter((file) => (packageOf(file) ?? "") === folder);
  assert.ok(sources.length > 0, `no sources of ${folder} found: the test looks in the wrong place`);
  const specifiers = sources.flatMap((file) => specifiersOf(readFileSync(join(root, file), "utf8")));
  const foreign = specifiers.filter((specifier) => !/^(\.|node:)/.test(specifier));
  return [...new Set(foreign.map((specifier) => specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/")))];
}

describe("dependencies", () => {
  for (const folder of ["", ...own]) {
    it(`of ${folder || "sonm"} are what its sources import`, () => {
      assert.deepEqual(importedBy(folder).sort(), Object.keys(manifestIn(folder).dependencies).sort());
    });
  }

  it("of all packages have one version each, which is exact", () => {
    const versions = new Map(Object.entries(packages).map(([name, at]) => [name, manifestIn(at).version]));
    for (const folder of ["", ...own]) {
      const { dependencies, optionalDependencies } = manifestIn(folder);
      for (const [name, version] of Object.entries({ ...dependencies, ...optionalDependencies })) {
        assert.match(version, /^\d+\.\d+\.\d+$/, name);
        assert.equal(version, versions.get(name) ?? version, name);
        versions.set(name, version);
      }
    }
  });

  it("are all that comes with an installed sonm: no compiler, no framework for tests", () => {
    const names = ["", ...own].flatMap((folder) => Object.keys(manifestIn(folder).dependencies));
    assert.deepEqual(
      names.filter((name) => /hardhat|solc|typescript|openzeppelin/.test(name)),
      [],
    );
  });
});
