// Jobs as their buyers deal with them.
import type { TransactionReceipt } from "viem";
import type { Job } from "../../job/job.ts";
import type { Hex } from "../../types.ts";
import { jobBoardAbi } from "../abi/job-board.ts";
import type { Signer } from "../clients.ts";
import type { Addresses } from "../deployment.ts";
import { send } from "../transact.ts";

type Receipt = Promise<TransactionReceipt>;

/** Posts a job with the hub's quote. `JobBoard` must have been approved for `price × units`. */
export function postJob(signer: Signer, { jobBoard }: Addresses, job: Job, expiry: bigint, quote: Hex): Receipt {
  return send(signer, "The job was not posted", {
    address: jobBoard,
    abi: jobBoardAbi,
    functionName: "post",
    args: [job, expiry, quote],
  });
}

export function refundBatches(signer: Signer, { jobBoard }: Addresses, job: Job, batches: readonly number[]): Receipt {
  return send(signer, "The batches were not refunded", {
    address: jobBoard,
    abi: jobBoardAbi,
    functionName: "refund",
    args: [job, batches],
  });
}
