// A buyer's look: how its hub stands is asked for beside the market, since it decides from when there are refunds.

import { parametersOf } from "../../core/chain/government/parameters.ts";
import { type HubStanding, hubStandingOf } from "../../core/chain/hub/standing.ts";
import type { Sight } from "../../core/chain/market/observer.ts";
import type { Job } from "../../core/job/job.ts";
import type { Address } from "../../core/types.ts";
import type { RoleTools } from "../../role/open.ts";
import type { BuyerPolicy, BuyerView } from "./decide.ts";
import type { BuyerJournal } from "./journal.ts";
import { viewOf } from "./view.ts";

/**
 * Unix time from which open batches of a job are refunded: its deadline, or earlier if its hub is suspected or punished.
 * @param suspicionSeconds from a suspicion to the refunds that it allows
 */
export function refundableFrom(
  { deadline }: Pick<Job, "deadline">,
  hub: Pick<HubStanding, "status" | "suspectedAt"> | undefined,
  suspicionSeconds: number,
): number {
  if (hub?.status === "punished") return 0;
  const suspicion = hub?.status === "suspected" ? hub.suspectedAt + suspicionSeconds : Number(deadline);
  return Math.min(Number(deadline), suspicion);
}

/**
 * The function that looks.
 * @param wallet of the hub that is asked
 */
export async function createObserve(
  { access, journal }: Pick<RoleTools<BuyerJournal>, "access" | "journal">,
  policy: BuyerPolicy,
  wallet: Address,
): Promise<(sight: Sight) => Promise<BuyerView>> {
  const { signer, deployment } = access;
  const { RefundAfterSuspicionSeconds } = await parametersOf(signer, deployment);
  return async (sight) => {
    const hub = await hubStandingOf(signer, wallet);
    const refundFrom = (job: Job) => refundableFrom(job, hub, Number(RefundAfterSuspicionSeconds));
    return viewOf(sight, journal, { hub: hub?.owner, refundFrom, policy });
  };
}
