// Claims on batches: posted, confirmed, settled.
import type { TransactionReceipt } from "viem";
import type { Job } from "../../job/job.ts";
import type { Claim } from "../../result/claim.ts";
import type { Hex } from "../../types.ts";
import { resultsAbi } from "../abi/results.ts";
import type { Signer } from "../clients.ts";
import type { Addresses } from "../deployment.ts";
import { send } from "../transact.ts";

type Receipt = Promise<TransactionReceipt>;

/** @param assignment the hub's signature, valid until `expiry` */
export function postClaim(
  signer: Signer,
  { results }: Addresses,
  job: Job,
  claim: Claim,
  expiry: bigint,
  assignment: Hex,
): Receipt {
  return send(signer, "The batch was not claimed", {
    address: results,
    abi: resultsAbi,
    functionName: "claim",
    args: [job, claim, expiry, assignment],
  });
}

export function settleClaim(signer: Signer, { results }: Addresses, job: Job, claim: Claim): Receipt {
  return send(signer, "The claim was not settled", {
    address: results,
    abi: resultsAbi,
    functionName: "settle",
    args: [job, claim],
  });
}

/** The buyer's: settles at once. */
export function confirmClaim(signer: Signer, { results }: Addresses, job: Job, claim: Claim): Receipt {
  return send(signer, "The claim was not confirmed", {
    address: results,
    abi: resultsAbi,
    functionName: "confirm",
    args: [job, claim],
  });
}
