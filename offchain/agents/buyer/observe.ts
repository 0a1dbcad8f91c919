// A buyer's look at the chain: the market, and the status of its hub, which decides when refunds begin. It lets go what is over.

import { parametersOf } from "@sonm/chain/government/parameters";
import { type HubStanding, hubStandingOf } from "@sonm/chain/hub/standing";
import type { Sight } from "@sonm/chain/market/observer";
import type { Job } from "@sonm/protocol/job/job";
import type { Address } from "@sonm/protocol/values/ids";
import { dueBefore, type Referee } from "../../host/referees/referee.ts";
import type { RoleTools } from "../../host/role/open.ts";
import type { BuyerPolicy, BuyerView } from "./decide.ts";
import type { BuyerJournal } from "./journal.ts";
import { createBatches, overIn, viewOf } from "./view.ts";

/**
 * Unix time from which open batches of a job can be refunded: its deadline, or earlier if its hub is suspected or punished.
 * @param suspicionSeconds time between a suspicion and the refunds that it allows
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

type Tools = Pick<RoleTools<BuyerJournal>, "access" | "journal" | "guard"> & { readonly referees: readonly Referee[] };

/**
 * The function that looks.
 * @param wallet of the hub that is asked
 */
export async function createObserve(
  { access, journal, guard, referees }: Tools,
  policy: BuyerPolicy,
  wallet: Address,
): Promise<(sight: Sight) => Promise<BuyerView>> {
  const { signer, deployment } = access;
  const { RefundAfterSuspicionSeconds } = await parametersOf(signer, deployment);
  const batchesOf = createBatches(journal, guard);
  return async (sight) => {
    journal.orders.end(overIn(sight, journal));
    const hub = await hubStandingOf(signer, wallet);
    const refundFrom = (job: Job) => refundableFrom(job, hub, Number(RefundAfterSuspicionSeconds));
    const disputes = dueBefore(referees, sight);
    return viewOf(sight, journal, { hub: hub?.owner, refundFrom, policy, disputes }, guard, batchesOf);
  };
}
