// A miner's look at the chain: the market, its stake, its hub, and the pay that it can pull. It lets go what is over.
import { hubStandingOf } from "@sonm/chain/hub/standing";
import type { Sight } from "@sonm/chain/market/observer";
import { allowanceOf } from "@sonm/chain/money/snm";
import { stakeOf } from "@sonm/chain/money/stake";
import type { Job } from "@sonm/protocol/job/job";
import type { Address } from "@sonm/protocol/values/ids";
import type { Engine } from "../../host/engines/engine.ts";
import { dueBefore, type Referee } from "../../host/referees/referee.ts";
import { strangeIn } from "../../host/referees/strange.ts";
import type { RoleTools } from "../../host/role/open.ts";
import { watchStake } from "../../host/role/stake.ts";
import type { MinerPolicy, MinerView } from "./decide.ts";
import type { MinerJournal } from "./journal.ts";
import { letGo } from "./kept.ts";
import { createWorks, hubsOf, viewOf } from "./view.ts";

type Tools = Pick<RoleTools<MinerJournal>, "access" | "journal" | "data" | "guard"> & {
  readonly engine: Pick<Engine, "machine" | "runs">;
  readonly referees: readonly Referee[];
};

/**
 * The function that looks.
 * @param wallet of the hub to work for
 * @param isAnnounced whether this miner has announced itself to the hub as it is now
 * @param isResting whether its operator lets it rest
 */
export function createObserve(
  { access, journal, data, guard, engine, referees }: Tools,
  policy: MinerPolicy,
  wallet: Address,
  isAnnounced: () => boolean,
  isResting: () => boolean = () => false,
): (sight: Sight) => Promise<MinerView> {
  const { signer, deployment } = access;
  const me = signer.address;
  let hub: Address | undefined;
  /** What a contract says that is no wallet of a hub must not keep the miner from its games. */
  const ownerOf = async (wallet: Address) => {
    try {
      return (await hubStandingOf(signer, wallet))?.owner;
    } catch (error) {
      return guard(`hub ${wallet}`, [wallet], () => {
        throw error;
      });
    }
  };
  const isStrange = (job: Job) => strangeIn(job, engine, referees);
  const worksOf = createWorks(journal, isStrange, guard);
  return async (sight) => {
    await letGo({ journal, data, guard }, sight, worksOf(sight).over);
    const disputes = dueBefore(referees, sight);
    const stake = await stakeOf(signer, deployment, me);
    await watchStake({ access, journal }, stake, policy.stake, sight.block);
    const owed = async (hub: Address) => ({ hub, amount: await allowanceOf(signer, deployment, hub, me) });
    const pay = await Promise.all(hubsOf(journal, wallet).map(owed));
    hub ??= await ownerOf(wallet);
    const surroundings = {
      me,
      policy,
      freeStake: stake.free,
      hub,
      announced: isAnnounced(),
      resting: isResting(),
      pay,
      disputes,
      strangeIn: isStrange,
    };
    return viewOf(sight, journal, surroundings, guard, worksOf);
  };
}
