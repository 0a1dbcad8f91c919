// What a process leaves behind that is killed: nothing.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { inGuardedFolder } from "../../../offchain/devnet/guard.ts";

const place = mkdtempSync(join(tmpdir(), "sonm-guard-"));
after(() => rmSync(place, { recursive: true, force: true }));
const module = (path: string) => JSON.stringify(new URL(`../../../offchain/devnet/${path}`, import.meta.url).href);

/** Whether a process is at work. One that has ended is still listed until its parent has asked for its exit code. */
function works(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch (error) {
    // A system without /proc has at least answered that there is one.
    return (error as NodeJS.ErrnoException).syscall === "open" && existsSync("/proc") === false;
  }
}

/** Resolves when `holds`; fails after ten seconds. */
async function soon(holds: () => boolean, what: string): Promise<void> {
  for (let look = 0; look < 200; look++) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(what);
}

/** Runs a script that prints one line of JSON, and ends it by a signal. */
async function killed<T>(script: string, signal: NodeJS.Signals): Promise<T> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  child.kill(signal);
  await ended;
  return JSON.parse(line);
}

for (const signal of ["SIGKILL", "SIGTERM"] as const) {
  test(`U11: after ${signal} the children end, and the folder of keys is gone`, async () => {
    const { pid, ended, folder } = await killed<{ pid: number; ended: number; folder: string }>(
      `import { spawn } from "node:child_process";
      import { once } from "node:events";
      import { mkdtempSync, writeFileSync } from "node:fs";
      const { guardChild, guardFolder } = await import(${module("guard.ts")});
      const folder = mkdtempSync(${JSON.stringify(join(place, "keys-"))});
      writeFileSync(folder + "/key.json", "{}");
      guardFolder(folder);
      const [lasting, short] = [spawn("sleep", ["600"]), spawn("sleep", ["0"])];
      guardChild(lasting);
      guardChild(short);
      await once(short, "exit");
      console.log(JSON.stringify({ pid: lasting.pid, ended: short.pid, folder }));`,
      signal,
    );
    await soon(() => !works(pid), "the child still works");
    assert.equal(works(ended), false);
    await soon(() => !existsSync(folder), "the folder is still there");
  });
}

test("U11: a chain ends with its parent that was killed", async () => {
  const { pid } = await killed<{ pid: number }>(
    `import { execFileSync } from "node:child_process";
    const { startAnvil } = await import(${module("anvil.ts")});
    await startAnvil();
    const listed = execFileSync("ps", ["-o", "pid=,comm=", "--ppid", String(process.pid)], { encoding: "utf8" });
    console.log(JSON.stringify({ pid: Number(/(\\d+) anvil/.exec(listed)[1]) }));`,
    "SIGKILL",
  );
  await soon(() => !works(pid), "the chain still works");
});

test("U11: a process that has nothing left to guard ends by itself, and what it gave back is not touched", async () => {
  const script = `import { mkdtempSync } from "node:fs";
    const { guardFolder } = await import(${module("guard.ts")});
    const folder = mkdtempSync(${JSON.stringify(join(place, "kept-"))});
    guardFolder(folder).removed();
    console.log(folder);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  await once(child, "exit");
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(existsSync(line), true);
});

test("a guarded folder lasts as long as what it is for, however that ends", async () => {
  let folder = "";
  const live = async (given: string) => {
    folder = given;
    assert.equal(existsSync(folder), true);
    return 7;
  };
  assert.equal(await inGuardedFolder("sonm-guard-", live), 7);
  assert.equal(existsSync(folder), false);
  const fails = inGuardedFolder("sonm-guard-", async (given) => {
    await live(given);
    throw new Error("it fails");
  });
  await assert.rejects(fails, /it fails/);
  assert.equal(existsSync(folder), false);
});
