// SNM: who holds it, who may pull it, and how it is moved. Amounts are wei.

import type { Address } from "@sonm/protocol/values/ids";
import { isAddressEqual, parseEventLogs, type TransactionReceipt } from "viem";
import { snmAbi } from "../abi/snm.ts";
import type { Reader } from "../clients.ts";
import type { Deployment } from "../deployment.ts";
import type { Signer } from "../signer.ts";
import { action, send } from "../transact.ts";

const on = { contract: "snm", abi: snmAbi } as const;

/** SNM that an account holds, wei. */
export function balanceOf({ client }: Reader, { addresses }: Deployment, account: Address): Promise<bigint> {
  return client.readContract({ address: addresses.snm, abi: snmAbi, functionName: "balanceOf", args: [account] });
}

/** SNM that `spender` may pull from `owner`, wei. */
export function allowanceOf(
  { client }: Reader,
  { addresses }: Deployment,
  owner: Address,
  spender: Address,
): Promise<bigint> {
  return client.readContract({
    address: addresses.snm,
    abi: snmAbi,
    functionName: "allowance",
    args: [owner, spender],
  });
}

/** Sends `amount` (wei of SNM) from the signer to `to`. @throws Failure if the signer has less */
export const transferSnm = action(
  { ...on, failure: "The SNM were not transferred", call: "transfer" },
  (to: Address, amount: bigint) => [to, amount],
);

/** Lets `spender` pull up to `amount` (wei of SNM) from the signer. It replaces an earlier approval. @throws Failure if the token refuses */
export const approveSnm = action(
  { ...on, failure: "The SNM were not approved", call: "approve" },
  (spender: Address, amount: bigint) => [spender, amount],
);

/**
 * Pulls `amount` (wei of SNM) that `owner` has approved for the signer, such as a miner's pay from a hub's wallet.
 * @throws Failure if less is approved
 */
export function pullSnm(
  signer: Signer,
  { addresses }: Deployment,
  owner: Address,
  amount: bigint,
): Promise<TransactionReceipt> {
  return send(signer, "The SNM were not pulled", {
    address: addresses.snm,
    abi: snmAbi,
    functionName: "transferFrom",
    args: [owner, signer.address, amount],
  });
}

/** SNM that a transaction has brought to an account, wei. */
export function broughtBy({ addresses }: Deployment, { logs }: TransactionReceipt, to: Address): bigint {
  const transfers = parseEventLogs({ abi: snmAbi, logs, eventName: "Transfer" });
  return transfers
    .filter(({ address, args }) => isAddressEqual(address, addresses.snm) && isAddressEqual(args.to, to))
    .reduce((sum, { args }) => sum + args.value, 0n);
}
