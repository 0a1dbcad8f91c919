import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { publishedManifest } from "../../../scripts/pack/manifest.ts";

describe("a published package.json", () => {
  const developed = {
    name: "x",
    version: "1.2.3",
    private: true,
    workspaces: ["y"],
    scripts: { postinstall: "node compile.js" },
    imports: { "#main": "./main.ts", "#root/*": "./*" },
    exports: { ".": "./public.ts", "./values/*": "./values/*.ts", "./package.json": "./package.json" },
    bin: { x: "./develop.js" },
    dependencies: { viem: "2.0.0" },
    devDependencies: { hardhat: "3.0.0" },
  };

  it("names compiled JavaScript, and leaves out what is only for developing", () => {
    assert.deepEqual(publishedManifest(developed), {
      name: "x",
      version: "1.2.3",
      bin: { x: "./develop.js" },
      imports: { "#main": "./main.js", "#root/*": "./*" },
      exports: { ".": "./public.js", "./values/*": "./values/*.js", "./package.json": "./package.json" },
      dependencies: { viem: "2.0.0" },
    });
  });

  it("takes changes", () => {
    assert.deepEqual(publishedManifest(developed, { bin: { x: "./x.js" } }).bin, { x: "./x.js" });
  });
});
