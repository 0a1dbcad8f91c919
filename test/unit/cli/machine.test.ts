import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { loadElf } from "@sonm/protocol/machine/elf";
import { createMachine, outputOf } from "@sonm/protocol/machine/machine";
import { outputRoot } from "@sonm/protocol/machine/output";
import { decodeWitness, witnessOf } from "@sonm/protocol/machine/witness";
import { runVerb } from "../../support/verb.ts";
import { elfFile } from "../protocol/machine/elf-file.ts";
import { folderForTest, ownEnvironment, render, sonm, sonmBeside, sonmCommand, wordcount } from "./sonm.ts";

const folder = folderForTest();
const input = join(folder, "text");
writeFileSync(input, "a B b, c\n");

const hex = (bytes: Uint8Array) => `0x${Buffer.from(bytes).toString("hex")}`;

function machineAt(step: number) {
  const machine = createMachine(loadElf(readFileSync(wordcount)), readFileSync(input));
  machine.run(step);
  return machine;
}

/** The object that `--json` prints. */
async function json(args: readonly string[]): Promise<{ code: number; data: Record<string, unknown> }> {
  const { code, out } = await runVerb([...args, "--json"]);
  return { code, data: JSON.parse(out) };
}

/** An ELF file of these instructions. */
function programOf(name: string, ...words: number[]): string {
  const path = join(folder, name);
  const data = new Uint8Array(Uint32Array.from(words).buffer);
  writeFileSync(path, elfFile({ entry: 0x10000, segments: [{ address: 0x10000, data }] }));
  return path;
}

describe("sonm machine run", () => {
  test("says what the machine came to", async () => {
    const { code, data } = await json(["machine", "run", wordcount, "--input", input]);
    const machine = machineAt(2 ** 24);
    assert.equal(code, 0);
    assert.equal(data.ok, true);
    assert.equal(data.exitCode, 0);
    assert.equal(data.steps, Number(machine.words[32]));
    assert.equal(data.stateHash, hex(machine.stateHash()));
    assert.equal(data.initialStateHash, hex(machineAt(0).stateHash()));
    assert.equal(data.outputRoot, hex(outputRoot(machine)));
    assert.equal(data.outputSize, outputOf(machine).length);
  });

  test("gives the output to a file, or alone to stdout", async () => {
    const expected = "words 4\nlines 1\nbytes 9\ndistinct 3\n\n1 a\n2 b\n1 c\n";
    const file = join(folder, "output");
    const toFile = await runVerb(["machine", "run", wordcount, "-i", input, "-o", file]);
    assert.equal(readFileSync(file, "utf8"), expected);
    assert.match(
      toFile.out,
      /exit code +0\n +steps +[\d,]+\n +state hash +0x[0-9a-f]{64}\n +output root +0x[0-9a-f]{64}\n/,
    );
    const toStdout = await runVerb(["machine", "run", wordcount, "-i", input, "-o", "-"]);
    assert.equal(toStdout.out, expected);
    assert.match(toStdout.err, /state hash/);
  });

  test("U12: takes its input from stdin where it is -", async () => {
    const { out } = await sonmBeside(["machine", "run", wordcount, "-i", "-", "-o", "-"], {}, "a B b, c\n");
    assert.match(out, /^words 4\nlines 1\nbytes 9\n/);
  });

  test("U12: refuses an output that cannot be written before it runs", async () => {
    // It never ends: jal zero, 0.
    const endless = programOf("endless", 0x6f);
    for (const [place, why] of [
      [folder, /it is a folder/],
      ["/proc/x", /nothing can be made in its folder/],
    ] as const) {
      const { code, err } = await runVerb(["machine", "run", endless, "-n", "8^16", "-o", place]);
      assert.equal(code, 1);
      assert.match(err, why);
    }
  });

  test("U12: says that its output does not arrive, on a full device as in a file on it", () => {
    const full = openSync("/dev/full", "w");
    const args = ["machine", "run", wordcount, "-i", input, "-o"];
    const { status, stderr } = spawnSync(sonmCommand[0], [...sonmCommand.slice(1), ...args, "-"], {
      stdio: ["ignore", full, "pipe"],
      env: ownEnvironment(),
      encoding: "utf8",
    });
    closeSync(full);
    assert.equal(status, 1);
    assert.match(stderr, /✗ The output cannot be written\n {2}there is no room where it goes\n/);
    const toFile = sonm([...args, "/dev/full"]);
    assert.equal(toFile.code, 1);
    assert.match(toFile.err, /there is no room on its disk/);
  });

  test("stops exactly after --max-steps, with exit code 124", async () => {
    const { code, data } = await json(["machine", "run", wordcount, "-i", input, "-n", "10^2"]);
    assert.equal(code, 124);
    assert.deepEqual([data.exitCode, data.steps, data.ending], [null, 100, "still running"]);
    assert.equal(data.stateHash, hex(machineAt(100).stateHash()));
  });

  test("U3: an image of another shape is refused with exit code 1, and words about the place", async () => {
    const image = (name: string) => join(import.meta.dirname, "../host/image/cases", `${name}.tar`);
    assert.equal((await runVerb(["machine", "run", image("entry-string")])).code, 7);
    for (const [name, place] of [
      ["config-null", "config.json must be an object"],
      ["manifest-null", "manifest.json must be a list"],
      ["layers-null", "manifest.json[0].Layers must be a list"],
    ] as const) {
      const { code, err } = await runVerb(["machine", "run", image(name)]);
      assert.equal(code, 1);
      assert.ok(err.includes(place), err);
    }
  });

  test("passes the program's exit code on, and 125 where a trap ended it", async () => {
    assert.equal((await runVerb(["machine", "run", render])).code, 2);
    const trapped = await json(["machine", "run", programOf("illegal", 0)]);
    assert.deepEqual([trapped.code, trapped.data.ending], [125, "illegal instruction"]);
    // addi a0, zero, 256; ecall: exit code 256 is 0 in eight bits, but it is no success
    assert.equal((await runVerb(["machine", "run", programOf("large", 0x10000513, 0x73)])).code, 1);
  });

  test("U9: a trap says where it was, which instruction, and the -march that has it", async () => {
    const floats = join(import.meta.dirname, "../protocol/machine/cases/f.elf");
    const told = await runVerb(["machine", "run", floats]);
    assert.match(told.out, /at +0x00010008 in _start\+0x8\n +instruction +0x02c7a787 flw fa5, 44\(a5\)\n/);
    assert.match(told.out, /that is +legal with -march=rv64imf, .* build with -march=rv64im -mabi=lp64\n/);
    const fault = {
      address: 0x1_0008,
      symbol: "_start+0x8",
      word: 0x02c7_a787,
      instruction: "flw fa5, 44(a5)",
      march: "rv64imf",
    };
    assert.deepEqual((await json(["machine", "run", floats])).data.fault, fault);
    const traced = await runVerb(["machine", "trace", floats]);
    assert.match(traced.out, /halted after 3 steps: illegal instruction at 0x00010008 in _start\+0x8: /);
    assert.equal((await json(["machine", "run", wordcount, "-i", input])).data.fault, null);
  });

  test("runs an image like the ELF file in it", async () => {
    const tar = join(folder, "wordcount.tar");
    const built = await json(["image", "build", wordcount, "-o", tar]);
    assert.deepEqual([built.code, built.data.tag, built.data.platform], [0, "wordcount:latest", "linux/riscv64"]);
    const fromTar = await json(["machine", "run", tar, "-i", input]);
    assert.deepEqual(fromTar, await json(["machine", "run", wordcount, "-i", input]));
    assert.equal(built.data.programRoot, fromTar.data.programRoot);
  });
});

