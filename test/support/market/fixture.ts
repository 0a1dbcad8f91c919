// The market on a network of its own: real contracts, doubles of a hub and a machine, and functions to act as each role.
import assert from "node:assert/strict";
import { type Address, getAddress, getContractAddress, type Hash, type Hex, keccak256, padHex, toHex } from "viem";
import { type Connection, createChain } from "../chain.ts";
import { corruptRun, honestRun, inputRootOf, inputsOf, leafOf, type Run, roundsOf, type Tree, treeOf } from "./runs.ts";
import { type Claim, claimIdOf, type Job, jobIdOf, SNM, TYPES } from "./terms.ts";

export type Wallet = Awaited<ReturnType<Connection["viem"]["getWalletClients"]>>[number];

/** A batch as a miner has computed it, and the claim for it. */
export type Work = {
  job: Job;
  claim: Claim;
  id: Hex;
  by: Wallet;
  /** number of its first unit within the job */
  firstUnit: number;
  count: number;
  runs: Run[];
  /** the states at the end of the runs */
  ends: Hex[];
  tree: Tree;
};

async function peopleOf(connection: Connection) {
  const [deployer, government, treasury, owner, buyer, miner, rival, verifier, second, stranger] =
    await connection.viem.getWalletClients();
  assert(deployer && government && treasury && owner && buyer && miner && rival && verifier && second && stranger);
  return { deployer, government, treasury, owner, buyer, miner, rival, verifier, second, stranger };
}

async function deploy(connection: Connection, people: Awaited<ReturnType<typeof peopleOf>>) {
  const { viem } = connection;
  const client = await viem.getPublicClient();
  const { deployer, government, treasury, owner } = people;

  // Circular references are immutables: addresses follow from the deployer's nonces.
  const from = deployer.account.address;
  const first = BigInt(await client.getTransactionCount({ address: from }));
  const at = (position: number) => getContractAddress({ from, nonce: first + BigInt(position) });
  const [depositsAt, boardAt, resultsAt, bisectionAt] = [at(4), at(5), at(6), at(7)];
  const snm = await viem.deployContract("SNM", [from]);
  const machine = await viem.deployContract("TestMachine");
  const hub = await viem.deployContract("HubDouble", [owner.account.address]);
  const parameters = await viem.deployContract("Parameters", [government.account.address, bisectionAt]);
  const deposits = await viem.deployContract("Deposits", [
    snm.address,
    treasury.account.address,
    parameters.address,
    government.account.address,
    resultsAt,
    bisectionAt,
  ]);
  const board = await viem.deployContract("JobBoard", [snm.address, parameters.address, hub.address, resultsAt]);
  const results = await viem.deployContract("Results", [deposits.address, board.address, parameters.address]);
  const bisection = await viem.deployContract("Bisection", [
    machine.address,
    deposits.address,
    results.address,
    parameters.address,
  ]);
  for (const [contract, expected] of [
    [deposits, depositsAt],
    [board, boardAt],
    [results, resultsAt],
    [bisection, bisectionAt],
  ] as const)
    assert.equal(getAddress(contract.address), getAddress(expected));

  return { snm, machine, hub, parameters, deposits, board, results, bisection };
}

type Parties = Readonly<Record<"owner" | "buyer" | "miner", Wallet>>;
type Places = Readonly<Record<"hub" | "machine" | "bisection" | "board" | "results", { readonly address: Address }>>;

