// Settles a claim whose window is over. Its miner does that; if the miner does not, the hub does.
import { settleClaim } from "@sonm/chain/market/claims";
import { batchRange, type Job } from "@sonm/protocol/job/job";
import { type Claim, claimId } from "@sonm/protocol/result/claim";
import type { RoleTools } from "./open.ts";

export async function settle({ access, sent, emit }: RoleTools<unknown>, job: Job, claim: Claim): Promise<void> {
  await sent("settle", settleClaim(access.signer, access.deployment, job, claim));
  const { count } = batchRange(job, claim.batch);
  emit({ kind: "settled", claim: claimId(claim), job: claim.job, batch: claim.batch, units: count });
}
