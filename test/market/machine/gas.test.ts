// The gas of each kind of step, compared with the committed snapshot (SONM_UPDATE_SNAPSHOTS=1 writes a new one).
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { INSTRUCTIONS } from "@sonm/protocol/machine/isa/instructions";
import { HALT, INPUT_START, MTVEC, PC, RAM_START, STEP } from "@sonm/protocol/machine/layout";
import { witnessOf } from "@sonm/protocol/machine/witness";
import { keccak } from "@sonm/protocol/merkle/keccak";
import { word } from "../../unit/protocol/machine/assemble.ts";
import { openChainMachine } from "./chain.ts";
import { instructionBytes, machineIn } from "./states.ts";

const SNAPSHOT = new URL("../../snapshots/machine-gas.json", import.meta.url);

/** Bytes that are never 0, always the same. */
function noise(seed: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let block: Uint8Array = Uint8Array.of(seed);
  for (let at = 0; at < length; at += 32) {
    block = keccak(block);
    bytes.set(block.map((byte) => byte | 1).subarray(0, length - at), at);
  }
  return bytes;
}

const PROGRAM_START = 0x1_0000;
const STACK = RAM_START + 0x3000_0000;
const AT = PROGRAM_START + 0x3_1234;
/** A program of 400 kB, 256 kB of data, 16 kB of stack and an input of 64 kB: typical for most steps of a real run. */
const memory = [
  { address: PROGRAM_START, bytes: noise(1, 400_000) },
  { address: RAM_START, bytes: noise(2, 256_000) },
  { address: STACK - 16_000, bytes: noise(3, 16_000) },
  { address: INPUT_START, bytes: noise(4, 64_000) },
];

/** Registers as programs have them: addresses, small numbers, some negative ones, some with 64 used bits, some 0. */
function registers(): [number, bigint][] {
  const stack = BigInt(STACK - 4000);
  return Array.from({ length: 31 }, (_, i) => {
    const kinds = [stack + 32n * BigInt(i), BigInt(i), BigInt(RAM_START + 1000 * i), 2n ** 64n - BigInt(i + 1), 0n];
    return [i + 1, i % 10 === 9 ? 0x0123_4567_89ab_cdefn * BigInt(i) : (kinds[i % 5] as bigint)];
  });
}

const kinds: Record<string, { instruction: number; words?: [number, bigint][] }> = Object.fromEntries([
  ...INSTRUCTIONS.map(({ name, format }) => {
    const imm = format === "store" || format === "load" ? 0 : format === "csri" ? 5 : format === "U" ? 4096 : 8;
    return [name, { instruction: word(name, { rd: 12, rs1: 11, rs2: 13, imm, csr: 0x340 }) }];
  }),
  ["ld, crossing", { instruction: word("ld", { rd: 12, rs1: 11, imm: 28 }) }],
  ["sd, crossing", { instruction: word("sd", { rs1: 11, rs2: 13, imm: 28 }) }],
  ["illegal, halting", { instruction: 0 }],
  ["illegal, entering the vector", { instruction: 0, words: [[MTVEC, 0x1_0000n]] }],
  ["halted", { instruction: 0, words: [[HALT, 12n]] }],
]);

test("gas of each kind of step is what was committed", async () => {
  const chain = await openChainMachine();
  const calls = Object.values(kinds).map(({ instruction, words = [] }) => {
    const machine = machineIn({
      words: new Map([[PC, BigInt(AT)], [STEP, 123_456_789_012n], ...registers(), ...words]),
      memory: [...memory, { address: AT, bytes: instructionBytes(instruction) }],
    });
    return { state: machine.stateHash(), witness: witnessOf(machine) };
  });
  const outcomes = await chain.steps(calls);
  const measured = Object.fromEntries(
    Object.keys(kinds).map((name, i) => {
      assert.ok(outcomes[i]?.ok, name);
      const { length } = (calls[i] as { witness: Uint8Array }).witness;
      return [name, { gas: outcomes[i].gas, witnessBytes: length }];
    }),
  );

  if (process.env.SONM_UPDATE_SNAPSHOTS === "1") {
    console.table(measured);
    mkdirSync(new URL(".", SNAPSHOT), { recursive: true });
    writeFileSync(SNAPSHOT, `${JSON.stringify(measured, undefined, 2)}\n`);
  }
  assert.deepEqual(measured, JSON.parse(readFileSync(SNAPSHOT, "utf8")));
});
