// What buyers do with their jobs.
import type { Job } from "@sonm/protocol/job/job";
import type { Hex } from "@sonm/protocol/values/ids";
import { jobBoardAbi } from "../abi/job-board.ts";
import { action } from "../transact.ts";

const on = { contract: "jobBoard", abi: jobBoardAbi } as const;

/**
 * Posts a job with the hub's quote. `JobBoard` must be approved for `price × units` (wei of SNM) before.
 * @param expiry last second in which the quote is valid, unix time
 * @throws Failure if terms or quote are not accepted, or the price is not approved
 */
export const postJob = action(
  { ...on, failure: "The job was not posted", call: "post" },
  (job: Job, expiry: bigint, quote: Hex) => [job, expiry, quote],
);

/** Gives the buyer back the price of batches that nobody has claimed. Anyone may. @throws Failure if it is too early, or one is not open */
export const refundBatches = action(
  { ...on, failure: "The batches were not refunded", call: "refund" },
  (job: Job, batches: readonly number[]) => [job, batches],
);
