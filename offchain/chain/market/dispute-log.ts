// What the market asks of a referee: which events are its own, and what disputes they come to. A referee that is new to the market brings
// one of these and is named in `referees.ts`; the market itself knows of none.

import type { Guarantee } from "@sonm/protocol/job/guarantee";
import type { Value } from "@sonm/protocol/values/codec";
import type { Address, ClaimId, JobId } from "@sonm/protocol/values/ids";
import type { Log } from "viem";
import type { Reader } from "../clients.ts";

/** An event as the chain has it, with the time (unix seconds) of its block. */
export type TimedLog = { readonly log: Log<bigint, number, false>; readonly time: number };

/** The claim that a dispute is about, its job, and the two sides. */
export type Parties = {
  readonly claim: ClaimId;
  readonly job: JobId;
  readonly miner: Address;
  readonly challenger: Address;
};

/** How a market reads the disputes of one referee. */
export interface DisputeLog<Disputes = unknown> {
  /** the contract, which emits its events itself */
  readonly address: Address;
  readonly guarantee: Guarantee;
  /** before any event */
  readonly none: Disputes;
  /**
   * The disputes after these events of the contract, which are in the order of the chain. Leaves those before as they are. Pure.
   * @returns also, by claim, how many disputes about it were opened more than were ended
   */
  fold(
    disputes: Disputes,
    logs: readonly TimedLog[],
  ): { readonly disputes: Disputes; readonly opened: ReadonlyMap<ClaimId, number> };
  /**
   * The disputes without those about claims that are over, and without announcements that came to nothing. Leaves those before as they are;
   * gives the same object if nothing leaves. Pure.
   * @param final the disputes as of a block that stays: what has ended there has ended
   */
  drop(disputes: Disputes, over: ReadonlySet<ClaimId>, final: Disputes): Disputes;
  /** What `restore` makes the same disputes of. */
  save(disputes: Disputes): Value;
  restore(saved: unknown): Disputes;
  /**
   * Adds what no event shows but the contract stores, as of a block. Gives the same object if nothing is new.
   * @param follows which open disputes it is read of
   */
  read(
    disputes: Disputes,
    client: Pick<Reader["client"], "readContract">,
    blockNumber: bigint,
    follows: (parties: Parties) => boolean,
  ): Promise<Disputes>;
}

/** The disputes of one referee in a market. */
export function disputesIn<Disputes>(
  market: { readonly disputes: ReadonlyMap<Address, unknown> },
  { address, none }: Pick<DisputeLog<Disputes>, "address" | "none">,
): Disputes {
  // Only the referee's own fold writes there.
  return (market.disputes.get(address) ?? none) as Disputes;
}
