import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { loadElf } from "@sonm/protocol/machine/elf";
import { inputRoot, programRoot } from "@sonm/protocol/machine/machine";
import { openOutput } from "@sonm/protocol/machine/output";
import { openTrace } from "@sonm/protocol/machine/trace";
import { contentIdOf } from "@sonm/protocol/result/delivery";
import { bytesToHex, hexToBytes } from "viem";
import { readWordCount } from "../../../../../offchain/devnet/programs/wordcount.ts";
import { DiskInTheWay } from "../../../../../offchain/host/disk/content-file.ts";
import { startExecutor } from "../../../../../offchain/host/engines/machine/executor.ts";
import { corruptionOf, type Lie, parseLie } from "../../../../../offchain/host/engines/machine/lie.ts";
import type { Computing, UnitRun } from "../../../../../offchain/host/engines/machine/tasks.ts";
import { PAGE_FILLER } from "../../../protocol/machine/programs.ts";

const program = loadElf(readFileSync(new URL("../../../../../guest/bin/wordcount", import.meta.url)));
const input = new TextEncoder().encode("to be or not to be");
const EXPONENT = 8;
const run: UnitRun = { program, input, exponent: EXPONENT };

const executor = startExecutor(2);
after(() => executor.stop());
const folder = mkdtempSync(join(tmpdir(), "sonm-executor-"));
after(() => rmSync(folder, { recursive: true }));
let files = 0;

/** Computes a unit, and reads its output. */
async function compute(unit: Computing) {
  const into = join(folder, `output ${files++}`);
  const { output: id, ...computed } = await executor.ask("compute", { ...unit, into });
  const output = new Uint8Array(readFileSync(into));
  assert.equal(id, contentIdOf(output));
  return { ...computed, output };
}
const honest = await compute({ run });

test("a unit is computed to its end, with a proof of its output", () => {
  assert.equal(honest.exitCode, 0);
  assert.equal(readWordCount(honest.output).words, 6);
  const ending = openOutput(hexToBytes(honest.resultHash), honest.output, honest.proof);
  assert.equal(ending.steps, honest.steps);
});

test("U9: a unit that a trap ends says which instruction it was", async () => {
  const { fault, exitCode } = await executor.ask("compute", {
    run: { program: { entry: 0x1_0000, segments: [] }, input, exponent: 2 },
  });
  assert.equal(exitCode, undefined);
  assert.equal(
    fault,
    "illegal instruction at 0x00010000: 0x00000000 .word 0x00000000, no code is there: memory is zero",
  );
  assert.equal(honest.fault, undefined);
});

test("tasks wait for a free thread and come back to whoever asked", async () => {
  const inputs = ["a", "b b", "c c c", "d d d d", "e e e e e"].map((text) => new TextEncoder().encode(text));
  const results = await Promise.all(inputs.map((input) => compute({ run: { ...run, input } })));
  assert.deepEqual(
    results.map(({ output }) => readWordCount(output).words),
    [1, 2, 3, 4, 5],
  );
});

test("roots are those of the machine", async () => {
  assert.equal(await executor.ask("programRoot", program), bytesToHex(programRoot(program)));
  for (const one of [input, new Uint8Array()]) {
    const known = { id: contentIdOf(one), root: bytesToHex(inputRoot(one)) };
    assert.deepEqual(await executor.ask("inputRoot", one), known);
    const path = join(folder, "input");
    writeFileSync(path, one);
    assert.deepEqual(await executor.ask("inputRoot", { path, length: one.length }), known);
  }
});

test("G5: a unit whose input is a file has the same result, and its output is checked in a file", async () => {
  const path = join(folder, "input of a unit");
  writeFileSync(path, input);
  const { resultHash, output, proof } = await compute({ run: { ...run, input: { path, length: input.length } } });
  assert.equal(resultHash, honest.resultHash);
  writeFileSync(path, output);
  const unit = { resultHash, output: contentIdOf(output), proof };
  const file = { path, length: output.length };
  await executor.ask("checkOutput", { unit, output: file });
  writeFileSync(path, output.with(0, 1 + (output[0] ?? 0)));
  await assert.rejects(executor.ask("checkOutput", { unit, output: file }), /not the one delivered/);
  const wrong = executor.ask("checkOutput", { unit: { ...unit, resultHash: unit.output }, output });
  await assert.rejects(
    wrong,
    (error) => !(error instanceof DiskInTheWay) && /do not hash to the state/.test(String(error)),
  );
});

test("G5: a file that is gone, or a place that cannot be written, is the disk's fault", async () => {
  const gone = { path: join(folder, "gone"), length: 1 };
  await assert.rejects(executor.ask("inputRoot", gone), DiskInTheWay);
  const unit = { resultHash: honest.resultHash, output: contentIdOf(honest.output), proof: honest.proof };
  await assert.rejects(executor.ask("checkOutput", { unit, output: gone }), DiskInTheWay);
  await assert.rejects(executor.ask("compute", { run, into: join(folder, "none", "file") }), DiskInTheWay);
});

