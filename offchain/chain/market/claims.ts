// Claims on batches: posted, confirmed, settled.
import type { Job } from "@sonm/protocol/job/job";
import type { Claim } from "@sonm/protocol/result/claim";
import type { Hex } from "@sonm/protocol/values/ids";
import { resultsAbi } from "../abi/results.ts";
import { action } from "../transact.ts";

const on = { contract: "results", abi: resultsAbi } as const;

/** @param assignment the hub's signature, valid until `expiry` */
export const postClaim = action(
  { ...on, failure: "The batch was not claimed", call: "claim" },
  (job: Job, claim: Claim, expiry: bigint, assignment: Hex) => [job, claim, expiry, assignment],
);

/** Pays the miner and the hub after the window. Anyone may. */
export const settleClaim = action(
  { ...on, failure: "The claim was not settled", call: "settle" },
  (job: Job, claim: Claim) => [job, claim],
);

/** Settles at once. Only the buyer may. */
export const confirmClaim = action(
  { ...on, failure: "The claim was not confirmed", call: "confirm" },
  (job: Job, claim: Claim) => [job, claim],
);
