// Where hubs' wallets are made.
import type { Address, Hex } from "@sonm/protocol/values/ids";
import { hubFactoryAbi } from "../abi/hub-factory.ts";
import type { Reader } from "../clients.ts";
import type { Deployment } from "../deployment.ts";
import { action } from "../transact.ts";

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

/**
 * Makes a wallet of the signer, with `hubWalletOf` as its address. The name has at most 64 bytes, the endpoint at most 256.
 * @throws Failure if the wallet exists already, or a text is too long
 */
export const createHub = action(
  { contract: "hubFactory", abi: hubFactoryAbi, failure: "The hub's wallet was not made", call: "createHub" },
  (salt: Hex, name: string, endpoint: string) => [salt, name, endpoint],
);
