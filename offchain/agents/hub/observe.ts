// A hub's look at the chain: the market, and the state of its wallet. It writes down how claims have ended, and lets go what is over.

import { parametersOf } from "@sonm/chain/government/parameters";
import { hubStandingOf } from "@sonm/chain/hub/standing";
import { waitingFor } from "@sonm/chain/hub/wallet";
import type { Sight } from "@sonm/chain/market/observer";
import { stakeOf } from "@sonm/chain/money/stake";
import type { Address } from "@sonm/protocol/values/ids";
import { dueBefore, type Referee } from "../../host/referees/referee.ts";
import type { RoleTools } from "../../host/role/open.ts";
import { type HubPolicy, type HubView, holderOf, type OpenBatch, type WalletView } from "./decide.ts";
import type { HubJournal } from "./journal.ts";
import { overIn, ownSight, seen, viewOf, withStakes } from "./view.ts";

/** Miners whose stakes are read at a look: those with the most settled claims, then those with the most at stake when it was last read. */
const MOST_CANDIDATES = 64;

type Tools = Pick<RoleTools<HubJournal>, "access" | "journal" | "guard"> & { readonly referees: readonly Referee[] };

/** Makes the function that looks. It reads the reserve that a wallet must keep only once, here. */
export async function createObserve(
  { access, journal, guard, referees }: Tools,
  policy: HubPolicy,
  wallet: Address,
): Promise<(sight: Sight) => Promise<HubView>> {
  const { signer, deployment } = access;
  const { ReserveWei } = await parametersOf(signer, deployment);
  /** the claims at the last look: those that are the same objects are noted already */
  let noted: Sight["claims"] = new Map();
  return async (whole) => {
    const sight = ownSight(whole, wallet);
    const news = [...sight.claims.values()].filter((claim) => noted.get(claim.id) !== claim);
    journal.note(news.map(seen));
    noted = sight.claims;
    journal.assignments.end(overIn(sight, journal, policy));

    const { status = "absent", free = 0n } = (await hubStandingOf(signer, wallet)) ?? {};
    const { remainder: waiting } = await waitingFor(signer, deployment, wallet);
    const standing: WalletView = { status, free, reserve: ReserveWei };
    const disputes = dueBefore(referees, sight);
    const view = viewOf(sight, journal, { standing, waiting, policy, disputes }, guard);
    // Stakes matter only where there is work to give.
    const isHeld = ({ assignments }: OpenBatch) => holderOf(assignments, view) !== undefined;
    if (view.jobs.every(({ open }) => open.every(isHeld))) return view;
    const candidates = view.miners.filter(({ convicted }) => !convicted);
    candidates.sort((a, b) => b.settled - a.settled || Number((b.stake ?? 0n) - (a.stake ?? 0n)));
    const stakes = await Promise.all(
      candidates
        .slice(0, MOST_CANDIDATES)
        .map(async ({ address }) => ({ address, ...(await stakeOf(signer, deployment, address)) })),
    );
    journal.noteStakes(stakes);
    return withStakes(view, new Map(stakes.map(({ address, free }) => [address, free])));
  };
}
