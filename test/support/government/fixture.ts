// Deploys the government, and has functions for tests to act on it. Order of deployment (addresses marked ← are needed before they exist
// and are predicted from the deployer's nonce; each contract gets them as immutables):
//
//   SNM(holder)
//   Timelock(2 days, ← DAO)                   acts for the slow lane: `government` of everything below
//   DAO("SONM DAO", slow terms)
//   Timelock(12 hours, ← FastLane)            acts for the fast lane: `fastLane` of the wallets
//   FastLane(fast terms, ← Whitelist)
//   Parameters(slow timelock, referee or zero)
//   Whitelist(← HubFactory, slow timelock)
//   Treasury(SNM, Whitelist, slow timelock)
//   HubWallet({ snm, parameters, whitelist, treasury, ← jobBoard, government: slow timelock, fastLane: fast timelock })
//   HubFactory(HubWallet, Whitelist)
//   Ratings(SNM, Whitelist, Treasury)
import assert from "node:assert/strict";
import type { ContractReturnType } from "@nomicfoundation/hardhat-viem/types";
import { type Address, getAddress, getContractAddress, type Hex, padHex, parseEther, toHex, zeroAddress } from "viem";
import { type Connection, createChain } from "../chain.ts";

export const DAY = 86_400n;
export const SNM = parseEther("1");
/** Numbers of `IHub.Status`. */
export const STATUS = { Created: 0, Registered: 1, Idle: 2, Suspected: 3, Punished: 4 } as const;
export type Status = keyof typeof STATUS;

type At = { government: Address; fastLane: Address; jobBoard: Address; referee?: Address };

/** What the DAO starts with: durations in seconds, the threshold in wei of SNM. PROTOCOL.md, section 8.6. */
export const SLOW = { votingDelay: 1n * DAY, votingPeriod: 7n * DAY, timelockDelay: 2n * DAY };
export const FAST = { votingDelay: 3_600n, votingPeriod: 2n * DAY, timelockDelay: DAY / 2n };
export const PROPOSAL_THRESHOLD = 10_000n * SNM;

/** What a voter signs: OpenZeppelin's two kinds of ballot (EIP-712). */
export const BALLOT = [
  { name: "proposalId", type: "uint256" },
  { name: "support", type: "uint8" },
  { name: "voter", type: "address" },
  { name: "nonce", type: "uint256" },
] as const;
export const EXTENDED_BALLOT = [
  ...BALLOT,
  { name: "reason", type: "string" },
  { name: "params", type: "bytes" },
] as const;

async function deployer(connection: Connection) {
  const client = await connection.viem.getPublicClient();
  const [first] = await connection.viem.getWalletClients();
  assert(first);
  const from = first.account.address;
  const nonce = BigInt(await client.getTransactionCount({ address: from }));
  /** Address of the contract that is deployed after `steps` others from now. */
  const later = (steps: bigint) => getContractAddress({ from, nonce: nonce + steps });
  return { from, later };
}

export async function deploySnm(connection: Connection) {
  const { from } = await deployer(connection);
  return connection.viem.deployContract("SNM", [from]);
}

/** Deploys the DAO's two lanes. The institutions must be deployed next: the fast lane has the predicted address of the Whitelist. */
export async function deployLanes(connection: Connection, snm: Address) {
  const { viem } = connection;
  const { later } = await deployer(connection);
  const terms = (lane: typeof SLOW, timelock: Address) => ({
    token: snm,
    timelock,
    votingDelay: Number(lane.votingDelay),
    votingPeriod: Number(lane.votingPeriod),
    proposalThreshold: PROPOSAL_THRESHOLD,
    quorumPercent: 4n,
  });
  const timelock = await viem.deployContract("Timelock", [SLOW.timelockDelay, later(1n)]);
  const dao = await viem.deployContract("DAO", ["SONM DAO", terms(SLOW, timelock.address)]);
  const fastTimelock = await viem.deployContract("Timelock", [FAST.timelockDelay, later(3n)]);
  const fastLane = await viem.deployContract("FastLane", [terms(FAST, fastTimelock.address), later(5n)]);
  return { timelock, dao, fastTimelock, fastLane };
}

