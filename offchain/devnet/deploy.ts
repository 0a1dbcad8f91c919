// Puts the whole system on a chain. The contracts know one another from their constructors, in both directions, so all addresses
// are predicted from the deployer's nonce first; nothing has an owner who would have to be trusted to connect them later.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Addresses, type ContractKey, contractKeys, type Deployment } from "@sonm/chain/deployment";
import { failureOf } from "@sonm/chain/transact";
import { Failure } from "@sonm/protocol/values/failure";
import type { Address, Hex } from "@sonm/protocol/values/ids";
import {
  type Abi,
  type Account,
  type Chain,
  encodeDeployData,
  getContractAddress,
  isAddressEqual,
  type PublicClient,
  parseEther,
  type Transport,
  type WalletClient,
} from "viem";
import { fileOfPackage } from "../host/access/package.ts";

/** How one of the DAO's governors works: seconds, but for the last two. */
export type Lane = {
  readonly votingDelay: number;
  readonly votingPeriod: number;
  readonly timelockDelay: number;
  /** wei of SNM votes needed to propose */
  readonly proposalThreshold: bigint;
  /** percent of the supply that must vote for or abstain, at most 4 */
  readonly quorumPercent: bigint;
};

const HOUR = 3600;
const DAY = 24 * HOUR;
const votes = { proposalThreshold: parseEther("10000"), quorumPercent: 4n };

/** The lane for everything (PROTOCOL.md, section 8.6). */
const slowLane: Lane = { votingDelay: DAY, votingPeriod: 7 * DAY, timelockDelay: 2 * DAY, ...votes };
/** The lane that can only suspect. */
const fastLane: Lane = { votingDelay: HOUR, votingPeriod: 2 * DAY, timelockDelay: DAY / 2, ...votes };

export type DeployOptions = {
  readonly publicClient: PublicClient;
  readonly walletClient: WalletClient<Transport, Chain | undefined, Account>;
  /** receives the whole supply of SNM; the deployer, if not named */
  readonly holder?: Address;
  readonly slow?: Lane;
  readonly fast?: Lane;
  readonly onProgress?: (contract: string, address: Address) => void;
};

/** Gas that a deployment takes, a little more than measured: what a deployer must be able to pay. */
export const DEPLOYMENT_GAS = 37_000_000n;

type Settings = { readonly holder: Address; readonly slow: Lane; readonly fast: Lane };
type Step = { readonly source: string; readonly args: (at: Addresses, settings: Settings) => readonly unknown[] };

function governorTerms({ timelockDelay: _, ...lane }: Lane, token: Address, timelock: Address) {
  return { token, timelock, ...lane };
}

/** What each contract is made from and with. The government of all is the slow lane's timelock. */
const plan: Readonly<Record<ContractKey, Step>> = {
  snm: { source: "token/SNM", args: (_, { holder }) => [holder] },
  timelock: { source: "government/Timelock", args: (at, { slow }) => [slow.timelockDelay, at.dao] },
  dao: {
    source: "government/DAO",
    args: (at, { slow }) => ["SONM DAO", governorTerms(slow, at.snm, at.timelock)],
  },
  fastTimelock: { source: "government/Timelock", args: (at, { fast }) => [fast.timelockDelay, at.fastLane] },
  fastLane: {
    source: "government/FastLane",
    args: (at, { fast }) => [governorTerms(fast, at.snm, at.fastTimelock), at.whitelist],
  },
  parameters: { source: "government/Parameters", args: (at) => [at.timelock, at.bisection] },
  whitelist: { source: "hub/Whitelist", args: (at) => [at.hubFactory, at.timelock] },
  treasury: { source: "government/Treasury", args: (at) => [at.snm, at.whitelist, at.timelock] },
  hubWallet: {
    source: "hub/HubWallet",
    args: ({ snm, parameters, whitelist, treasury, jobBoard, timelock, fastTimelock }) => [
      { snm, parameters, whitelist, treasury, jobBoard, government: timelock, fastLane: fastTimelock },
    ],
  },
  hubFactory: { source: "hub/HubFactory", args: (at) => [at.hubWallet, at.whitelist] },
  ratings: { source: "hub/Ratings", args: (at) => [at.snm, at.whitelist, at.treasury] },
  machine: { source: "machine/Machine", args: () => [] },
  deposits: {
    source: "result/Deposits",
    args: (at) => [at.snm, at.treasury, at.parameters, at.timelock, at.results, at.bisection],
  },
  results: { source: "result/Results", args: (at) => [at.deposits, at.jobBoard, at.parameters] },
  jobBoard: { source: "job/JobBoard", args: (at) => [at.snm, at.parameters, at.whitelist, at.results] },
  bisection: {
    source: "dispute/bisection/Bisection",
    args: (at) => [at.machine, at.deposits, at.results, at.parameters],
  },
};

/** Abi and creation code of a compiled contract, such as `token/SNM`. */
export function readArtifact(source: string): { readonly abi: Abi; readonly bytecode: Hex } {
  const name = source.slice(source.lastIndexOf("/") + 1);
  const file = fileOfPackage(`artifacts/contracts/${source}.sol/${name}.json`);
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
  const settings = { holder: options.holder ?? from, slow: options.slow ?? slowLane, fast: options.fast ?? fastLane };
  const first = await publicClient.getTransactionCount({ address: from, blockTag: "pending" });
  const predicted = contractKeys.map((key, i) => [key, getContractAddress({ from, nonce: BigInt(first + i) })]);
  const addresses = Object.fromEntries(predicted) as Addresses;

  let block: number | undefined;
  for (const [i, key] of contractKeys.entries()) {
    const { source, args } = plan[key];
    const { abi, bytecode } = readArtifact(source);
    const data = encodeDeployData({ abi, bytecode, args: args(addresses, settings) });
    const request = { account: walletClient.account, chain: walletClient.chain ?? null, data, nonce: first + i };
    const hash = await walletClient.sendTransaction(request).catch((error: unknown) => {
      throw failureOf(`${source} was not deployed`, "its constructor", error);
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
