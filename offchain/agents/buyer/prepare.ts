// How a buyer reads its letters: quotes and refusals of the hub that it has asked, and deliveries.
import { hubStandingOf } from "@sonm/chain/hub/standing";
import type { Address } from "@sonm/protocol/values/ids";
import { isAddressEqual } from "viem";
import type { Prepare } from "../../host/role/inbox.ts";
import type { RoleTools } from "../../host/role/open.ts";
import type { BuyerJournal } from "./journal.ts";

/**
 * Makes the function that reads letters. The chain checks quotes later; deliveries are checked when they are collected.
 * @param wallet of the hub that is asked
 */
export function createPrepare(
  { access, journal, emit }: Pick<RoleTools<BuyerJournal>, "access" | "journal" | "emit">,
  wallet: Address,
): Prepare {
  return async ({ from, message }) => {
    if (message.kind === "results") {
      const { claim, content } = message;
      const sight = await access.observer.look();
      const about = sight.claims.get(claim)?.claim;
      // Only the claim's own miner delivers. Where the chain is not seen so far yet, the miner is asked again later.
      if (!about || !isAddressEqual(about.miner, from) || !journal.orders.get(about.job)) return () => {};
      return () => void journal.deliveries.put(claim, content);
    }
    if (message.kind !== "quote" && message.kind !== "refuse-quote") return () => {};
    if (from !== (await hubStandingOf(access.signer, wallet))?.owner) return () => {};
    const { job } = message;
    if (!journal.orders.get(job)) return () => {};
    if (message.kind === "refuse-quote") return () => void journal.refusals.put(job, message.reason);
    const { expiry, signature } = message;
    return () => {
      journal.quotes.put(job, { expiry: Number(expiry), signature });
      emit({ kind: "quoted", job, expiry: Number(expiry) });
    };
  };
}
