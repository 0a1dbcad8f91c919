// Honest and corrupted runs of the counting machine (test/doubles/TestMachine.sol), and the trees over their results.

import { pathOf, rootOf } from "@sonm/protocol/merkle/tree";
import { type Address, concat, encodeAbiParameters, type Hex, hexToBytes, keccak256, padHex, toHex } from "viem";

const STATE = [{ type: "bytes32" }, { type: "uint256" }, { type: "uint256" }] as const;

/** A run of a unit as functions of the step. The players of a game need nothing else. */
export type Run = {
  /** Hash of the state after `step` steps. */
  stateAt(step: number): Hex;
  /** The witness that the machine needs to execute the step after it. */
  witnessAt(step: number): Hex;
};

/** Root of the input of a unit: for the counting machine, any hash will do. */
export function inputRootOf(unit: number): Hex {
  return keccak256(toHex(`input of unit ${unit}`));
}

/** The true run of the counting machine, which stops by itself after `halt` steps. */
export function honestRun(inputRoot: Hex, halt: number): Run {
  const witnessAt = (step: number) =>
    encodeAbiParameters(STATE, [inputRoot, BigInt(halt), BigInt(Math.min(step, halt))]);
  return { stateAt: (step) => keccak256(witnessAt(step)), witnessAt };
}

/** The run of a liar: from step `from` on it is another run, which `mark` identifies. A liar plays it like an honest player. */
export function corruptRun(run: Run, from: number, mark = "corruption"): Run {
  const other = honestRun(keccak256(toHex(mark)), 2 ** 50);
  return {
    stateAt: (step) => (step < from ? run.stateAt(step) : other.stateAt(step)),
    witnessAt: (step) => (step < from ? run.witnessAt(step) : other.witnessAt(step)),
  };
}

/** The leaf of a unit (PROTOCOL.md, section 2). */
export function leafOf(miner: Address, job: Hex, unit: number, resultHash: Hex): Hex {
  return keccak256(concat([keccak256(toHex("SONM result leaf")), padHex(miner), job, padHex(toHex(unit)), resultHash]));
}

/** r = max(1, ⌈log8 count⌉). */
export function roundsOf(count: number): number {
  let rounds = 1;
  while (8 ** rounds < count) rounds++;
  return rounds;
}

/** A binary tree of hex leaves with paths and inner nodes. */
export type Tree = { root: Hex; path(index: number): Hex[]; node(level: number, index: number): Hex };

export function treeOf(leaves: readonly Hex[], height: number): Tree {
  const bytes = leaves.map((leaf) => hexToBytes(leaf));
  return {
    root: toHex(rootOf(bytes, height)),
    path: (index) => pathOf(bytes, height, index).map((node) => toHex(node)),
    node: (level, index) => toHex(rootOf(bytes.slice(index * 2 ** level, (index + 1) * 2 ** level), level)),
  };
}

/** The tree of the inputs of a job with this number of units. */
export function inputsOf(units: number): Tree {
  return treeOf(
    Array.from({ length: units }, (_, unit) => inputRootOf(unit)),
    Math.ceil(Math.log2(units)),
  );
}
