// Where the contracts of one network are. `deploy` makes a deployment, everybody else is given it as JSON.

import type { Address } from "@sonm/protocol/values/ids";
import { getAddress, isAddress } from "viem";

/** The contracts of a deployment, in the order in which they are made. */
export const contractKeys = [
  "snm",
  "timelock",
  "dao",
  "fastTimelock",
  "fastLane",
  "parameters",
  "whitelist",
  "treasury",
  "hubWallet",
  "hubFactory",
  "ratings",
  "machine",
  "deposits",
  "results",
  "jobBoard",
  "bisection",
] as const;

export type ContractKey = (typeof contractKeys)[number];
export type Addresses = Readonly<Record<ContractKey, Address>>;

export type Deployment = {
  readonly chainId: number;
  /** number of the first block with any of the contracts: no event is older */
  readonly block: number;
  readonly addresses: Addresses;
};

/** The deployment in a JSON value; if something is missing, a text for people that names it. */
export function deploymentIn(value: unknown): Deployment | string {
  const raw = value as Partial<Deployment> | null;
  const given: Partial<Record<string, string>> | null | undefined = raw?.addresses;
  if (!Number.isInteger(raw?.chainId) || !Number.isInteger(raw?.block) || typeof given !== "object" || !given) {
    return "it lacks chainId, block or addresses";
  }
  const addresses: Partial<Record<ContractKey, Address>> = {};
  for (const key of contractKeys) {
    const address = given[key];
    if (address === undefined || !isAddress(address)) return `\`addresses.${key}\` is ${address ?? "missing"}`;
    addresses[key] = getAddress(address);
  }
  return { chainId: raw?.chainId as number, block: raw?.block as number, addresses: addresses as Addresses };
}
