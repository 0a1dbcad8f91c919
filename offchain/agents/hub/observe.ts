// A hub's look: how its wallet stands is asked for beside the market.

import { parametersOf } from "@sonm/chain/government/parameters";
import { hubStandingOf } from "@sonm/chain/hub/standing";
import { waitingFor } from "@sonm/chain/hub/wallet";
import type { Sight } from "@sonm/chain/market/observer";
import type { Address } from "@sonm/protocol/values/ids";
import type { RoleTools } from "../../host/role/open.ts";
import type { HubPolicy, HubView } from "./decide.ts";
import type { HubJournal } from "./journal.ts";
import { viewOf } from "./view.ts";

/** The function that looks. What a wallet must keep is read once, here. */
export async function createObserve(
  { access, journal }: Pick<RoleTools<HubJournal>, "access" | "journal">,
  policy: HubPolicy,
  wallet: Address,
): Promise<(sight: Sight) => Promise<HubView>> {
  const { signer, deployment } = access;
  const { ReserveWei } = await parametersOf(signer, deployment);
  return async (sight) => {
    const { status = "absent", free = 0n } = (await hubStandingOf(signer, wallet)) ?? {};
    const { remainder: waiting } = await waitingFor(signer, deployment, wallet);
    return viewOf(sight, journal, { wallet, standing: { status, free, reserve: ReserveWei }, waiting, policy });
  };
}
