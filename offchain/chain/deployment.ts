// Where the contracts of one network are. `deploy` makes a deployment, everybody else is given it as JSON.

import { Failure } from "@sonm/protocol/values/failure";
import type { Address } from "@sonm/protocol/values/ids";
import { said } from "@sonm/protocol/values/shape";
import { getAddress, isAddress } from "viem";
import type { Reader } from "./clients.ts";

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

/** The name of a contract in a deployment. */
export type ContractKey = (typeof contractKeys)[number];
/** The address of each contract. */
export type Addresses = Readonly<Record<ContractKey, Address>>;

/** The contracts of one network: the chain and the addresses. */
export type Deployment = {
  readonly chainId: number;
  /** number of the first block with any of the contracts: no event is older */
  readonly block: number;
  readonly addresses: Addresses;
};

/** The deployment in a JSON value; if something is missing, a text for people that names it. */
export function deploymentIn(value: unknown): Deployment | string {
  const raw = value as Partial<Record<keyof Deployment, unknown>> | null | undefined;
  const [chainId, block, given] = [raw?.chainId, raw?.block, raw?.addresses];
  if (!isCount(chainId) || !isCount(block) || typeof given !== "object" || !given) {
    return "it lacks chainId, block or addresses";
  }
  const addresses: Partial<Record<ContractKey, Address>> = {};
  for (const key of contractKeys) {
    const address = (given as Partial<Record<string, unknown>>)[key];
    if (typeof address !== "string" || !isAddress(address))
      return `\`addresses.${key}\` is ${address === undefined ? "missing" : said(address)}`;
    addresses[key] = getAddress(address);
  }
  return { chainId, block, addresses: addresses as Addresses };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/**
 * Reads a deployment from `value`, the parsed JSON of a file that `deploy` wrote.
 * @throws Failure if it holds none, or one that is not on the reader's chain
 * @example
 * ```ts
 * import { connect, deploymentOn } from "@sonm/chain";
 * import { balanceOf } from "@sonm/chain/money/snm";
 *
 * // The SNM (wei) of an account. `json` is the content of the file, such as deployments/local.json.
 * export async function wealthOf(url: string, json: string, account: `0x${string}`): Promise<bigint> {
 *   const reader = await connect(url);
 *   return balanceOf(reader, deploymentOn(reader, JSON.parse(json)), account);
 * }
 * ```
 */
export function deploymentOn(reader: Reader, value: unknown): Deployment {
  const deployment = deploymentIn(value);
  if (typeof deployment === "string") {
    throw new Failure(
      "This is no deployment",
      deployment,
      "give what is in the file that `deploy` wrote for this chain",
    );
  }
  requireSameChain(reader, deployment, "the deployment given");
  return deployment;
}

/**
 * Checks that a deployment is on the reader's chain.
 * @param source where the deployment comes from, for people
 * @throws Failure if it is on another chain
 */
export function requireSameChain({ client, chainId }: Reader, deployment: Deployment, source: string): void {
  if (chainId === deployment.chainId) return;
  throw new Failure(
    "This is another chain",
    `${client.transport.url} is chain ${chainId}, ${source} is on ${deployment.chainId}`,
    "correct the node's address or the deployment's file",
  );
}
