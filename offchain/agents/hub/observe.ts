// A hub's look at the chain: the market, and the state of its wallet.

import { parametersOf } from "@sonm/chain/government/parameters";
import { hubStandingOf } from "@sonm/chain/hub/standing";
import { waitingFor } from "@sonm/chain/hub/wallet";
import type { Sight } from "@sonm/chain/market/observer";
import type { Address } from "@sonm/protocol/values/ids";
import type { RoleTools } from "../../host/role/open.ts";
import type { HubPolicy, HubView } from "./decide.ts";
import type { HubJournal } from "./journal.ts";
import { viewOf } from "./view.ts";

/** Makes the function that looks. It reads the reserve that a wallet must keep only once, here. */
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
