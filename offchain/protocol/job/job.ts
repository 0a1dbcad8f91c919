// The terms of a job (PROTOCOL.md, section 4) and its id.
import { hashStruct } from "viem";
import type { Address, Hex, JobId } from "../values/ids.ts";

/**
 * A job as `contracts/types/Job.sol` has it. Field types are those of the chain's ABI (64 bits and more are bigints), so
 * that the same value is hashed, signed and sent without conversion.
 */
export type Job = {
  /** pays, may confirm, is refunded */
  readonly buyer: Address;
  /** the hub's wallet */
  readonly hub: Address;
  /** decides disputes */
  readonly referee: Address;
  /** executes the disputed instruction; the referee's */
  readonly machine: Address;
  /** keccak-256 of the image tar */
  readonly image: Hex;
  /** root of the program region, height 25 */
  readonly programRoot: Hex;
  /** program counter at step 0 */
  readonly entry: bigint;
  /** root of the tree of the units' input regions */
  readonly inputsRoot: Hex;
  readonly units: number;
  /** units a batch; the last batch may be shorter */
  readonly batchSize: number;
  /** m: a run has 8^m steps */
  readonly exponent: number;
  /** wei of SNM a unit */
  readonly price: bigint;
  /** wei of SNM that a claim locks */
  readonly deposit: bigint;
  /** wei of SNM that a game locks */
  readonly bond: bigint;
  /** seconds in which a claim may be challenged */
  readonly window: number;
  /** seconds between announcing a challenge and opening it (R) */
  readonly opening: number;
  /** seconds of thinking time each player holds (A) */
  readonly allowance: number;
  /** seconds that any turn has at least (G) */
  readonly grace: number;
  /** unix time from which unclaimed units are refunded */
  readonly deadline: bigint;
  /** makes equal terms different jobs */
  readonly salt: Hex;
};

/** EIP-712 types of a job. The order of the fields is the encoding: it is that of the Solidity struct. */
export const jobTypes = {
  Job: [
    { name: "buyer", type: "address" },
    { name: "hub", type: "address" },
    { name: "referee", type: "address" },
    { name: "machine", type: "address" },
    { name: "image", type: "bytes32" },
    { name: "programRoot", type: "bytes32" },
    { name: "entry", type: "uint64" },
    { name: "inputsRoot", type: "bytes32" },
    { name: "units", type: "uint32" },
    { name: "batchSize", type: "uint32" },
    { name: "exponent", type: "uint8" },
    { name: "price", type: "uint128" },
    { name: "deposit", type: "uint128" },
    { name: "bond", type: "uint128" },
    { name: "window", type: "uint32" },
    { name: "opening", type: "uint32" },
    { name: "allowance", type: "uint32" },
    { name: "grace", type: "uint32" },
    { name: "deadline", type: "uint64" },
    { name: "salt", type: "bytes32" },
  ],
} as const;

/**
 * The job's id: its EIP-712 struct hash.
 * @throws viem's `BaseError` if a field does not have its type; `checkJob` says which one and why
 * @example
 * ```ts
 * import { batchCount, batchRange, type Job, jobId } from "@sonm/protocol/job";
 * import { checkJob } from "@sonm/protocol/job/check";
 * import { inputsRoot } from "@sonm/protocol/job/inputs";
 * import { minimalBond, minimalDeposit } from "@sonm/protocol/job/sizes";
 * import { inputRoot } from "@sonm/protocol/machine";
 * import { toHex } from "viem";
 *
 * // The terms of a job of 100 units, in batches of 16. Amounts are wei of SNM, times seconds.
 * const SNM = 10n ** 18n;
 * const inputs = Array.from({ length: 100 }, (_, unit) => new TextEncoder().encode(`part ${unit}`));
 * // The DAO's parameters MinBondWei, MinDepositWei and AuditRateBps, for example from `parametersOf` of @sonm/chain.
 * const parameters = { minBond: 10n * SNM, minDeposit: 100n * SNM, auditRateBps: 5000n };
 * const price = 2n * SNM; // for each unit
 * const bond = minimalBond(price, parameters);
 * const job: Job = {
 *   buyer: "0x1111111111111111111111111111111111111111",
 *   hub: "0x2222222222222222222222222222222222222222",
 *   referee: "0x3333333333333333333333333333333333333333",
 *   machine: "0x4444444444444444444444444444444444444444",
 *   image: `0x${"55".repeat(32)}`,
 *   programRoot: `0x${"66".repeat(32)}`,
 *   entry: 0x1_0000n,
 *   inputsRoot: inputsRoot(inputs.map((input) => toHex(inputRoot(input)))),
 *   ...{ units: inputs.length, batchSize: 16, exponent: 12 }, // at most 8^12 steps for each unit
 *   ...{ price, bond, deposit: minimalDeposit({ price, bond, batchSize: 16 }, parameters) },
 *   ...{ window: 3600, opening: 600, allowance: 3600, grace: 600 },
 *   deadline: BigInt(Math.floor(Date.now() / 1000) + 86_400),
 *   salt: `0x${"77".repeat(32)}`,
 * };
 * checkJob(job);
 * console.log(`job ${jobId(job)}: ${batchCount(job)} batches`); // 7
 * console.log(batchRange(job, 6)); // { first: 96, count: 4 }
 * ```
 */
export function jobId(job: Job): JobId {
  return hashStruct({ data: job, types: jobTypes, primaryType: "Job" }) as JobId;
}

/** The status of a batch (PROTOCOL.md, section 4). */
export type BatchStatus = "open" | "taken" | "paid" | "refunded";

type Cut = Pick<Job, "units" | "batchSize">;

/** How many batches a job has. */
export function batchCount(job: Cut): number {
  return Math.ceil(job.units / job.batchSize);
}

/** The units of one batch, `[first, first + count)`; both 0 for a batch that the job does not have. */
export function batchRange(job: Cut, batch: number): { readonly first: number; readonly count: number } {
  const first = batch * job.batchSize;
  if (batch < 0 || first >= job.units) return { first: 0, count: 0 };
  return { first, count: Math.min(job.batchSize, job.units - first) };
}
