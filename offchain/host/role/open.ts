// What every role has at hand from its start to its end: the chain, the network, its journal, and a way to say what happens.
import { join } from "node:path";
import { latest } from "@sonm/chain/clients";
import type { ObserverOptions } from "@sonm/chain/market/observer";
import type { Address } from "@sonm/protocol/values/ids";
import type { TransactionReceipt } from "viem";
import { type Access, openAccess } from "../access/access.ts";
import { createHttpPeer } from "../net/http-peer.ts";
import type { Peer } from "../net/peer.ts";
import type { RoleConfig } from "./config.ts";
import type { RoleName } from "./happenings.ts";
import { createReporter, type Reporter } from "./process.ts";
import { transactionOf } from "./transaction.ts";

export type RoleTools<Journal> = Reporter & {
  readonly access: Access;
  readonly peer: Peer;
  readonly journal: Journal;
  /** Waits until a transaction is mined, and reports it. `call` is what people know it by. */
  sent(call: string, transaction: Promise<TransactionReceipt>): Promise<TransactionReceipt>;
};

/**
 * Opens what a configuration names.
 * @param openJournal what this kind of role writes down
 * @param observing what of the chain it needs to see, given its own address
 */
export async function openRole<Journal>(
  kind: RoleName,
  config: RoleConfig<unknown>,
  openJournal: (path: string) => Journal,
  observing: (me: Address) => ObserverOptions,
): Promise<RoleTools<Journal>> {
  const reporter = createReporter(kind, config.name, config.events);
  const access = await openAccess(config, observing);
  reporter.setNow((await latest(access.signer)).now);
  return {
    ...reporter,
    access,
    peer: createHttpPeer({ url: config.net, account: access.account }),
    journal: openJournal(join(config.data, "journal.sqlite")),
    async sent(call, transaction) {
      const receipt = await transaction;
      reporter.emit(transactionOf(call, receipt));
      return receipt;
    },
  };
}
