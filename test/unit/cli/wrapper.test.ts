// The `sonm` command is two processes: one finds the right Node, the other works. They end together.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { folderForTest, ownEnvironment, root } from "./sonm.ts";

const folder = folderForTest();
after(() => rmSync(folder, { recursive: true, force: true }));

/** A store, started as people do, and its URL. */
async function startStore() {
  const args = [join(root, "offchain/cli/sonm.js"), "store", "start", "--port", "0", "--data", folder, "--json"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"], env: ownEnvironment() });
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  return { child, url: JSON.parse(line).url as string };
}

const answers = (url: string) =>
  fetch(url).then(
    () => true,
    () => false,
  );

for (const signal of ["SIGKILL", "SIGTERM"] as const) {
  test(`U11: what sonm has started ends with it after ${signal}`, async () => {
    const { child, url } = await startStore();
    assert.equal(await answers(url), true);
    child.kill(signal);
    for (let look = 0; look < 100 && (await answers(url)); look++) await new Promise((done) => setTimeout(done, 100));
    assert.equal(await answers(url), false);
  });
}

test("a verb that has done its work is not held up, and its exit code is passed on", async () => {
  const ended = async (...args: string[]) => {
    const child = spawn(process.execPath, [join(root, "offchain/cli/sonm.js"), ...args], {
      stdio: "ignore",
      env: ownEnvironment(),
    });
    const [code] = await once(child, "exit");
    return code;
  };
  assert.equal(await ended("machine", "run", join(root, "guest/bin/render")), 2);
  assert.equal(await ended("--version"), 0);
});
