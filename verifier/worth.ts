// What a claim is worth to a verifier, and what it costs to check. Pure.
import { batchRange, type Job } from "@sonm/protocol/job/job";
import type { Claim } from "@sonm/protocol/result/claim";
import type { Work } from "../offchain/host/role/turns.ts";

/** A claim of which a verifier can choose whether to check it. */
export type Candidate = {
  readonly id: string;
  readonly claim: Pick<Claim, "job" | "batch">;
  readonly job: Job;
  readonly claimedAt: number;
};

/** Checking a claim, as a work among others. What can be won is half of the deposit (PROTOCOL.md, section 5). */
export function workOf({ id, claim, job, claimedAt }: Candidate): Work {
  const { count } = batchRange(job, claim.batch);
  return {
    id,
    customer: claim.job,
    reward: job.deposit / 2n,
    deadline: claimedAt + job.window,
    steps: count * 8 ** job.exponent,
  };
}

/** Steps for which a least price is asked. */
const BILLION = 10n ** 9n;

/**
 * Whether what can be won is at least `leastPrice` (wei) for 10^9 steps, if all runs are as long as the job allows. Only then is it known
 * beforehand how long they are.
 */
export function pays({ reward, steps }: Pick<Work, "reward" | "steps">, leastPrice: bigint): boolean {
  return reward * BILLION >= leastPrice * BigInt(steps);
}
