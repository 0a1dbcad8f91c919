// The tree of a job's unit inputs (PROTOCOL.md, section 2): its leaves are the roots of the units' input regions.
import { bytesToHex, hexToBytes } from "viem";
import { pathOf, rootOf } from "../merkle/tree.ts";
import type { Hex } from "../values/ids.ts";

/** Height of the inputs tree of a job with this many units: `⌈log2 units⌉`. */
export function inputsHeight(units: number): number {
  // Not Math.log2, which is not exact everywhere.
  return units <= 1 ? 0 : 32 - Math.clz32(units - 1);
}

/** Root of the inputs tree: the job's `inputsRoot`. @param inputRoots one for each unit, in order, 32 bytes each */
export function inputsRoot(inputRoots: readonly Hex[]): Hex {
  return bytesToHex(
    rootOf(
      inputRoots.map((root) => hexToBytes(root)),
      inputsHeight(inputRoots.length),
    ),
  );
}

/**
 * Path from the input root of `unit` to the job's `inputsRoot`, lowest sibling first.
 * @throws TreePositionError if the tree has no such unit
 */
export function inputPath(inputRoots: readonly Hex[], unit: number): Hex[] {
  const leaves = inputRoots.map((root) => hexToBytes(root));
  return pathOf(leaves, inputsHeight(inputRoots.length), unit).map((sibling) => bytesToHex(sibling));
}
