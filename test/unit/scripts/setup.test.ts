// The set-up that `npm start` and `npm test` do by themselves, on a clone with installed packages and a fake compiler.
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";

/** Writes down that it runs, and compiles only when the test allows it. */
const COMPILER = `#!/bin/sh
echo $$ >> compiled
while [ ! -e go ] && [ -e compiled ]; do sleep 0.05; done
mkdir -p artifacts
`;

describe("set-up", () => {
  let directory: string;
  let clone: string;
  const running: ChildProcess[] = [];
  before(() => {
    directory = mkdtempSync(join(tmpdir(), "sonm-setup-test-"));
    clone = join(directory, "clone");
    const put = (file: string, text: string) => {
      mkdirSync(dirname(join(clone, file)), { recursive: true });
      writeFileSync(join(clone, file), text);
    };
    const packages = { "package.json": `{"type":"module"}`, "package-lock.json": "{}" };
    for (const [file, text] of Object.entries(packages)) put(file, text);
    put("hardhat.config.ts", "");
    put("contracts/One.sol", "");
    put("test/doubles/Two.sol", "");
    put("artifacts/contracts/One.sol/One.json", "{}");
    put("artifacts/contracts/Gone.sol/Gone.json", "{}");
    put("node_modules/hardhat/package.json", "{}");
    put("node_modules/.bin/hardhat", COMPILER);
    chmodSync(join(clone, "node_modules/.bin/hardhat"), 0o755);
    symlinkSync(process.execPath, join(clone, "node_modules/.bin/node"));
    const stamp = createHash("sha256");
    for (const [file, text] of Object.entries(packages)) stamp.update(`${file}\0${text}\0`);
    put("node_modules/.sonm/packages", stamp.digest("hex"));
    put("scripts/solc.cjs", "");
    copyFileSync(new URL("../../../scripts/setup.js", import.meta.url), join(clone, "scripts/setup.js"));
  });
  after(() => {
    for (const child of running) child.kill("SIGKILL");
    rmSync(directory, { recursive: true, force: true });
  });

  function start(settings: NodeJS.ProcessEnv = {}) {
    const env = { ...process.env, TMPDIR: directory, ...settings };
    const child = spawn(process.execPath, [join(clone, "scripts/setup.js")], {
      env,
      stdio: ["ignore", "ignore", "pipe"],
    });
    running.push(child);
    const setup = { child, told: "", done: once(child, "close") };
    child.stderr.on("data", (text) => {
      setup.told += text;
    });
    return setup;
  }

  async function until(what: string, holds: () => boolean): Promise<void> {
    for (let i = 0; i < 2_000 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(holds(), what);
  }

  /** processes that have compiled */
  const compilers = () => readFileSync(join(clone, "compiled"), "utf8").trim().split("\n").map(Number);
  const compilations = () => compilers().length;
  const runs = (pid: number) => spawnSync("kill", ["-0", `${pid}`]).status === 0;

  it("is done once by two processes at the same time, and anew after one that was killed", async () => {
    const killed = start();
    await until("the first one compiles", () => existsSync(join(clone, "compiled")));
    killed.child.kill("SIGKILL");
    await killed.done;
    const [orphan = 0] = compilers();
    await until("U11: what the killed one has begun ends too", () => !runs(orphan));

    const first = start();
    await until("the next one takes the place of the killed one", () => compilations() === 2);
    const second = start();
    await until("the second one waits", () => second.told.includes("Waiting for another process"));
    assert.equal(compilations(), 2);
    writeFileSync(join(clone, "go"), "");
    assert.deepEqual(
      [await first.done, await second.done],
      [
        [0, null],
        [0, null],
      ],
      first.told + second.told,
    );
    assert.equal(compilations(), 2, "the second one found all done");
    const kept = ["One", "Gone"].filter((name) => existsSync(join(clone, `artifacts/contracts/${name}.sol`)));
    assert.deepEqual(kept, ["One"], "what was compiled from a file that is gone goes too");

    const third = start();
    assert.deepEqual(await third.done, [0, null]);
    assert.equal(third.told, "", "nothing to do, nothing to say");
  });

  it("installs what is for development too, where npm is told to leave that out", async () => {
    writeFileSync(join(clone, "package-lock.json"), `{"changed":true}`);
    const npm = join(clone, "npm.cjs");
    writeFileSync(npm, `require("node:fs").appendFileSync("asked", process.argv.slice(2).join(" ") + "\\n");`);
    const done = await start({ npm_execpath: npm, NODE_ENV: "production", npm_config_omit: "dev" }).done;
    assert.deepEqual(done, [0, null]);
    const asked = readFileSync(join(clone, "asked"), "utf8").trim().split("\n");
    assert.deepEqual(
      asked.map((args) => [args.split(" ")[0], args.includes("--include=dev")]),
      [
        ["ci", true],
        ["install", true],
      ],
    );
  });
});
