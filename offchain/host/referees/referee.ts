// What a role must see and do in a dispute, whichever referee decides it. Roles know only these interfaces; `referees.ts` lists what
// implements them.

import type { DisputeLog } from "@sonm/chain/market/dispute-log";
import type { ObservedClaim } from "@sonm/chain/market/events";
import type { Sight } from "@sonm/chain/market/observer";
import type { Job } from "@sonm/protocol/job/job";
import { Failure } from "@sonm/protocol/values/failure";
import type { Address } from "@sonm/protocol/values/ids";
import { isAddressEqual } from "viem";
import { type Decision, soonest } from "../role/loop.ts";

/** Something to do in a dispute. A role passes it from its decision to `act`; only the referee that made it knows what is in it. */
export type Deed = {
  readonly referee: Address;
  /** for people */
  readonly kind: string;
  /** two deeds with equal keys are the same intention, whichever referee made them */
  readonly key: string;
};

/** A referee from the side of a party to its disputes. */
export interface Referee extends Pick<DisputeLog, "address" | "guarantee"> {
  /** What this party owes the open disputes that it is in. Pure. */
  due(sight: Sight): Decision<Deed>;
  /** Carries a deed of this referee out. May be called again for the same one. */
  act(deed: Deed): Promise<void>;
}

/** How a claim may be accused, or how its accusation goes on. */
export type Accusation =
  | {
      readonly announced: false;
      /** wei of free stake that the whole accusation locks */
      readonly cost: bigint;
      /** announces it */
      readonly deed: Deed;
    }
  | {
      readonly announced: true;
      /** wei of free stake that it will still lock */
      readonly reserved: bigint;
      readonly next: Decision<Deed>;
    };

/** A referee from the side of an accuser. */
export interface AccusersReferee extends Referee {
  /**
   * How this party can accuse a claim, or how its accusation goes on. Says nothing about whether it holds the results to be false. Pure,
   * but for reading the journal.
   */
  accusation(sight: Sight, claim: ObservedClaim, job: Job): Accusation;
}

/** Everything that is due in disputes before these referees. */
export function dueBefore(referees: readonly Referee[], sight: Sight): Decision<Deed> {
  const all = referees.map((referee) => referee.due(sight));
  return { actions: all.flatMap(({ actions }) => actions), wakeAt: soonest(all.map(({ wakeAt }) => wakeAt)) };
}

/** The referee at an address, if it is one of these. */
export function refereeAt<R extends Pick<Referee, "address">>(referees: readonly R[], address: Address): R | undefined {
  return referees.find((referee) => isAddressEqual(referee.address, address));
}

/** Lets the referee that made a deed carry it out. */
export async function actBefore(referees: readonly Referee[], deed: Deed): Promise<void> {
  const referee = refereeAt(referees, deed.referee);
  if (!referee)
    throw new Failure("The dispute cannot be acted in", `${deed.referee} is no referee known here`, "update");
  await referee.act(deed);
}
