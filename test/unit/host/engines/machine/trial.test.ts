// U4: the machine says how a run ends without a job and without keeping anything of it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { zeroAddress } from "viem";
import { NeedsMoreMemory } from "../../../../../offchain/host/engines/engine.ts";
import { createMachineEngine } from "../../../../../offchain/host/engines/machine/machine-engine.ts";
import { tryOut } from "../../../../../offchain/host/engines/machine/trial.ts";
import { folderForTest, wordcount } from "../../../cli/sonm.ts";
import { programOf, word } from "../../../protocol/machine/assemble.ts";
import { elfFile } from "../../../protocol/machine/elf-file.ts";
import { PAGE_FILLER } from "../../../protocol/machine/programs.ts";

const engine = createMachineEngine({ machine: zeroAddress, fetch: () => assert.fail("nothing is fetched") });
after(() => engine.stop());
const image = readFileSync(wordcount);
const input = new TextEncoder().encode("one two two");

test("U4: a program that ends says after how many steps and with which exit code", async () => {
  const { steps, exitCode, fault } = await engine.tryOut(image, input, 8);
  assert.ok(steps > 100 && steps < 8 ** 8);
  assert.deepEqual([exitCode, fault], [0, undefined]);
  assert.equal((await engine.tryOut(image, new Uint8Array(5000), 8)).exitCode, 0);
});

test("U4: a program that does not end is stopped after its steps, not one later", async () => {
  const { steps, halt, exitCode, fault } = await engine.tryOut(image, input, 2);
  assert.deepEqual({ steps, halt, exitCode, fault }, { steps: 64, halt: 0, exitCode: undefined, fault: undefined });
});

test("U4: a fault is told in words", () => {
  const program = { entry: 0x10000, segments: [] };
  const { done, value } = tryOut({ program, input, exponent: 8, memory: 2 ** 20 }).next();
  assert.ok(done);
  const { steps, exitCode, fault } = value;
  assert.deepEqual([steps, exitCode], [1, undefined]);
  assert.match(fault ?? "", /^illegal instruction at 0x00010000/);
});

const pages = elfFile(PAGE_FILLER);
const endless = elfFile(programOf([word("jal", { imm: 0 })]));

test("G5: a trial takes no more memory than it may, and none of the process that asks for it", async () => {
  const before = process.memoryUsage().rss;
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss - before);
  }, 20);
  // 4 KiB for every fourth step.
  assert.equal((await engine.tryOut(pages, input, 6)).steps, 8 ** 6);
  clearInterval(timer);
  assert.ok(most < 100 * 2 ** 20, `${most} bytes`);
  const weak = createMachineEngine({
    machine: zeroAddress,
    fetch: () => assert.fail("nothing is fetched"),
    memory: 64,
  });
  await assert.rejects(
    weak.tryOut(pages, input, 6),
    (error) => error instanceof NeedsMoreMemory && error.given === 2 ** 26,
  );
  assert.equal((await weak.tryOut(image, input, 8)).exitCode, 0);
});

test("U4: a long trial says how far it has come, and is stopped with its engine", async () => {
  const stopped = createMachineEngine({ machine: zeroAddress, fetch: () => assert.fail("nothing is fetched") });
  const said: number[] = [];
  const trial = stopped.tryOut(endless, input, 16, (steps) => {
    said.push(steps);
    if (said.length === 2) void stopped.stop();
  });
  await assert.rejects(trial, /The trial was not finished: it was stopped/);
  assert.deepEqual(said.slice(0, 2), [2 ** 24, 2 ** 25]);
});

/** The processes of which this one is the parent, and whether they still run: what has ended may wait to be noticed. */
const childrenOf = (pid: number) =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number);
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

test("U11: a trial ends with the process that has asked for it, however that ends", async () => {
  const module = new URL("../../../../../offchain/host/engines/machine/machine-engine.ts", import.meta.url).href;
  const script = `
    const { createMachineEngine } = await import(${JSON.stringify(module)});
    const engine = createMachineEngine({ machine: ${JSON.stringify(zeroAddress)}, fetch() {} });
    const image = Buffer.from(${JSON.stringify(Buffer.from(endless).toString("hex"))}, "hex");
    await engine.tryOut(new Uint8Array(image), new Uint8Array(), 16, (steps) => console.log(steps));`;
  const file = join(folderForTest(), "trial.mjs");
  writeFileSync(file, script);
  const parent = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "inherit"] });
  await once(parent.stdout, "data");
  const children = childrenOf(parent.pid ?? assert.fail());
  assert.equal(children.filter(isRunning).length, 1);
  parent.kill("SIGKILL");
  for (let i = 0; i < 600 && children.some(isRunning); i++) await setTimeout(100);
  assert.deepEqual(children.filter(isRunning), []);
});
