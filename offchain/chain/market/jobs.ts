// What buyers do with their jobs.
import type { Job } from "@sonm/protocol/job/job";
import type { Hex } from "@sonm/protocol/values/ids";
import { jobBoardAbi } from "../abi/job-board.ts";
import { action } from "../transact.ts";

const on = { contract: "jobBoard", abi: jobBoardAbi } as const;

/** Posts a job with the hub's quote. `JobBoard` must have been approved for `price × units`. */
export const postJob = action(
  { ...on, failure: "The job was not posted", call: "post" },
  (job: Job, expiry: bigint, quote: Hex) => [job, expiry, quote],
);

/** Gives the buyer back the price of batches that nobody has claimed. Anyone may. */
export const refundBatches = action(
  { ...on, failure: "The batches were not refunded", call: "refund" },
  (job: Job, batches: readonly number[]) => [job, batches],
);