const lies: Lie[] = [
  "output",
  "step:5",
  "first",
  "last",
  "after-halt",
  "register:5",
  "memory:0x40000000",
  "step:16777216",
].map(parseLie);
for (const lie of lies) {
  test(`the lie ${JSON.stringify(lie)} ends in another state and is repeated faithfully`, async () => {
    const lied = await executor.ask("compute", { run, lie });
    assert.notEqual(lied.resultHash, honest.resultHash);
    assert.ok(lied.corruption);
    const again = await executor.ask("compute", { run: { ...run, corruption: lied.corruption } });
    assert.equal(again.resultHash, lied.resultHash);
    // The two runs are equal before the lie, and differ at the lie.
    const liar = openTrace({ program, input, exponent: EXPONENT, corruption: lied.corruption });
    const truth = openTrace({ program, input, exponent: EXPONENT });
    const { step } = lied.corruption;
    if (step > 0) assert.deepEqual(liar.stateAt(step - 1), truth.stateAt(step - 1));
    assert.notDeepEqual(liar.stateAt(step), truth.stateAt(step));
  });
}

test("a lie about the output changes the output", async () => {
  const lied = await compute({ run, lie: { kind: "output" } });
  assert.notDeepEqual(lied.output, honest.output);
  assert.equal(lied.steps, honest.steps);
});

test("a lie that makes no difference is none", async () => {
  // The start-up code sets gp, so the lie about gp makes no difference.
  const lied = await executor.ask("compute", { run, lie: { kind: "register", register: 3, step: 0 } });
  assert.equal(lied.resultHash, honest.resultHash);
  assert.equal(lied.corruption, undefined);
});

test("the instruction after a step is shown with the registers before and after", async () => {
  const executed = await executor.ask("execute", { key: "unit", run, step: 0 });
  assert.match(executed.instruction, /^[a-z.]+ /);
  const pc = executed.registers.find(({ name }) => name === "pc");
  assert.equal(BigInt(pc?.before ?? 0n), BigInt(program.entry));
  assert.equal(executed.pc, `0x${program.entry.toString(16)}`);
  assert.notEqual(pc?.after, pc?.before);
});

test("opening states stand at equal distances, up to the end", async () => {
  const states = await executor.ask("openingStates", { key: "unit", run });
  const trace = openTrace({ program, input, exponent: EXPONENT });
  assert.deepEqual(
    states,
    Array.from({ length: 8 }, (_, i) => bytesToHex(trace.stateAt((i + 1) * 8 ** (EXPONENT - 1)))),
  );
  assert.equal(states[7], honest.resultHash);
});

test("a failure in a thread arrives with what, why and what to do", async () => {
  await assert.rejects(executor.ask("execute", { key: "unit", run, step: -1 }), /Step -1 is not one of the run/);
});

test("S2b: a unit that needs more memory than a thread has ends with that error, and the thread goes on", async () => {
  const small = startExecutor(1, { memory: 16 * 2 ** 20 });
  const filler = { program: PAGE_FILLER, input, exponent: 8 };
  await assert.rejects(small.ask("compute", { run: filler }), { name: "NeedsMoreMemory", why: /16 MiB/ });
  const computed = await small.ask("compute", { run });
  assert.equal(computed.resultHash, honest.resultHash);
  assert.ok(computed.memory > 0 && computed.memory < 16 * 2 ** 20, String(computed.memory));
  await small.stop();
});

test("S2b: a thread that dies fails its own task, and those that wait get a new thread", async () => {
  const weak = startExecutor(1, { heapMiB: 32 });
  const segments = Array.from({ length: 400_000 }, (_, i) => ({ address: 8 * i, data: new Uint8Array(1) }));
  const fatal = assert.rejects(weak.ask("programRoot", { entry: 0, segments }), /more than 32 MiB of objects/);
  const next = weak.ask("compute", { run });
  await fatal;
  assert.equal((await next).resultHash, honest.resultHash);
  await weak.stop();
});

test("tasks of a stopped executor fail", async () => {
  const other = startExecutor();
  const open = assert.rejects(other.ask("compute", { run }), /executor was stopped/);
  await other.stop();
  await open;
  await assert.rejects(other.ask("compute", { run }), /executor was stopped/);
});

const wrong = [
  "",
  "output:1",
  "step",
  "step:0",
  "step:x",
  "register:0",
  "register:32",
  "memory:-1",
  "memory:0x100000000",
  "first:2",
  "always",
];
for (const text of wrong) {
  test(`"${text}" is no lie`, () => {
    assert.throws(() => parseLie(text), /There is no lie/);
  });
}

test("registers and memory are corrupted at a chosen step, or just before the end", () => {
  assert.deepEqual(corruptionOf(parseLie("register:7@42"), 100, 512).step, 42);
  assert.deepEqual(corruptionOf(parseLie("memory:64"), 100, 512).step, 99);
  assert.deepEqual(corruptionOf(parseLie("after-halt"), 100, 512).step, 306);
});
