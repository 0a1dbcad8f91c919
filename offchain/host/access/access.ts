// Opens what a role needs of the chain, as its configuration names it: its key and the contracts.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { connect, type Reader } from "@sonm/chain/clients";
import type { Delay } from "@sonm/chain/delay";
import { type Deployment, requireSameChain } from "@sonm/chain/deployment";
import { USUAL_MOST, usualFees } from "@sonm/chain/fees";
import { dropDone, type Outgoing } from "@sonm/chain/outbox";
import { type LocalSigner, localSigner } from "@sonm/chain/signer";
import { Failure } from "@sonm/protocol/values/failure";
import type { Address } from "@sonm/protocol/values/ids";
import { type LocalAccount, parseGwei } from "viem";
import { databaseFailure } from "../disk/database.ts";
import { holderOf, showHolder, tryLock } from "../disk/lock.ts";
import { dataHome, nameOfChain } from "./data-home.ts";
import { readDeployment } from "./deployment-file.ts";
import { openOutbox } from "./disk-outbox.ts";
import { openKeystore, readPassword } from "./keystore.ts";

export type AccessOptions = {
  /** JSON-RPC of a node, or of several in the order in which they are asked */
  readonly rpc: string | readonly string[];
  /** file that `deploy` wrote */
  readonly deployment: string;
  readonly keystore: string;
  /** file with the keystore's password; else SONM_PASSWORD or the terminal */
  readonly passwordFile?: string | undefined;
  /** most to be offered for a unit of gas, whole gwei; default 200 */
  readonly maxFee?: number | undefined;
};

export type Access = {
  readonly signer: LocalSigner;
  /** the signer's own key, which also seals its mail */
  readonly account: LocalAccount;
  readonly deployment: Deployment;
  /**
   * Takes the key for a role. Commands can still use it meanwhile: they share its list of transactions.
   * @throws Failure that names the role which has it
   */
  holdKey(): void;
  /** Ends all waiting, and gives back the key and its list of transactions. */
  close(): void;
};

/** Who uses a key, and how. */
export type Use = {
  /** what this process is, for others that meet it, such as `miner` */
  readonly as?: string;
  /** milliseconds after which an action no longer waits for a block; its transaction stays in the list. Default: never */
  readonly patienceMs?: number;
  /** told of transactions that wait */
  readonly tell?: (delay: Delay) => void;
};

/** Connects to the nodes and reads the addresses of the contracts on its chain. */
export async function openDeployment({
  rpc,
  deployment: file,
}: Pick<AccessOptions, "rpc" | "deployment">): Promise<{ readonly reader: Reader; readonly deployment: Deployment }> {
  const deployment = readDeployment(file);
  // Of several, those of another chain are left out. One alone has to be named.
  const several = typeof rpc !== "string" && rpc.length > 1;
  const reader = await connect(rpc, several ? { chainId: deployment.chainId } : {});
  requireSameChain(reader, deployment, `the deployment in ${file}`);
  return { reader, deployment };
}

/** Where all processes of this computer keep what an account has sent on one chain. */
async function outboxFileOf(reader: Reader, account: Address): Promise<string> {
  return join(dataHome(), "transactions", await nameOfChain(reader), `${account.toLowerCase()}.sqlite`);
}

/**
 * What processes of this computer have written down as sent by an account, from this number on. Makes no file.
 * @param mined how many transactions of the account are in blocks: what is left of these in the list is dropped
 */
export async function sentOf(
  reader: Reader,
  account: Address,
  nonce: number,
  mined?: number,
): Promise<readonly Outgoing[]> {
  const file = await outboxFileOf(reader, account);
  if (!existsSync(file)) return [];
  const outbox = openOutbox(file, "a reader");
  try {
    if (mined !== undefined) dropDone(outbox, mined);
    return outbox.from(nonce);
  } finally {
    outbox.close();
  }
}

/** Opens the key and connects. What an earlier process has sent may still be under way: see the signer's `catchUp`. */
export async function openAccess(
  options: AccessOptions,
  { as = "a command", patienceMs, tell }: Use = {},
): Promise<Access> {
  const { keystore, passwordFile, maxFee } = options;
  const { reader, deployment } = await openDeployment(options);
  const account = await openKeystore(keystore, await readPassword(passwordFile, `Password of ${keystore}`));
  const { address } = account;
  const file = await outboxFileOf(reader, address);
  const outbox = openOutbox(file, as);
  const most = maxFee === undefined ? USUAL_MOST : parseGwei(String(maxFee));
  const signer = localSigner(reader, account, {
    outbox,
    fees: { ...usualFees, most },
    ...(patienceMs === undefined ? {} : { patienceMs }),
    ...(tell ? { tell } : {}),
  });
  let release = () => {};
  return {
    signer,
    account,
    deployment,
    holdKey() {
      release = holdKey(file, address, as);
    },
    close() {
      signer.leave();
      release();
      outbox.close();
    },
  };
}

/** Two roles with one key would both decide about the same stake, money and games. */
function holdKey(file: string, address: Address, as: string): () => void {
  const what = `The ${as} was not started`;
  const path = `${file}.role`;
  let release: (() => void) | undefined;
  try {
    release = tryLock(path, as);
  } catch (cause) {
    throw databaseFailure(what, cause);
  }
  if (release) return release;
  const why = `${showHolder(holderOf(path))} works with the key ${address} already`;
  throw new Failure(what, why, "stop that one, or use a key of its own for each role");
}