/** The institutions, with the DAO's lanes and the job board at the addresses given. */
export async function deployInstitutions(connection: Connection, snm: ContractReturnType<"SNM">, at: At) {
  const { viem } = connection;
  const { later } = await deployer(connection);
  const parameters = await viem.deployContract("Parameters", [at.government, at.referee ?? zeroAddress]);
  // Whitelist, Treasury and HubWallet come before it.
  const whitelist = await viem.deployContract("Whitelist", [later(4n), at.government]);
  const treasury = await viem.deployContract("Treasury", [snm.address, whitelist.address, at.government]);
  const implementation = await viem.deployContract("HubWallet", [
    {
      snm: snm.address,
      parameters: parameters.address,
      whitelist: whitelist.address,
      treasury: treasury.address,
      jobBoard: at.jobBoard,
      government: at.government,
      fastLane: at.fastLane,
    },
  ]);
  const factory = await viem.deployContract("HubFactory", [implementation.address, whitelist.address]);
  assert.equal(getAddress(factory.address), later(4n));
  const ratings = await viem.deployContract("Ratings", [snm.address, whitelist.address, treasury.address]);
  return { snm, parameters, whitelist, treasury, implementation, factory, ratings };
}

type Setting = {
  /** Whether blocks have the same second (the default), unlike on a real chain. If not, each takes one second. */
  readonly sameSecond?: boolean;
  /** The job board is a contract, which `openEscrow` deploys; otherwise an account. */
  readonly escrow?: boolean;
};

/** A network of its own with institutions whose DAO and job board are plain accounts, so that a test can act as both. */
export async function createWorld(setting: Setting = {}) {
  const { connection, people } = await populate(setting);
  const contracts = await deployInstitutions(connection, await deploySnm(connection), {
    government: people.government.account.address,
    fastLane: people.fastLaneAccount.account.address,
    ...marketOf(people.jobBoard, setting),
  });
  return { ...people, fastLane: people.fastLaneAccount, ...(await hands(connection, contracts, people.owner)) };
}

/** A network of its own with the whole government: only its voters can act as the DAO. */
export async function createGovernedWorld(setting: Setting = {}) {
  const { connection, people } = await populate(setting);
  const snm = await deploySnm(connection);
  const lanes = await deployLanes(connection, snm.address);
  const contracts = await deployInstitutions(connection, snm, {
    government: lanes.timelock.address,
    fastLane: lanes.fastTimelock.address,
    ...marketOf(people.jobBoard, setting),
  });
  assert.equal(await lanes.fastLane.read.registry(), getAddress(contracts.whitelist.address));
  return { ...people, ...(await hands(connection, contracts, people.owner)), ...lanes };
}

/** The part of the market that hubs need: an account, or the contracts that this account will deploy first. */
function marketOf(
  { account: { address: from } }: Person,
  { escrow = false }: Setting,
): Pick<At, "referee" | "jobBoard"> {
  if (!escrow) return { jobBoard: from };
  return { referee: getContractAddress({ from, nonce: 0n }), jobBoard: getContractAddress({ from, nonce: 1n }) };
}

async function populate({ sameSecond = true }: Setting) {
  const connection = await createChain({ sameSecond });
  const accounts = await connection.viem.getWalletClients();
  const [holder, owner, miner, stranger, government, fastLaneAccount, jobBoard, ...others] = accounts;
  assert(holder && owner && miner && stranger && government && fastLaneAccount && jobBoard);
  return { connection, people: { holder, owner, miner, stranger, government, fastLaneAccount, jobBoard, others } };
}

async function hands(
  connection: Connection,
  contracts: Awaited<ReturnType<typeof deployInstitutions>>,
  defaultOwner: Person,
) {
  const { viem } = connection;
  const client = await viem.getPublicClient();
  const { time } = connection.networkHelpers;

  /** A new wallet of `by`, with `funds` inside. */
  async function createHub(by = defaultOwner, salt = 0n, funds = 0n) {
    const args = [saltOf(salt), "hub", "/ip4/127.0.0.1/tcp/4001"] as const;
    const address = await contracts.factory.read.walletOf([by.account.address, args[0]]);
    await contracts.factory.write.createHub(args, { account: by.account });
    if (funds > 0n) await contracts.snm.write.transfer([address, funds]);
    return viem.getContractAt("HubWallet", address);
  }

  return { connection, viem, client, time, ...contracts, createHub };
}

export type World = Awaited<ReturnType<typeof createWorld>>;
export type GovernedWorld = Awaited<ReturnType<typeof createGovernedWorld>>;
export type Wallet = Awaited<ReturnType<World["createHub"]>>;
export type Person = Awaited<ReturnType<Connection["viem"]["getWalletClients"]>>[number];

/** A salt from a small number. */
export function saltOf(number: bigint): Hex {
  return padHex(toHex(number), { size: 32 });
}
