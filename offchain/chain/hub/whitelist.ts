// Which hubs there are, and how they describe themselves.
import type { Address } from "@sonm/protocol/values/ids";
import { whitelistAbi } from "../abi/whitelist.ts";
import type { Reader } from "../clients.ts";
import type { Deployment } from "../deployment.ts";
import { type HubStatus, hubStatuses } from "../enums/hub-status.ts";
import { action } from "../transact.ts";

/** What the Whitelist says about a hub. */
export type HubEntry = {
  readonly wallet: Address;
  readonly owner: Address;
  readonly name: string;
  readonly endpoint: string;
  readonly status: HubStatus;
  /** number of registrations so far */
  readonly registrations: number;
  /** unix time of the last one, 0 before the first */
  readonly registeredAt: number;
  /** whether the DAO has said so */
  readonly trusted: boolean;
  /** wei of SNM that nothing is promised of */
  readonly free: bigint;
};

type RawEntry = {
  wallet: Address;
  owner: Address;
  name: string;
  endpoint: string;
  status: number;
  registrations: number;
  registeredAt: number;
  trusted: boolean;
  free: bigint;
};

/** An entry as the contract returns it, with the status by name. */
export function entryOf(raw: RawEntry): HubEntry {
  return { ...raw, status: hubStatuses[raw.status] ?? "created" };
}

/**
 * At most `limit` hubs from number `from` on, oldest first, and the number of all hubs.
 * @example
 * ```ts
 * import { connect, type Deployment, hubsPage } from "@sonm/chain";
 *
 * // Prints the first fifty hubs, each with the SNM (wei) that nothing is promised of.
 * export async function printHubs(url: string, deployment: Deployment): Promise<void> {
 *   const { count, hubs } = await hubsPage(await connect(url), deployment, 0, 50);
 *   console.log(`${count} hubs`);
 *   for (const { wallet, name, status, free } of hubs) console.log(wallet, name, status, free);
 * }
 * ```
 */
export async function hubsPage(
  reader: Reader,
  deployment: Deployment,
  from: number,
  limit: number,
): Promise<{ readonly count: number; readonly hubs: readonly HubEntry[] }> {
  const at = { address: deployment.addresses.whitelist, abi: whitelistAbi } as const;
  const [count, page] = await Promise.all([
    reader.client.readContract({ ...at, functionName: "count" }),
    reader.client.readContract({ ...at, functionName: "page", args: [BigInt(from), BigInt(limit)] }),
  ]);
  return { count: Number(count), hubs: page.map(entryOf) };
}

/** Whether an account is a hub's wallet. */
export function isHub({ client }: Reader, { addresses }: Deployment, account: Address): Promise<boolean> {
  return client.readContract({
    address: addresses.whitelist,
    abi: whitelistAbi,
    functionName: "isHub",
    args: [account],
  });
}

/** The names of those accounts that are hubs: address, as it was given → name. */
export async function hubNamesOf(
  reader: Reader,
  deployment: Deployment,
  accounts: readonly Address[],
): Promise<Map<Address, string>> {
  const at = { address: deployment.addresses.whitelist, abi: whitelistAbi, functionName: "hub" } as const;
  const named = await Promise.all(
    accounts.map(async (account): Promise<[Address, string][]> => {
      if (!(await isHub(reader, deployment, account))) return [];
      return [[account, (await reader.client.readContract({ ...at, args: [account] })).name]];
    }),
  );
  return new Map(named.flat());
}

/** The longest name of a hub, bytes of UTF-8. */
export const MOST_NAME_BYTES = 64;
/** The longest endpoint of a hub, bytes of UTF-8. */
export const MOST_ENDPOINT_BYTES = 256;

/** Changes what the Whitelist says about a hub. Only the owner may. @throws Failure if a text is too long, or the signer is not the owner */
export const describeHub = action(
  { contract: "whitelist", abi: whitelistAbi, failure: "The hub's description was not changed", call: "describe" },
  (wallet: Address, name: string, endpoint: string) => [wallet, name, endpoint],
);
