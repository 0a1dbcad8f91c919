// Whole runs, compared at every step or at some steps: real programs, a program that traps into its own vector, random programs.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, suite, test } from "node:test";
import { loadElf, type ProgramImage } from "@sonm/protocol/machine/elf";
import { INSTRUCTIONS } from "@sonm/protocol/machine/isa/instructions";
import { HALT, MTVEC, PC, STEP } from "@sonm/protocol/machine/layout";
import { createMachine, inputRoot, type Machine, programRoot } from "@sonm/protocol/machine/machine";
import { witnessOf } from "@sonm/protocol/machine/witness";
import * as fc from "fast-check";
import { bytesToHex, toBytes } from "viem";
import { galleryOf } from "../../../offchain/devnet/programs/gallery.ts";
import { renderInput } from "../../../offchain/devnet/programs/render.ts";
import { fuzz } from "../../support/fuzz.ts";
import { programOf, START, word } from "../../unit/protocol/machine/assemble.ts";
import { SUM } from "../../unit/protocol/machine/programs.ts";
import { type ChainMachine, openChainMachine } from "./chain.ts";
import { encodingOf, machineIn, word64 } from "./states.ts";

const guest = (name: string): ProgramImage =>
  loadElf(readFileSync(new URL(`../../../guest/bin/${name}`, import.meta.url)));

const TEXT =
  "The quick brown fox – naïve, ½ as old – jumps over the lazy dog. Encore une fois: l'été à Zürich.\n".repeat(5);

/** A kernel of five instructions, and a loop that calls it; after three calls it clears its vector, and the next one halts. */
const TRAPPING = programOf([
  word("auipc", { rd: 5 }),
  word("addi", { rd: 5, rs1: 5, imm: 40 }),
  word("csrrw", { rd: 0, rs1: 5, csr: 0x305 }),
  word("addi", { rd: 6, rs1: 0, imm: 3 }),
  word("ecall"), // loop
  word("ebreak"),
  0, // no instruction: the kernel steps over it too
  word("addi", { rd: 6, rs1: 6, imm: -1 }),
  word("bne", { rs1: 6, rs2: 0, imm: -16 }),
  word("jal", { rd: 0, imm: 24 }),
  word("csrrw", { rd: 7, rs1: 7, csr: 0x340 }), // the kernel
  word("csrrs", { rd: 7, csr: 0x341 }),
  word("addi", { rd: 7, rs1: 7, imm: 4 }),
  word("csrrw", { rd: 0, rs1: 7, csr: 0x341 }),
  word("mret"),
  word("csrrwi", { rd: 0, imm: 0, csr: 0x305 }),
  word("csrrs", { rd: 10, csr: 0xc00 }),
  word("ecall"),
]);

suite("Machine.step along runs", () => {
  let chain: ChainMachine;
  before(async () => {
    chain = await openChainMachine();
  });

  /** Runs a machine forward to each of the steps, and lets the chain execute the one that follows. */
  async function assertSameAt(machine: Machine, steps: Iterable<number>): Promise<void> {
    const calls = [];
    const successors: string[] = [];
    for (const step of steps) {
      machine.run(step);
      calls.push({ state: machine.stateHash(), witness: witnessOf(machine) });
      machine.advance(1);
      successors.push(bytesToHex(machine.stateHash()));
    }
    const outcomes = await chain.steps(calls);
    assert.deepEqual(
      outcomes.map(({ next }) => next),
      successors,
    );
  }

  function* every(from: number, to: number, gap = 1): Generator<number> {
    for (let step = from; step < to; step += gap) yield step;
  }

  function lengthOf(program: ProgramImage, input: Uint8Array): number {
    const machine = createMachine(program, input);
    machine.run(2 ** 40);
    assert.notEqual(machine.words[HALT], 0n);
    return Number(machine.words[STEP]);
  }

  test("every step of a small program, and after its end", async () => {
    const input = Uint8Array.of(200, 100, 50);
    const end = lengthOf(SUM, input);
    await assertSameAt(createMachine(SUM, input), every(0, end + 3));
  });

  test("every step of a program that traps into its own vector, returns, and halts in the end", async () => {
    const machine = createMachine(TRAPPING, new Uint8Array());
    const end = lengthOf(TRAPPING, new Uint8Array());
    await assertSameAt(machine, every(0, end + 2));
    assert.equal(machine.words[HALT], 12n);
    assert.equal(machine.words[10], BigInt(end - 2), "a0 is the step counter as `csrrs` read it");
    assert.equal(machine.words[MTVEC], 0n);
  });

  for (const [name, input] of [
    ["wordcount", toBytes(TEXT)],
    ["render", renderInput(galleryOf(1), { width: 16, height: 16 }, { x: 4, y: 4, width: 2, height: 2 })],
  ] as const) {
    test(`${name}: its start, its end and what lies between`, async () => {
      const program = guest(name);
      const end = lengthOf(program, input);
      const runs = fuzz(1).numRuns;
      const machine = createMachine(program, input);
      await assertSameAt(machine, every(0, 40));
      // An odd distance, so that it does not always meet the same place of a loop.
      await assertSameAt(machine, every(40, end - 40, Math.ceil(end / (150 * runs)) | 1));
      await assertSameAt(machine, every(end - 40, end + 2));
    });
  }

  test("streams of random instructions", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...INSTRUCTIONS).chain(encodingOf), { minLength: 64, maxLength: 64 }),
        fc.array(word64, { minLength: 31, maxLength: 31 }),
        async (instructions, registers) => {
          const { segments } = programOf(instructions);
          const words = new Map([
            [PC, BigInt(START)],
            [MTVEC, BigInt(START + 32)],
            ...registers.map((r, i) => [i + 1, r] as const),
          ]);
          const memory = segments.map(({ address, data }) => ({ address, bytes: data }));
          await assertSameAt(machineIn({ words, memory }), every(0, 50));
        },
      ),
      { ...fuzz(4), endOnFailure: true },
    ));

  test("initialState is the state at step 0", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 100 }),
        fc.uint8Array({ maxLength: 100 }),
        fc.integer({ min: 0, max: 2 ** 30 - 200 }),
        async (data, input, address) => {
          const program = { entry: address - (address % 4), segments: [{ address, data }] };
          assert.equal(
            await chain.initialState(programRoot(program), program.entry, inputRoot(input)),
            bytesToHex(createMachine(program, input).stateHash()),
          );
        },
      ),
      fuzz(20),
    );
  });
});
