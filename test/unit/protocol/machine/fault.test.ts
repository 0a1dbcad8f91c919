import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { loadElf } from "@sonm/protocol/machine/elf";
import { faultOf, faultWords } from "@sonm/protocol/machine/fault";
import { PC } from "@sonm/protocol/machine/layout";
import { createMachine } from "@sonm/protocol/machine/machine";
import { symbolAt } from "@sonm/protocol/machine/symbols";
import fc from "fast-check";
import { fuzz } from "../../../support/fuzz.ts";
import { code, START, word } from "./assemble.ts";

const floats = readFileSync(new URL("cases/f.elf", import.meta.url));

/** A machine that has run these instructions to their end. */
function after(...words: number[]) {
  const machine = createMachine({ entry: START, segments: [{ address: START, data: code(words) }] }, new Uint8Array());
  machine.run(10);
  return machine;
}

function wordsOf(...words: number[]): string {
  const fault = faultOf(after(...words)) ?? assert.fail("it ended by itself");
  return faultWords(fault);
}

test("U9: a trap says address, word, instruction, the -march that has it, and the symbol of the place", () => {
  const machine = createMachine(loadElf(floats), new Uint8Array());
  machine.run(100);
  const fault = faultOf(machine) ?? assert.fail("it ended by itself");
  assert.deepEqual([fault.address, fault.word, fault.march], [0x1_0008, 0x02c7_a787, "rv64imf"]);
  assert.equal(
    faultWords(fault, symbolAt(floats, fault.address)),
    "illegal instruction at 0x00010008 in _start+0x8: 0x02c7a787 flw fa5, 44(a5), legal with -march=rv64imf, " +
      "the machine is rv64im: build with -march=rv64im -mabi=lp64",
  );
});

test("U9: a word that no -march makes legal is called what it most likely is", () => {
  const start = "illegal instruction at 0x00010000: ";
  assert.equal(wordsOf(0), `${start}0x00000000 .word 0x00000000, no code is there: memory is zero`);
  assert.equal(
    wordsOf(0xffff_ffff),
    `${start}0xffffffff .word 0xffffffff, no instruction of the machine (rv64im), so data or code of another processor`,
  );
  assert.equal(
    wordsOf(word("csrrs", { rd: 10, csr: 0x7c0 })),
    `${start}0x7c002573 csrrs a0, 0x7c0, zero, the machine has no such CSR, or it cannot be written`,
  );
});

test("U9: other traps show their instruction and no -march", () => {
  assert.equal(wordsOf(word("ebreak")), "breakpoint at 0x00010000: 0x00100073 ebreak");
  assert.equal(
    wordsOf(word("jalr", { imm: 2 })),
    "jump to an address that is no multiple of 4 at 0x00010000: 0x00200067 jalr zero, 2(zero)",
  );
});

test("U9: a run that ended by itself, or goes on, has no fault; a place without instructions has no word", () => {
  assert.equal(faultOf(after(word("ecall"))), undefined);
  assert.equal(faultOf(after(word("jal"))), undefined);
  const lied = after(word("jal"));
  lied.words[PC] = 0x1_0002n;
  lied.run(20);
  assert.equal(faultWords(faultOf(lied) ?? assert.fail()), "jump to an address that is no multiple of 4 at 0x00010002");
});

test("U9: a place has the name of its function, and none where the file says none", () => {
  assert.equal(symbolAt(floats, 0x1_0000), "_start");
  assert.equal(symbolAt(floats, 0x1_0004), "_start+0x4");
  assert.equal(symbolAt(floats, 0xfff0), undefined);
  const wordcount = readFileSync(new URL("../../../../guest/bin/wordcount", import.meta.url));
  assert.doesNotThrow(() => symbolAt(wordcount, loadElf(wordcount).entry));
});

test("U9: a damaged file has names or none, and nothing else happens", () => {
  fc.assert(
    fc.property(fc.nat(floats.length - 1), fc.nat(255), fc.nat(floats.length), (at, value, length) => {
      const damaged = Uint8Array.from(floats);
      damaged[at] = value;
      symbolAt(damaged, 0x1_0008);
      symbolAt(floats.subarray(0, length), 0x1_0008);
    }),
    fuzz(300),
  );
});
