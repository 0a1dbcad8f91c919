// A lock between processes: one has it, others learn who, and it ends with its process however that ends.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { holderOf, showHolder, tryLock } from "../../../../offchain/host/disk/lock.ts";

const directory = mkdtempSync(join(tmpdir(), "sonm-lock-"));
after(() => rmSync(directory, { recursive: true }));
const module = new URL("../../../../offchain/host/disk/lock.ts", import.meta.url);

test("one has it at a time, in one process too, until it is given back", () => {
  const path = join(directory, "folder", "one");
  const release = tryLock(path, "miner");
  assert.ok(release);
  assert.deepEqual(holderOf(path), { pid: process.pid, as: "miner" });
  assert.equal(tryLock(path, "hub"), undefined);
  assert.deepEqual(holderOf(path), { pid: process.pid, as: "miner" }, "who does not get it says nothing");
  release();
  release();
  assert.equal(holderOf(path), undefined);
  const again = tryLock(path, "hub");
  assert.ok(again);
  again();
});

test("a killed process has it no longer, and is named until then", { timeout: 30_000 }, async () => {
  const path = join(directory, "killed");
  const script = `
    const { tryLock } = await import(${JSON.stringify(module.href)});
    tryLock(${JSON.stringify(path)}, "verifier");
    console.log("has it");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "ignore"] });
  await once(child.stdout, "data");
  assert.equal(tryLock(path, "miner"), undefined);
  assert.equal(showHolder(holderOf(path)), `process ${child.pid} (verifier)`);
  child.kill("SIGKILL");
  await once(child, "close");
  const release = tryLock(path, "miner");
  assert.ok(release, "nothing stale is left");
  release();
});

test("who has it without having said so is another process", () => {
  assert.equal(showHolder(holderOf(join(directory, "nowhere"))), "another process");
});
