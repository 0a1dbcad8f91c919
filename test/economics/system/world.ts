// The whole system as `npm run deploy` deploys it, with real wallets. Two things differ. The counting machine replaces the machine, so that
// a game takes a few moves. Tests act as the DAO's timelocks, so that nobody has to vote for a week.
import assert from "node:assert/strict";
import { bisectionAbi } from "@sonm/chain/abi/bisection";
import { depositsAbi } from "@sonm/chain/abi/deposits";
import { hubWalletAbi } from "@sonm/chain/abi/hub-wallet";
import { jobBoardAbi } from "@sonm/chain/abi/job-board";
import { ratingsAbi } from "@sonm/chain/abi/ratings";
import { resultsAbi } from "@sonm/chain/abi/results";
import { snmAbi } from "@sonm/chain/abi/snm";
import { treasuryAbi } from "@sonm/chain/abi/treasury";
import {
  type Abi,
  type Account,
  type Address,
  encodeFunctionData,
  getAddress,
  type PublicClient,
  parseEther,
} from "viem";
import { type DeployOptions, deploy } from "../../../offchain/devnet/deploy.ts";
import { createChain } from "../../support/chain.ts";
import { saltOf } from "../../support/government/fixture.ts";
import { termsOn, type Wallet } from "../../support/market/fixture.ts";
import { SNM } from "../../support/market/terms.ts";
import { type CallOutcome, reach } from "../chain.ts";

/** Accounts with keys: owners of the hubs (the first is also a miner), miners, verifiers, raters, and a stranger. */
export const PEOPLE = ["holder", "o0", "o1", "buyer", "m0", "m1", "v0", "v1", "r0", "r1", "stranger"] as const;
export type Person = (typeof PEOPLE)[number];
/** Accounts that can call. */
export type Caller = Person | "government" | "fastLane";
export const HUBS = ["h0", "h1"] as const;
export type Hub = (typeof HUBS)[number];
export const OWNER_OF = { h0: "o0", h1: "o1" } as const;
export const MINERS = ["m0", "m1", "o0"] as const;
/** Payees of a wallet: its own owner, miners (anyone with a stake can be one), another wallet, the Treasury. */
export const PAYEES = ["m0", "m1", "o0", "o1", "v0", "v1", "h0", "h1", "treasury"] as const;
export type Payee = (typeof PAYEES)[number];

export const SUPPLY = parseEther("444000000");
const STAKE = 2_000n * SNM;

const abis = {
  snm: snmAbi,
  board: jobBoardAbi,
  deposits: depositsAbi,
  results: resultsAbi,
  bisection: bisectionAbi,
  ratings: ratingsAbi,
  treasury: treasuryAbi,
  h0: hubWalletAbi,
  h1: hubWalletAbi,
} as const satisfies Record<string, Abi>;

/** A call as its sender makes it. */
export type Call = {
  readonly from: Caller;
  readonly to: keyof typeof abis;
  readonly name: string;
  readonly args: readonly unknown[];
};

async function deploySystem() {
  const connection = await createChain({ sameSecond: true });
  const { viem, networkHelpers } = connection;
  const wallets = await viem.getWalletClients();
  const people = Object.fromEntries(PEOPLE.map((name, i) => [name, wallets[i]])) as Record<Person, Wallet>;
  const publicClient = (await viem.getPublicClient()) as PublicClient;
  const { addresses } = await deploy({
    publicClient,
    walletClient: people.holder as DeployOptions["walletClient"] & { readonly account: Account },
  });
  const counter = await viem.deployContract("TestMachine");
  const code = await publicClient.getCode({ address: counter.address });
  assert(code);
  await networkHelpers.setCode(addresses.machine, code);
  for (const timelock of [addresses.timelock, addresses.fastTimelock]) {
    await networkHelpers.impersonateAccount(timelock);
    await networkHelpers.setBalance(timelock, parseEther("1000"));
  }
  return { connection, people, addresses };
}

export async function openWorld() {
  const { connection, people, addresses: places } = await deploySystem();
  const { viem } = connection;
  const factory = await viem.getContractAt("HubFactory", places.hubFactory);
  const hubs: Record<string, Address> = {};
  for (const hub of HUBS) {
    const { account } = people[OWNER_OF[hub]];
    await factory.write.createHub([saltOf(0n), hub, "/ip4/127.0.0.1/tcp/4001"], { account });
    hubs[hub] = await factory.read.walletOf([account.address, saltOf(0n)]);
  }
  const accounts = Object.fromEntries(PEOPLE.map((name) => [name, people[name].account.address]));
  const { jobBoard: board, timelock: government, fastTimelock: fastLane, fastLane: fastGovernor, ...others } = places;
  // Everything that can hold SNM, by name: callers and deployed contracts.
  const named = { ...accounts, ...hubs, ...others, board, government, fastLane, fastGovernor };
  const addresses = Object.fromEntries(Object.entries(named).map(([name, at]) => [name, getAddress(at)]));
  const addressOf = (name: string): Address => {
    const address = addresses[name];
    assert(address, name);
    return address;
  };
  const names = new Map(Object.entries(addresses).map(([name, address]) => [address, name]));

  const { send: sendRaw, branch } = reach(connection);
  const send = ({ from, to, name, args }: Call, at: number): Promise<CallOutcome> => {
    const data = encodeFunctionData({ abi: abis[to] as Abi, functionName: name, args });
    return sendRaw({ from: addressOf(from), to: addressOf(to), data }, at);
  };
  const start = Number((await (await viem.getPublicClient()).getBlock()).timestamp) + 1;
  const must = async (from: Person, to: keyof typeof abis, name: string, ...args: unknown[]) =>
    assert.equal((await send({ from, to, name, args }, start)).refused, undefined, name);
  for (const person of PEOPLE.slice(1)) {
    await must("holder", "snm", "transfer", addressOf(person), 20_000n * SNM);
    for (const spender of ["board", "deposits", "ratings"])
      await must(person, "snm", "approve", addressOf(spender), 2n ** 256n - 1n);
  }
  for (const person of [...MINERS, "v0", "v1"] as const) await must(person, "deposits", "deposit", STAKE);

  const { o0: owner, buyer, m0: miner } = people;
  const contract = (name: string) => ({ address: addressOf(name) });
  const market = await termsOn(
    connection,
    { owner, buyer, miner },
    {
      ...{ hub: contract("h0"), machine: contract("machine"), bisection: contract("bisection") },
      ...{ board: contract("board"), results: contract("results") },
    },
  );
  return {
    ...{ connection, people, market, start, send, branch, addressOf },
    /** names of everything that can hold SNM */
    holders: Object.keys(addresses),
    nameOf: (address: Address) => names.get(getAddress(address)) ?? address,
  };
}

export type World = Awaited<ReturnType<typeof openWorld>>;