/** What the parties of a market agree on, and what they compute. It sends nothing. */
export async function termsOn(connection: Connection, { owner, buyer, miner }: Parties, places: Places) {
  const { hub, machine, bisection, board, results } = places;
  const client = await connection.viem.getPublicClient();
  const chainId = await client.getChainId();

  let salts = 0;
  /** Acceptable terms, with changes. They are not posted. */
  async function termsOf(changes: Partial<Job> = {}): Promise<Job> {
    const units = changes.units ?? 40;
    return {
      buyer: buyer.account.address,
      hub: hub.address,
      referee: bisection.address,
      machine: machine.address,
      image: keccak256(toHex("image")),
      programRoot: padHex(toHex(40)),
      entry: 0n,
      inputsRoot: units > 0 && units < 2 ** 15 ? inputsOf(units).root : padHex("0x"),
      units,
      batchSize: 16,
      exponent: 2,
      price: SNM,
      deposit: 100n * SNM,
      bond: 20n * SNM + 1n,
      window: 3_600,
      opening: 600,
      allowance: 3_600,
      grace: 600,
      deadline: (await client.getBlock()).timestamp + 30n * 86_400n,
      salt: padHex(toHex(++salts)),
      ...changes,
    };
  }

  /** The hub owner's signature over a quote. */
  async function quote(job: Hex, expiry: bigint, signer: Wallet = owner): Promise<Hex> {
    const domain = { name: "SONM JobBoard", version: "1", chainId, verifyingContract: board.address };
    return signer.signTypedData({ domain, types: TYPES, primaryType: "Quote", message: { job, expiry } });
  }

  /** The hub owner's signature over an assignment. */
  async function assign(claim: Claim, expiry: bigint, signer: Wallet = owner, wanted = hub.address): Promise<Hex> {
    const domain = { name: "SONM Results", version: "1", chainId, verifyingContract: results.address };
    const { job, batch, attempt, pay } = claim;
    const message = { wallet: wanted, job, batch, attempt, miner: claim.miner, pay, expiry };
    return signer.signTypedData({ domain, types: TYPES, primaryType: "Assignment", message });
  }

  /** The true run of a unit. */
  function runOf(job: Job, unit: number): Run {
    return honestRun(inputRootOf(unit), Number(BigInt(job.programRoot)));
  }

  /** A batch as a miner computes it, lying in the units named from the step named on. */
  function workOf(
    job: Job,
    options: { by?: Wallet; batch?: number; attempt?: number; lies?: Map<number, number> } = {},
  ): Work {
    const { by = miner, batch = 0, attempt = 0, lies = new Map() } = options;
    const miners = by.account.address;
    const job32 = jobIdOf(job);
    const firstUnit = batch * job.batchSize;
    const count = Math.min(job.batchSize, job.units - firstUnit);
    const runs = Array.from({ length: count }, (_, position) => {
      const run = runOf(job, firstUnit + position);
      const lie = lies.get(position);
      return lie === undefined ? run : corruptRun(run, lie);
    });
    const ends = runs.map((run) => run.stateAt(8 ** job.exponent));
    const leaves = ends.map((end, position) => leafOf(miners, job32, firstUnit + position, end));
    const tree = treeOf(leaves, 3 * roundsOf(count));
    const claim: Claim = { job: job32, batch, attempt, miner: miners, pay: job.price / 2n, root: tree.root };
    return { job, claim, id: claimIdOf(claim), by, firstUnit, count, runs, ends, tree };
  }

  return { termsOf, quote, assign, runOf, workOf };
}

export async function createMarket(setting: { readonly sameSecond?: boolean } = {}) {
  const connection = await createChain(setting);
  const { viem, networkHelpers } = connection;
  const client = await viem.getPublicClient();
  const people = await peopleOf(connection);
  const contracts = await deploy(connection, people);
  const { buyer, miner, rival, verifier, second, stranger } = people;
  const { snm, deposits, results, board } = contracts;

  for (const person of [buyer, miner, rival, verifier, second, stranger]) {
    await snm.write.transfer([person.account.address, 1_000_000n * SNM]);
    await snm.write.approve([board.address, 2n ** 256n - 1n], { account: person.account });
    await snm.write.approve([deposits.address, 2n ** 256n - 1n], { account: person.account });
  }
  for (const person of [miner, rival, verifier, second])
    await deposits.write.deposit([10_000n * SNM], { account: person.account });

  const now = async () => Number((await client.getBlock()).timestamp);
  const terms = await termsOn(connection, people, contracts);
  const { termsOf, quote, assign } = terms;

  async function post(changes: Partial<Job> = {}): Promise<Job> {
    const job = await termsOf(changes);
    const expiry = BigInt((await now()) + 3_600);
    await board.write.post([job, expiry, await quote(jobIdOf(job), expiry)], { account: buyer.account });
    return job;
  }

  /** Posts a claim for that work. */
  async function claim(work: Work): Promise<Hash> {
    const expiry = BigInt((await now()) + 3_600);
    const signature = await assign(work.claim, expiry);
    return results.write.claim([work.job, work.claim, expiry, signature], { account: work.by.account });
  }

  /** Makes the next transaction's block have this time. */
  async function nextAt(time: number | bigint): Promise<void> {
    await networkHelpers.time.setNextBlockTimestamp(time);
  }

  /** When the claim was posted. */
  async function claimedAt(work: Work): Promise<number> {
    return (await results.read.stateOf([work.id])).claimedAt;
  }

  /** First second at which an undisputed claim settles. */
  async function settleTime(work: Work): Promise<number> {
    return (await claimedAt(work)) + work.job.window + work.job.opening + 1;
  }

  async function settle(work: Work): Promise<Hash> {
    return results.write.settle([work.job, work.claim], { account: stranger.account });
  }

  async function logsOf(hash: Hash) {
    return (await client.getTransactionReceipt({ hash })).logs;
  }

  const hands = { ...terms, post, claim, settle };
  const clock = { now, nextAt, claimedAt, settleTime };
  return { connection, viem, networkHelpers, client, ...people, ...contracts, ...hands, ...clock, logsOf };
}

export type Market = Awaited<ReturnType<typeof createMarket>>;
