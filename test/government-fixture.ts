// Deploys the government and gives tests hands. Order of deployment (addresses marked ← are needed before they exist and
// are predicted from the deployer's nonce; each contract gets them as immutables):
//
//   SNM(holder)
//   Parameters(slow timelock, referee or zero)
//   Whitelist(← HubFactory, slow timelock)
//   Treasury(SNM, Whitelist, slow timelock)
//   HubWallet({ snm, parameters, whitelist, treasury, ← jobBoard, government: slow timelock, fastLane: fast timelock })
//   HubFactory(HubWallet, Whitelist)
import assert from "node:assert/strict";
import { network } from "hardhat";
import { type Address, getAddress, getContractAddress, type Hex, padHex, parseEther, toHex, zeroAddress } from "viem";

export const DAY = 86_400n;
export const SNM = parseEther("1");
/** Numbers of `IHub.Status`. */
export const STATUS = { Created: 0, Registered: 1, Idle: 2, Suspected: 3, Punished: 4 } as const;
export type Status = keyof typeof STATUS;

export type Connection = Awaited<ReturnType<typeof network.create>>;
type Government = { government: Address; fastLane: Address; jobBoard: Address; referee?: Address };

/** The institutions, with the DAO's lanes and the job board at the addresses given. */
export async function deployInstitutions(connection: Connection, at: Government) {
  const { viem } = connection;
  const client = await viem.getPublicClient();
  const [deployer] = await viem.getWalletClients();
  assert(deployer);
  const from = deployer.account.address;
  const snm = await viem.deployContract("SNM", [from]);
  const parameters = await viem.deployContract("Parameters", [at.government, at.referee ?? zeroAddress]);
  const nonce = BigInt(await client.getTransactionCount({ address: from }));
  // Whitelist, Treasury and HubWallet come before it.
  const factoryAt = getContractAddress({ from, nonce: nonce + 3n });
  const whitelist = await viem.deployContract("Whitelist", [factoryAt, at.government]);
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
  assert.equal(getAddress(factory.address), factoryAt);
  return { snm, parameters, whitelist, treasury, implementation, factory };
}

/** A network of its own with institutions whose DAO and job board are plain accounts, so that a test can speak for them. */
export async function createWorld() {
  const connection = await network.create();
  const { viem } = connection;
  const accounts = await viem.getWalletClients();
  const [deployer, owner, miner, stranger, government, fastLane, jobBoard, ...others] = accounts;
  assert(deployer && owner && miner && stranger && government && fastLane && jobBoard);
  const people = { deployer, owner, miner, stranger, government, fastLane, jobBoard, others };
  const contracts = await deployInstitutions(connection, {
    government: government.account.address,
    fastLane: fastLane.account.address,
    jobBoard: jobBoard.account.address,
  });
  const client = await viem.getPublicClient();
  const { time } = connection.networkHelpers;

  /** A new wallet of `by`, with `funds` inside. */
  async function createHub(by = owner, salt = 0n, funds = 0n) {
    assert(by);
    const args = [saltOf(salt), "hub", "/ip4/127.0.0.1/tcp/4001"] as const;
    const address = await contracts.factory.read.walletOf([by.account.address, args[0]]);
    await contracts.factory.write.createHub(args, { account: by.account });
    if (funds > 0n) await contracts.snm.write.transfer([address, funds]);
    return viem.getContractAt("HubWallet", address);
  }

  return { connection, viem, client, time, ...people, ...contracts, createHub };
}

export type World = Awaited<ReturnType<typeof createWorld>>;
export type Wallet = Awaited<ReturnType<World["createHub"]>>;
export type Person = World["owner"];

/** A salt from a small number. */
export function saltOf(number: bigint): Hex {
  return padHex(toHex(number), { size: 32 });
}
