// Puts the whole system on a chain. The contracts know one another from their constructors, in both directions, so all addresses
// are predicted from the deployer's nonce first; nothing has an owner who would have to be trusted to connect them later.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  type Abi,
  type Account,
  type Chain,
  encodeDeployData,
  getContractAddress,
  isAddressEqual,
  type PublicClient,
  type Transport,
  type WalletClient,
} from "viem";
import { Failure } from "../failure.ts";
import type { Address, Hex } from "../types.ts";
import { type Addresses, type ContractKey, contractKeys, type Deployment } from "./deployment.ts";

export type DeployOptions = {
  readonly publicClient: PublicClient;
  readonly walletClient: WalletClient<Transport, Chain | undefined, Account>;
  /** receives the whole supply of SNM; the deployer, if not named */
  readonly holder?: Address;
  /** acts for the DAO's slow lane; the deployer, if not named */
  readonly government?: Address;
  /** may suspect hubs besides; the government, if not named */
  readonly fastLane?: Address;
  readonly onProgress?: (contract: string, address: Address) => void;
};

type Roles = { readonly holder: Address; readonly government: Address; readonly fastLane: Address };
type Step = { readonly source: string; readonly args: (at: Addresses, roles: Roles) => readonly unknown[] };

/** What each contract is made from and with. */
const plan: Readonly<Record<ContractKey, Step>> = {
  snm: { source: "token/SNM", args: (_, { holder }) => [holder] },
  parameters: { source: "government/Parameters", args: (at, { government }) => [government, at.bisection] },
  whitelist: { source: "hub/Whitelist", args: (at, { government }) => [at.hubFactory, government] },
  treasury: { source: "government/Treasury", args: (at, { government }) => [at.snm, at.whitelist, government] },
  hubWallet: {
    source: "hub/HubWallet",
    args: ({ snm, parameters, whitelist, treasury, jobBoard }, { government, fastLane }) => [
      { snm, parameters, whitelist, treasury, jobBoard, government, fastLane },
    ],
  },
  hubFactory: { source: "hub/HubFactory", args: (at) => [at.hubWallet, at.whitelist] },
  machine: { source: "machine/Machine", args: () => [] },
  deposits: {
    source: "result/Deposits",
    args: (at, { government }) => [at.snm, at.treasury, at.parameters, government, at.results, at.bisection],
  },
  results: { source: "result/Results", args: (at) => [at.deposits, at.jobBoard, at.parameters] },
  jobBoard: { source: "job/JobBoard", args: (at) => [at.snm, at.parameters, at.whitelist, at.results] },
  bisection: { source: "dispute/Bisection", args: (at) => [at.machine, at.deposits, at.results, at.parameters] },
};

/** Abi and creation code of a compiled contract, such as `token/SNM`. */
export function readArtifact(source: string): { readonly abi: Abi; readonly bytecode: Hex } {
  const name = source.slice(source.lastIndexOf("/") + 1);
  const file = new URL(`../../../artifacts/contracts/${source}.sol/${name}.json`, import.meta.url);
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new Failure(
      `The contract ${name} is not compiled`,
      `${fileURLToPath(file)} cannot be read`,
      "run `npx hardhat build`",
      { cause },
    );
  }
}

/**
 * Deploys everything from one account, which must send nothing else meanwhile.
 * @throws Failure if a contract is not compiled, or lands elsewhere than predicted
 */
export async function deploy(options: DeployOptions): Promise<Deployment> {
  const { publicClient, walletClient, onProgress } = options;
  const from = walletClient.account.address;
  const government = options.government ?? from;
  const roles = { holder: options.holder ?? from, government, fastLane: options.fastLane ?? government };
  const first = await publicClient.getTransactionCount({ address: from, blockTag: "pending" });
  const predicted = contractKeys.map((key, i) => [key, getContractAddress({ from, nonce: BigInt(first + i) })]);
  const addresses = Object.fromEntries(predicted) as Addresses;

  let block: number | undefined;
  for (const [i, key] of contractKeys.entries()) {
    const { source, args } = plan[key];
    const { abi, bytecode } = readArtifact(source);
    const data = encodeDeployData({ abi, bytecode, args: args(addresses, roles) });
    const hash = await walletClient.sendTransaction({
      account: walletClient.account,
      chain: walletClient.chain ?? null,
      data,
      nonce: first + i,
    });
    const receipt = await publicClient.waitForTransactionReceipt({ hash });
    const made = receipt.contractAddress;
    if (receipt.status !== "success" || !made || !isAddressEqual(made, addresses[key])) {
      throw new Failure(
        `${source} was not deployed`,
        receipt.status === "success" ? `it is at ${made}, not at ${addresses[key]}` : `transaction ${hash} reverted`,
        "deploy again, and send nothing else from the same account meanwhile",
      );
    }
    block ??= Number(receipt.blockNumber);
    onProgress?.(source, made);
  }
  return { chainId: await publicClient.getChainId(), block: block ?? 0, addresses };
}
