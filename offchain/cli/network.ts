// How verbs reach a network: options that may also come from the environment, the chain's clock, and the caller's key.

import { latest, type Reader } from "@sonm/chain/clients";
import type { Deployment } from "@sonm/chain/deployment";
import { notYet } from "@sonm/chain/errors/refusal";
import type { LocalSigner } from "@sonm/chain/signer";
import { Failure } from "@sonm/protocol/values/failure";
import type { Address } from "@sonm/protocol/values/ids";
import { type Command, Option } from "commander";
import { getAddress, isAddress } from "viem";
import { openAccess, openDeployment } from "../host/access/access.ts";
import { addressOfKeystore } from "../host/access/keystore.ts";
import { separated } from "../host/role/options.ts";

export type NetworkOptions = {
  readonly rpc?: readonly string[];
  readonly deployment?: string;
  readonly keystore?: string;
  readonly passwordFile?: string;
  readonly maxFee?: number;
};

export type Network = {
  readonly reader: Reader;
  readonly deployment: Deployment;
  /** time of the latest block, unix seconds: the only clock that counts */
  readonly now: number;
};

/** A network, and the account that acts in it. */
export type Account = Network & { readonly signer: LocalSigner; readonly address: Address };

/** Milliseconds that a verb waits for what was sent before it, and for what it has sent. */
const EARLIER_MS = 60_000;
const BLOCK_MS = 180_000;
const LOCAL_NODE = "http://127.0.0.1:8545";

/** The values of `--rpc`, which may be given several times, and of SONM_RPC, which has commas. */
export const collectUrls = (text: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  ...separated(text),
];

/** The nodes named, or the one of this computer. */
export function nodesOf({ rpc = [] }: Pick<NetworkOptions, "rpc">): string | readonly string[] {
  const [first = LOCAL_NODE, second] = rpc;
  return second === undefined ? first : rpc;
}

/** Adds the options of a verb that only reads. */
export function takesNetwork(command: Command): Command {
  return command
    .addOption(
      new Option("--rpc <url>", `JSON-RPC of a node; again for others that step in (default: ${LOCAL_NODE})`)
        .env("SONM_RPC")
        .argParser(collectUrls),
    )
    .addOption(new Option("--deployment <file>", "where the contracts are").env("SONM_DEPLOYMENT"))
    .addOption(new Option("--keystore <file>", "your key, see `sonm key new`").env("SONM_KEYSTORE"));
}

/** Adds the options of a verb that sends transactions. */
export function takesAccount(command: Command): Command {
  return takesNetwork(command)
    .addOption(
      new Option("--password-file <file>", "the key's password; else SONM_PASSWORD, else you are asked").env(
        "SONM_PASSWORD_FILE",
      ),
    )
    .addOption(
      new Option("--max-fee <gwei>", "most to be offered for a unit of gas (default: 200)")
        .env("SONM_MAX_FEE")
        .argParser(gweiOf),
    );
}

function gweiOf(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value > 0 && value <= 1_000_000) return value;
  throw new Failure(
    `--max-fee ${text} is no price of gas`,
    "it is a whole number of gwei, from 1 to 1,000,000",
    "write it like --max-fee 50",
  );
}

function deploymentFile({ deployment }: NetworkOptions): string {
  if (deployment) return deployment;
  throw new Failure(
    "No network is named",
    "neither --deployment nor SONM_DEPLOYMENT says where the contracts are",
    "name the file that `deploy` wrote: --deployment FILE, or SONM_DEPLOYMENT=FILE",
  );
}

function keystoreFile({ keystore }: NetworkOptions): string {
  if (keystore) return keystore;
  throw new Failure(
    "No key is named",
    "neither --keystore nor SONM_KEYSTORE says who you are",
    "name your keystore: --keystore FILE, or SONM_KEYSTORE=FILE; `sonm key new FILE` makes one",
  );
}

export async function openNetwork(options: NetworkOptions): Promise<Network> {
  const opened = await openDeployment({ rpc: nodesOf(options), deployment: deploymentFile(options) });
  return { ...opened, now: (await latest(opened.reader)).now };
}

/** The account whose key is named. Waits until what it has sent before is in a block. */
export async function openAccount(options: NetworkOptions): Promise<Account> {
  const account = await openKey(options);
  await account.signer.catchUp(EARLIER_MS);
  return { ...account, now: (await latest(account.reader)).now };
}

/** The same without waiting. */
export async function openKey(options: NetworkOptions): Promise<Account> {
  const { passwordFile, maxFee } = options;
  const access = { rpc: nodesOf(options), deployment: deploymentFile(options), keystore: keystoreFile(options) };
  const { signer, deployment } = await openAccess({ ...access, passwordFile, maxFee }, { patienceMs: BLOCK_MS });
  const { now } = await latest(signer);
  return { reader: signer, signer, address: signer.address, deployment, now };
}

/** The caller of a verb that only reads: the address in the keystore, which needs no password; undefined without a keystore. */
export async function callerOf({ keystore }: NetworkOptions): Promise<Address | undefined> {
  return keystore === undefined ? undefined : addressOfKeystore(keystore);
}

/** The account that a verb shows: the one named, or the caller's own. */
export async function accountMeant(text: string | undefined, options: NetworkOptions): Promise<Address> {
  const account = text === undefined ? await callerOf(options) : readAddress(text, "an account");
  if (account) return account;
  throw new Failure("Nobody is named", "there is no key either whose account could be meant", "name the account");
}

/** Waits for an action that the contracts may refuse. If they say from when it is possible, the failure says so too, by the chain's clock. */
export async function orWhen<T>(now: number, action: Promise<T>): Promise<T> {
  try {
    return await action;
  } catch (error) {
    if (error instanceof Failure && error.possibleFrom !== undefined && error.possibleFrom > now) {
      throw notYet(error.what, error.why, error.possibleFrom, now, { cause: error });
    }
    throw error;
  }
}

/** Reads an address as people write it. */
export function readAddress(text: string, name: string): Address {
  if (isAddress(text)) return getAddress(text);
  throw new Failure(
    `"${text}" is no address`,
    `${name} is an address: 0x and 40 hexadecimal digits${/^0x[0-9a-fA-F]{40}$/.test(text) ? ", whose capitals must be right where there are any" : ""}`,
    "copy it as a whole",
  );
}
