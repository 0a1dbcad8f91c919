// How a buyer reads its letters: quotes and refusals of the hub that it has asked, and deliveries.
import { hubStandingOf } from "@sonm/chain/hub/standing";
import type { Address } from "@sonm/protocol/values/ids";
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
      return () => void journal.deliveries.put(`${message.claim}/${from}`, message.content);
    }
    if (message.kind !== "quote" && message.kind !== "refuse-quote") return () => {};
    if (from !== (await hubStandingOf(access.signer, wallet))?.owner) return () => {};
    const { job } = message;
    if (message.kind === "refuse-quote") return () => void journal.refusals.put(job, message.reason);
    const { expiry, signature } = message;
    return () => {
      journal.quotes.put(job, { expiry: Number(expiry), signature });
      emit({ kind: "quoted", job, expiry: Number(expiry) });
    };
  };
}
