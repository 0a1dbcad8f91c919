// The interpreter compared with qemu-riscv64, an independent implementation: all registers before every instruction, and the exit code.
import assert from "node:assert/strict";
import test from "node:test";
import type { ProgramImage } from "@sonm/protocol/machine/elf";
import { endingOf } from "@sonm/protocol/machine/ending";
import { disassemble } from "@sonm/protocol/machine/isa/disassemble";
import { createMachine, type Machine } from "@sonm/protocol/machine/machine";
import { load32 } from "@sonm/protocol/machine/memory";
import fc from "fast-check";
import { fuzz } from "../../../support/fuzz.ts";
import { elfFile } from "./elf-file.ts";
import { FIBONACCI, MISALIGNED, SELF_MODIFYING, SIEVE, SUM } from "./programs.ts";
import { hasQemu, type Registers, runInQemu } from "./qemu-user.ts";
import { randomProgram } from "./random-program.ts";

const reason =
  "qemu-riscv64 is not installed: nothing but our own tests speaks for the machine (apt-get install qemu-user)";
// CI must not pass without qemu.
if (!hasQemu && process.env.SONM_REQUIRE_DOCKER === "1") throw new Error(reason);
const options = { skip: hasQemu ? false : reason };
if (!hasQemu) console.error(`\n!!! SKIPPED: ${reason}\n`);

/** The program as a file that maps all memory which it uses: qemu has only the memory that the file asks for. */
function mapped(program: ProgramImage, input: Uint8Array): Uint8Array {
  const head = new Uint8Array(8 + input.length);
  new DataView(head.buffer).setBigUint64(0, BigInt(input.length), true);
  head.set(input, 8);
  return elfFile({
    entry: program.entry,
    segments: [
      ...program.segments,
      { address: 0x4000_0000, data: new Uint8Array(), memorySize: 2 ** 20 },
      { address: 0x8000_0000, data: head, memorySize: 2 ** 20 },
      { address: 0xc000_0000, data: new Uint8Array(), memorySize: 2 ** 20 },
    ],
  });
}

/** The first register in which the machine differs from what qemu shows. */
function difference(machine: Machine, { pc, x }: Registers): string | undefined {
  if (machine.words[0] !== pc) return `pc: ours 0x${machine.words[0]?.toString(16)}, qemu 0x${pc.toString(16)}`;
  const register = x.findIndex((value, i) => i > 0 && value !== machine.words[i]);
  if (register < 0) return undefined;
  return `x${register}: ours 0x${machine.words[register]?.toString(16)}, qemu 0x${x[register]?.toString(16)}`;
}

/** Runs a program in both; returns how many instructions were compared. */
function compare(program: ProgramImage, input: Uint8Array = new Uint8Array()): number {
  const { before, exitCode, stderr } = runInQemu(mapped(program, input));
  const machine = createMachine(program, input);
  // qemu gives the program a stack; the machine does not.
  const stack = before[0]?.x[2];
  assert.ok(stack !== undefined, `qemu did not start: ${stderr}`);
  machine.words[2] = stack;
  let last = "the start";
  for (const [step, registers] of before.entries()) {
    const differs = difference(machine, registers);
    assert.equal(differs, undefined, `step ${step}, after ${last}: ${differs}`);
    const pc = Number(registers.pc);
    last = `0x${pc.toString(16)} ${disassemble(load32(machine.memory, pc), pc)}`;
    machine.advance(1);
  }
  const ending = endingOf(machine.words);
  assert.equal(
    ending.halt,
    12,
    `qemu ended after ${before.length} instructions (${stderr}), the machine did not, at ${last}`,
  );
  assert.equal((ending.exitCode ?? 0) & 255, exitCode);
  return before.length;
}

test("whole programs run as in qemu", options, () => {
  const text = new TextEncoder().encode("the quick brown fox jumps over the lazy dog");
  assert.ok(compare(SUM, text) > 200);
  assert.ok(compare(FIBONACCI) > 1000);
  assert.ok(compare(SIEVE) > 3000);
  assert.ok(compare(MISALIGNED) > 500);
  assert.ok(compare(SELF_MODIFYING) > 30);
});

test("random streams of instructions run as in qemu", options, () => {
  let compared = 0;
  const runs = fuzz(8);
  // The program is made from a seed, so that a failure prints the seed instead of thousands of bytes.
  const property = fc.property(fc.nat(), (seed) => {
    const [program] = fc.sample(randomProgram(1500), { seed, numRuns: 1 });
    compared += compare(program as ProgramImage);
  });
  fc.assert(property, { ...runs, endOnFailure: true });
  assert.ok(compared > 1000 * runs.numRuns, `only ${compared} instructions were compared`);
});
