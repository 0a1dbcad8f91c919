// Where the contracts of one network are: a JSON file that `deploy` writes and everybody else reads.
import { readFileSync, writeFileSync } from "node:fs";
import { getAddress, isAddress } from "viem";
import { Failure } from "../failure.ts";
import type { Address } from "../types.ts";

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

const TODO = "name the file that `deploy` wrote for this chain";

/** @throws Failure if the file is missing or is no deployment */
export function readDeployment(file: string): Deployment {
  let raw: Partial<Deployment> | null;
  try {
    raw = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new Failure(`No deployment in ${file}`, (cause as Error).message, TODO, { cause });
  }
  if (!Number.isInteger(raw?.chainId) || !Number.isInteger(raw?.block) || typeof raw?.addresses !== "object") {
    throw new Failure(`No deployment in ${file}`, "it lacks chainId, block or addresses", TODO);
  }
  const given: Partial<Record<string, string>> = raw.addresses;
  const entries = contractKeys.map((key) => {
    const address = given[key];
    if (address === undefined || !isAddress(address)) {
      throw new Failure(`No deployment in ${file}`, `\`addresses.${key}\` is ${address ?? "missing"}`, TODO);
    }
    return [key, getAddress(address)];
  });
  return { chainId: raw.chainId as number, block: raw.block as number, addresses: Object.fromEntries(entries) };
}

export function writeDeployment(file: string, deployment: Deployment): void {
  writeFileSync(file, `${JSON.stringify(deployment, null, 2)}\n`);
}
