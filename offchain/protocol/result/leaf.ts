// Leaves of a result tree (PROTOCOL.md, section 2).
import { encodeAbiParameters, keccak256, stringToHex } from "viem";
import type { Address, Hex, JobId } from "../values/ids.ts";

/** Tag of result leaves. */
const LEAF = keccak256(stringToHex("SONM result leaf"));

const leafParameters = [
  { type: "bytes32" },
  { type: "address" },
  { type: "bytes32" },
  { type: "uint256" },
  { type: "bytes32" },
] as const;

/**
 * Leaf of one unit's result. It names its miner, so that a copied root is worth nothing to anyone else.
 * @param unit the unit's number within the job
 */
export function leafOf(miner: Address, job: JobId, unit: number, resultHash: Hex): Hex {
  return keccak256(encodeAbiParameters(leafParameters, [LEAF, miner, job, BigInt(unit), resultHash]));
}
