// What every role has at hand from its start to its end: the chain, the network, its journal, and a way to say what happens.
import { join } from "node:path";
import { latest } from "@sonm/chain/clients";
import type { ObserverOptions } from "@sonm/chain/market/observer";
import type { Address } from "@sonm/protocol/values/ids";
import type { LocalAccount, TransactionReceipt } from "viem";
import { type Access, openAccess } from "../access/access.ts";
import type { Peer } from "../net/peer.ts";
import type { RoleConfig } from "./config.ts";
import { dataFolderOf } from "./data-folder.ts";
import { createGuard, type Guard } from "./guard.ts";
import type { RoleEvent, RoleName } from "./happenings.ts";
import type { InHand } from "./in-hand.ts";
import { JOURNAL_FILE, type RoleJournal } from "./journal.ts";
import { createReporter, type Reporter } from "./reporter.ts";
import { openStatus, STATUS_FILE } from "./status.ts";
import { transactionOf } from "./transaction.ts";

/** Makes the peer through which a role meets the others. */
export type Transport = (config: Pick<RoleConfig<unknown>, "net">, account: LocalAccount) => Peer;

/** What distinguishes one kind of role from another before it starts to work. */
export type Opening<Journal> = {
  readonly kind: RoleName;
  /** Opens what this kind of role writes down. */
  openJournal(path: string): Journal;
  /** Which part of the chain it needs to observe, given its own address. */
  observing(me: Address): ObserverOptions;
};

export type RoleTools<Journal> = Reporter & {
  readonly access: Access;
  readonly peer: Peer;
  readonly journal: Journal;
  /** Looks at one thing that others have made. What goes wrong with it is reported, and costs nothing else. */
  readonly guard: Guard;
  /** the folder of journal and status */
  readonly data: string;
  /** Waits until a transaction is mined, and reports it. `call` is its name for people. */
  sent(call: string, transaction: Promise<TransactionReceipt>): Promise<TransactionReceipt>;
};

/** A role that is open. */
export type OpenRole<Journal> = RoleTools<Journal> & {
  /** What it has in hand, for its status. */
  holds(works: readonly InHand[]): void;
  /** Closes journal and status. */
  end(): void;
};

/** Opens what a configuration names. */
export async function openRole<Journal extends RoleJournal>(
  { kind, openJournal, observing }: Opening<Journal>,
  config: RoleConfig<unknown>,
  transport: Transport,
  hear: (event: RoleEvent) => void,
): Promise<OpenRole<Journal>> {
  const access = await openAccess(config, observing);
  const { signer, account, deployment } = access;
  const data = config.data ?? (await dataFolderOf(signer, deployment, kind, account.address));
  // The journal first: only the process that holds it may write the status beside it.
  const journal = openJournal(join(data, JOURNAL_FILE));
  const status = openStatus(join(data, STATUS_FILE));
  const reporter = createReporter(kind, config.name, (event) => {
    status.hear(event);
    hear(event);
  });
  reporter.setNow((await latest(signer)).now);
  signer.nodes?.watch((nodes) => reporter.emit({ kind: "nodes", nodes }));
  // Beside the rest: what is wrong with a node that nobody needs yet is known before it is needed.
  void signer.nodes?.checkAll();
  return {
    ...reporter,
    access,
    peer: transport(config, account),
    journal,
    guard: createGuard((what, why) => reporter.emit({ kind: "put-aside", what, why })),
    data,
    holds: status.holds,
    end() {
      status.end();
      journal.close();
    },
    async sent(call, transaction) {
      const receipt = await transaction;
      reporter.emit(transactionOf(call, receipt));
      return receipt;
    },
  };
}
