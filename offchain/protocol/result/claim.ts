// Claims and the assignments that allow them (PROTOCOL.md, section 5).
import { encodeAbiParameters, keccak256 } from "viem";
import type { Job } from "../job/job.ts";
import type { Address, ClaimId, Hex, JobId } from "../values/ids.ts";

/** What a miner claims, as `contracts/types/Claim.sol` has it. */
export type Claim = {
  readonly job: JobId;
  readonly batch: number;
  /** the batch's attempt; one more after each conviction */
  readonly attempt: number;
  readonly miner: Address;
  /** wei of SNM a unit, from the hub's assignment */
  readonly pay: bigint;
  /** root of the batch's result tree */
  readonly root: Hex;
};

/** The status of a claim (PROTOCOL.md, section 5). */
export type ClaimStatus = "live" | "settled" | "convicted" | "awarded";

const claimParameters = [
  { name: "job", type: "bytes32" },
  { name: "batch", type: "uint32" },
  { name: "attempt", type: "uint32" },
  { name: "miner", type: "address" },
  { name: "pay", type: "uint128" },
  { name: "root", type: "bytes32" },
] as const;

/** The claim's id: the hash of its content. */
export function claimId(claim: Claim): ClaimId {
  const { job, batch, attempt, miner, pay, root } = claim;
  return keccak256(encodeAbiParameters(claimParameters, [job, batch, attempt, miner, pay, root])) as ClaimId;
}

/**
 * Time from which anyone may settle a claim that nobody disputes, unix seconds. Before it, a challenger who has committed by the end of the
 * window can still open a game.
 * @param claimedAt time of the claim, unix seconds
 */
export function settleableFrom({ window, opening }: Pick<Job, "window" | "opening">, claimedAt: number): number {
  return claimedAt + window + opening + 1;
}

/** A hub's permission for `miner` to claim a batch. It can be used once: `attempt` must be the batch's, and the batch Open. */
export type Assignment = {
  /** the hub's wallet, which signs */
  readonly wallet: Address;
  readonly job: JobId;
  readonly batch: number;
  readonly attempt: number;
  readonly miner: Address;
  /** wei of SNM a unit, at most 70 % of the job's price */
  readonly pay: bigint;
  /** last second (unix time) in which the claim can be posted */
  readonly expiry: bigint;
};

const assignmentTypes = {
  Assignment: [
    { name: "wallet", type: "address" },
    { name: "job", type: "bytes32" },
    { name: "batch", type: "uint32" },
    { name: "attempt", type: "uint32" },
    { name: "miner", type: "address" },
    { name: "pay", type: "uint128" },
    { name: "expiry", type: "uint64" },
  ],
} as const;

/** EIP-712 typed data of an assignment: what the hub signs and what `Results` at `results` checks. */
export function assignmentTypedData(assignment: Assignment, chainId: number, results: Address) {
  return {
    domain: { name: "SONM Results", version: "1", chainId, verifyingContract: results },
    types: assignmentTypes,
    primaryType: "Assignment",
    message: assignment,
  } as const;
}
