// What the contracts hash, written down a second time: nodes of trees, the first split, one step of the counting machine.

import { foldPath, rootOf, zeroRoot } from "@sonm/protocol/merkle/tree";
import type { Hex } from "@sonm/protocol/values/ids";
import { bytesToHex, concat, hexToBytes, keccak256, numberToHex } from "viem";
import type { Job } from "../../support/market/terms.ts";
import type { UnitInput } from "./calls.ts";
import { demand } from "./state.ts";

/** The nine values of the first split: the true first state, and the eight states that the challenger posts. */
export function firstSplit(
  job: Job,
  unit: number,
  result: Hex,
  input: UnitInput,
  states: readonly Hex[],
): readonly Hex[] {
  demand(states[7] !== result, "BisectionNothingDisputed");
  demand(unit < job.units, "BisectionNoSuchUnit");
  demand(input.path.length === Math.ceil(Math.log2(job.units)), "BisectionPathLength");
  demand(fold(input.root, unit, input.path) === job.inputsRoot, "BisectionNodeMismatch");
  return [keccak256(concat([input.root, job.programRoot, numberToHex(0, { size: 32 })])), ...states];
}

/** One step of the counting machine. Its witness is the input's root, the step at which it halts, and the steps so far. */
export function afterStep(before: Hex, witness: Hex): Hex {
  demand(keccak256(witness) === before, "MachineWitnessMismatch");
  const halt = BigInt(`0x${witness.slice(66, 130)}`);
  const counter = BigInt(`0x${witness.slice(130)}`);
  const next = numberToHex(counter < halt ? counter + 1n : counter, { size: 32 });
  return keccak256(`${witness.slice(0, 130)}${next.slice(2)}` as Hex);
}

export function fold(leaf: Hex, index: number, path: readonly Hex[]): Hex {
  return bytesToHex(
    foldPath(
      hexToBytes(leaf),
      index,
      path.map((node) => hexToBytes(node)),
    ),
  );
}

/** The node above eight, of which the missing ones are roots of zero trees of that height. */
export function nodeAbove(nodes: readonly Hex[], height: number): Hex {
  const row = Array.from({ length: 8 }, (_, i) => nodes[i]).map((node) => (node ? hexToBytes(node) : zeroRoot(height)));
  return bytesToHex(rootOf(row, 3));
}