describe("sonm machine prove", () => {
  test("makes the witness, and the contract comes to the same state", async () => {
    const { code, data } = await json(["machine", "prove", wordcount, "-i", input, "--step", "500", "--onchain"]);
    assert.equal(code, 0);
    assert.equal(data.witness, hex(witnessOf(machineAt(500))));
    assert.equal(data.stateBefore, hex(machineAt(500).stateHash()));
    assert.equal(data.stateAfter, hex(machineAt(501).stateHash()));
    const chain = data.onchain as { next: string; gas: number; agree: boolean };
    assert.equal(chain.next, data.stateAfter);
    assert.equal(chain.agree, true);
    assert.ok(chain.gas > 21_000);
  });

  test("works for the first step, and for one after the end, which changes nothing", async () => {
    const first = (await json(["machine", "prove", wordcount, "-s", "0"])).data;
    assert.match((first.instruction as { instruction: string }).instruction, /^auipc/);
    const after = (await json(["machine", "prove", wordcount, "-s", "8^6"])).data;
    assert.equal(after.stateBefore, after.stateAfter);
    assert.equal(after.instruction, null);
    const witness = decodeWitness(Buffer.from(String(after.witness).slice(2), "hex"));
    assert.equal(witness.words[33], 12n);
  });
});

describe("sonm machine trace", () => {
  type Step = {
    step: number;
    instruction: string;
    changes: { name: string; before: string; after: string }[];
    memory: { address: number; size: number; value: string } | null;
  };

  test("shows every change: replayed, they give the registers at the end", async () => {
    const { data } = await json(["machine", "trace", wordcount, "-i", input, "--from", "20", "--to", "220"]);
    const list = data.steps as Step[];
    assert.deepEqual(
      list.map(({ step }) => step),
      Array.from({ length: 200 }, (_, i) => 20 + i),
    );
    const names =
      "zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6".split(" ");
    const registers = new Map(names.map((name, i) => [name, machineAt(20).words[i]]));
    for (const { changes } of list)
      for (const { name, before, after } of changes) {
        if (name === "pc") continue;
        assert.equal(BigInt(before), registers.get(name), name);
        registers.set(name, BigInt(after));
      }
    const end = machineAt(220);
    for (const [i, name] of names.entries()) if (i > 0) assert.equal(registers.get(name), end.words[i], name);
    assert.ok(list.some(({ memory }) => memory !== null));
  });

  test("ends with the halt", async () => {
    const { out } = await runVerb(["machine", "trace", programOf("exit", 0x73), "--to", "5"]);
    assert.match(out, /^ +0 {2}0x00010000 {2}ecall +halts: exit\n {2}halted after 1 steps: exit\n$/);
  });

  test("shows what a store leaves in memory, and where a jump goes", async () => {
    // lui a5, 0x40000; sb a5, 3(a5) … with a5 = 0x40000000 the byte is 0; addi a4, zero, 7; sb a4, 3(a5); jal zero, 8
    const program = programOf("store", 0x400007b7, 0x00700713, 0x00e781a3, 0x0080006f);
    const { out } = await runVerb(["machine", "trace", program, "--to", "4"]);
    assert.match(out, /sb a4, 3\(a5\) +\[0x40000003\] 0x7\n/);
    assert.match(out, /jal zero, 0x10014 +→ 0x10014\n/);
  });
});
