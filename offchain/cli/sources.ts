// Collects SNM from where they wait for their owner: the same for a payee, a hub and the Treasury.

import type { Owed } from "@sonm/chain/hub/earnings";
import { allowanceOf, broughtBy } from "@sonm/chain/money/snm";
import type { Address } from "@sonm/protocol/values/ids";
import { plain } from "@sonm/protocol/values/plain";
import type { TransactionReceipt } from "viem";
import type { Task } from "./batch.ts";
import { type Network, orWhen } from "./network.ts";

/** A place where SNM wait for somebody. */
export type Source = {
  /** the hub that owes them; null for the escrow */
  readonly hub: Address | null;
  readonly name: string;
  bring(): Promise<TransactionReceipt>;
  /** what waits there now, wei of SNM */
  left(): Promise<bigint>;
};

/** The hubs that owe SNM to a payee, as sources. @param bring pulls what one hub owes to `payee` */
export function sourcesOf(
  { reader, deployment }: Network,
  payee: Address,
  owed: readonly Owed[],
  bring: (owed: Owed) => Promise<TransactionReceipt>,
): Source[] {
  return owed.map((one) => ({
    hub: one.hub.wallet,
    name: one.hub.name,
    bring: () => bring(one),
    left: () => allowanceOf(reader, deployment, one.hub.wallet, payee),
  }));
}

/** The task of collecting SNM from sources for `payee`. */
export function bringing({ deployment, now }: Network, payee: Address): Task<Source> {
  return {
    act: async ({ bring }) => broughtBy(deployment, await orWhen(now, bring()), payee),
    isDone: async ({ left }) => (await left()) === 0n,
    nameOf: ({ name }) => `from ${plain(name)}`,
    dataOf: ({ hub, name }) => ({ hub, name }),
  };
}
