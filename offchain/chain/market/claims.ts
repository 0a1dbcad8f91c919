// Claims on batches: posted, confirmed, settled.
import type { Job } from "@sonm/protocol/job/job";
import type { Claim } from "@sonm/protocol/result/claim";
import type { Hex } from "@sonm/protocol/values/ids";
import { resultsAbi } from "../abi/results.ts";
import { action } from "../transact.ts";

const on = { contract: "results", abi: resultsAbi } as const;

/**
 * Claims a batch, which locks the job's deposit.
 * @param expiry last second in which the assignment is valid, unix time
 * @param assignment the hub's signature
 * @throws Failure if the batch is not open, the assignment is not valid, or the free stake is too small
 */
export const postClaim = action(
  { ...on, failure: "The batch was not claimed", call: "claim" },
  (job: Job, claim: Claim, expiry: bigint, assignment: Hex) => [job, claim, expiry, assignment],
);

/** Pays the miner and the hub after window and opening. Anyone may. @throws Failure if it is too early, or a game is open */
export const settleClaim = action(
  { ...on, failure: "The claim was not settled", call: "settle" },
  (job: Job, claim: Claim) => [job, claim],
);

/** Settles at once. Only the buyer may. @throws Failure if a game is open, or the claim is not live */
export const confirmClaim = action(
  { ...on, failure: "The claim was not confirmed", call: "confirm" },
  (job: Job, claim: Claim) => [job, claim],
);
