// Shows whether a hub deserves trust: what people stake on it, how old it is, and since when it has its status. Read only from contracts:
// no indexer is needed.
import type { Reader } from "../clients.ts";
import type { Deployment } from "../deployment.ts";
import { type Rating, ratingsOf } from "./ratings.ts";
import { type Registration, registrationOf } from "./registration.ts";
import type { HubEntry } from "./whitelist.ts";

/** A hub's reputation. The rating is that of the latest registration. Times are unix seconds. */
export type Reputation = Rating & {
  /**
   * From when a hub's age counts; 0 before its first registration. The time before it does not count: making a wallet costs nothing, so
   * somebody could keep old wallets in store. A registration takes the reserve, and puts the hub within the DAO's reach.
   */
  readonly firstRegisteredAt: number;
  /** when it became what its status says; 0 for `created`, of which the chain keeps no time */
  readonly since: number;
};

/** When a hub got its present status, unix seconds; 0 for `created`. */
export function sinceWhen({ status }: Pick<HubEntry, "status">, registration: Registration): number {
  if (status === "created") return 0;
  if (status === "registered") return registration.registeredAt;
  return status === "suspected" ? registration.suspectedAt : registration.endedAt;
}

/** The reputations of hubs, in the order given. */
export async function reputationsOf(
  reader: Reader,
  deployment: Deployment,
  hubs: readonly HubEntry[],
): Promise<Reputation[]> {
  const [ratings, times] = await Promise.all([
    ratingsOf(reader, deployment, hubs),
    Promise.all(
      hubs.map(async (hub) => {
        if (hub.registrations === 0) return { firstRegisteredAt: 0, since: 0 };
        const [first, last] = await Promise.all([
          registrationOf(reader, hub.wallet, 1),
          registrationOf(reader, hub.wallet, hub.registrations),
        ]);
        return { firstRegisteredAt: first.registeredAt, since: sinceWhen(hub, last) };
      }),
    ),
  ]);
  return ratings.map((rating, i) => ({ ...rating, ...(times[i] ?? { firstRegisteredAt: 0, since: 0 }) }));
}

/** The reputation of one hub. */
export async function reputationOf(reader: Reader, deployment: Deployment, hub: HubEntry): Promise<Reputation> {
  const [reputation] = await reputationsOf(reader, deployment, [hub]);
  return reputation as Reputation;
}
