// What every role has at hand from its start to its end: the chain, the network, its journal, and a way to say what happens.
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { latest, type Reader } from "@sonm/chain/clients";
import type { Deployment } from "@sonm/chain/deployment";
import { createObserver, type Observer, type ObserverOptions, usualConfirmations } from "@sonm/chain/market/observer";
import { Failure } from "@sonm/protocol/values/failure";
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
import { openQuarantine, QUARANTINE_FILE, type Quarantine } from "./quarantine.ts";
import { createReporter, type Reporter } from "./reporter.ts";
import { lifeIn, openStatus, STATUS_FILE } from "./status.ts";
import { delayOf, transactionOf } from "./transaction.ts";

/** Makes the peer through which a role meets the others. */
export type Transport = (config: Pick<RoleConfig<unknown>, "net">, account: LocalAccount) => Peer;

/** What a role knows before it observes the chain. */
export type Beginning<Options, Journal> = {
  /** its own address */
  readonly me: Address;
  readonly reader: Reader;
  readonly deployment: Deployment;
  readonly journal: Journal;
  readonly options: Options;
};

/** What distinguishes one kind of role from another before it starts to work. */
export type Opening<Options, Journal> = {
  readonly kind: RoleName;
  /** Opens what this kind of role writes down. */
  openJournal(path: string): Journal;
  /** Which part of the chain it needs to observe. */
  observing(
    beginning: Beginning<Options, Journal>,
  ): Pick<ObserverOptions, "follows" | "keeps"> | Promise<Pick<ObserverOptions, "follows" | "keeps">>;
};

export type RoleTools<Journal> = Reporter & {
  readonly access: Access & { readonly observer: Observer };
  readonly peer: Peer;
  readonly journal: Journal;
  /** Looks at one thing that others have made. What goes wrong with it is reported, and costs nothing else. */
  readonly guard: Guard;
  /** the folder of journal and status, and of its operator's wishes */
  readonly data: string;
  /** reads what others have published */
  readonly quarantine: Quarantine;
  /**
   * Waits until a transaction is mined, reports it, and waits until what it has done is as deep as what the role believes: else the role would not
   * see it, and do it again. `call` is its name for people.
   */
  sent(call: string, transaction: Promise<TransactionReceipt>): Promise<TransactionReceipt>;
};

/** A role that is open. */
export type OpenRole<Journal> = RoleTools<Journal> & {
  /** What it has in hand, for its status. */
  holds(works: readonly InHand[]): void;
  /** Waits no longer for what is mined to become deep: the role is about to end. */
  hurry(): void;
  /** Closes journal, status and key. */
  end(): void;
};

/** Opens what a configuration names. */
export async function openRole<Options, Journal extends RoleJournal>(
  { kind, openJournal, observing }: Opening<Options, Journal>,
  config: RoleConfig<Options>,
  transport: Transport,
  hear: (event: RoleEvent) => void,
): Promise<OpenRole<Journal>> {
  const access = await openAccess(config, { as: kind, tell: (delay) => reporter.emit(delayOf(delay)) });
  const { signer, account, deployment } = access;
  const data = config.data ?? (await dataFolderOf(signer, deployment, kind, account.address));
  // The journal first: only the process that holds it may write the status beside it.
  const journal = orWho(data, () => openJournal(join(data, JOURNAL_FILE)));
  access.holdKey();
  const status = openStatus(join(data, STATUS_FILE));
  const reporter = createReporter(kind, config.name, (event) => {
    status.hear(event);
    hear(event);
  });
  reporter.setNow((await latest(signer)).now);
  signer.nodes?.watch((nodes) => reporter.emit({ kind: "nodes", nodes }));
  // Beside the rest: what is wrong with a node that nobody needs yet is known before it is needed.
  void signer.nodes?.checkAll();
  // Until the transactions of a predecessor are in a block, the role must not decide by the chain's state.
  await signer.catchUp(Number.POSITIVE_INFINITY);
  const { confirmations = usualConfirmations(deployment.chainId), options } = config;
  const me = account.address;
  const observed = await observing({ me, reader: signer, deployment, journal, options });
  const observer = createObserver(signer, deployment, { ...observed, confirmations, checkpoint: journal.checkpoint });
  const leaving = new AbortController();

  async function untilDeep(block: number): Promise<void> {
    while (!leaving.signal.aborted && (await latest(signer)).block < block + confirmations) {
      await setTimeout(config.pollMs, undefined, { signal: leaving.signal }).catch(() => undefined);
    }
  }

  const quarantine = openQuarantine(join(data, QUARANTINE_FILE), reporter.emit);
  return {
    ...reporter,
    access: { ...access, observer },
    peer: transport(config, account),
    journal,
    guard: createGuard((what, why) => reporter.emit({ kind: "put-aside", what, why })),
    data,
    quarantine,
    holds: status.holds,
    hurry: () => leaving.abort(),
    end() {
      quarantine.close();
      status.end();
      journal.close();
      access.close();
    },
    async sent(call, transaction) {
      const receipt = await transaction;
      reporter.emit(transactionOf(call, receipt));
      if (confirmations > 0) await untilDeep(Number(receipt.blockNumber));
      return receipt;
    },
  };
}

/** If opening fails because a role is at work in this folder, its process is named. */
function orWho<T>(folder: string, open: () => T): T {
  try {
    return open();
  } catch (cause) {
    const pid = cause instanceof Failure ? pidIn(folder) : undefined;
    if (!(cause instanceof Failure) || pid === undefined) throw cause;
    throw new Failure(cause.what, `process ${pid} works with it`, "stop that process, or name another folder", {
      cause,
    });
  }
}

function pidIn(folder: string): number | undefined {
  try {
    const life = lifeIn(folder);
    return life?.running ? life.pid : undefined;
  } catch {
    // A damaged status says nothing.
    return undefined;
  }
}
