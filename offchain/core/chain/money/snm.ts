// SNM: who holds them, who may pull them, and their ways from one to another. Amounts are wei.
import { isAddressEqual, parseEventLogs, type TransactionReceipt } from "viem";
import type { Address } from "../../types.ts";
import { snmAbi } from "../abi/snm.ts";
import type { Reader, Signer } from "../clients.ts";
import type { Addresses, Deployment } from "../deployment.ts";
import { send } from "../transact.ts";

/** SNM that an account holds, wei. */
export function balanceOf({ client }: Reader, { addresses }: Deployment, account: Address): Promise<bigint> {
  return client.readContract({ address: addresses.snm, abi: snmAbi, functionName: "balanceOf", args: [account] });
}

/** SNM that `spender` may pull from `owner`, wei. */
export function allowanceOf(
  { client }: Reader,
  { addresses }: Pick<Deployment, "addresses">,
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

type Receipt = Promise<TransactionReceipt>;

export function transferSnm(signer: Signer, { snm }: Addresses, to: Address, amount: bigint): Receipt {
  return send(signer, "The SNM were not transferred", {
    address: snm,
    abi: snmAbi,
    functionName: "transfer",
    args: [to, amount],
  });
}

export function approveSnm(signer: Signer, { snm }: Addresses, spender: Address, amount: bigint): Receipt {
  return send(signer, "The SNM were not approved", {
    address: snm,
    abi: snmAbi,
    functionName: "approve",
    args: [spender, amount],
  });
}

/** Pulls what `owner` has approved for the signer, such as a miner's pay from a hub's wallet. */
export function pullSnm(signer: Signer, { snm }: Addresses, owner: Address, amount: bigint): Receipt {
  return send(signer, "The SNM were not pulled", {
    address: snm,
    abi: snmAbi,
    functionName: "transferFrom",
    args: [owner, signer.account.address, amount],
  });
}

/** SNM that a transaction has brought to an account, wei. */
export function broughtBy({ logs }: TransactionReceipt, { snm }: Addresses, to: Address): bigint {
  const transfers = parseEventLogs({ abi: snmAbi, logs, eventName: "Transfer" });
  return transfers
    .filter(({ address, args }) => isAddressEqual(address, snm) && isAddressEqual(args.to, to))
    .reduce((sum, { args }) => sum + args.value, 0n);
}
