// Where hubs' wallets are made.
import type { TransactionReceipt } from "viem";
import type { Address, Hex } from "../../types.ts";
import { hubFactoryAbi } from "../abi/hub-factory.ts";
import type { Reader, Signer } from "../clients.ts";
import type { Addresses, Deployment } from "../deployment.ts";
import { send } from "../transact.ts";

/** Address of `owner`'s wallet with this salt, whether it exists or not. */
export function hubWalletOf(
  { client }: Reader,
  { addresses }: Deployment,
  owner: Address,
  salt: Hex,
): Promise<Address> {
  return client.readContract({
    address: addresses.hubFactory,
    abi: hubFactoryAbi,
    functionName: "walletOf",
    args: [owner, salt],
  });
}

/** Makes the signer's wallet. */
export function createHub(
  signer: Signer,
  { hubFactory }: Addresses,
  salt: Hex,
  name: string,
  endpoint: string,
): Promise<TransactionReceipt> {
  return send(signer, "The hub's wallet was not made", {
    address: hubFactory,
    abi: hubFactoryAbi,
    functionName: "createHub",
    args: [salt, name, endpoint],
  });
}
