// A whole SONM on a chain of its own, reached only through offchain/chain, so that tests use the same code as the roles.

import { hubFactoryAbi } from "@sonm/chain/abi/hub-factory";
import { hubWalletAbi } from "@sonm/chain/abi/hub-wallet";
import { connect, latest, walletFor } from "@sonm/chain/clients";
import { postClaim } from "@sonm/chain/market/claims";
import { postJob } from "@sonm/chain/market/jobs";
import { createObserver } from "@sonm/chain/market/observer";
import { approveSnm, transferSnm } from "@sonm/chain/money/snm";
import { deposit } from "@sonm/chain/money/stake";
import { localSigner, type Signer } from "@sonm/chain/signer";
import { send } from "@sonm/chain/transact";
import { inputPath, inputsRoot } from "@sonm/protocol/job/inputs";
import { batchRange, type Job, jobId } from "@sonm/protocol/job/job";
import { quoteTypedData } from "@sonm/protocol/job/quote";
import type { ProgramImage } from "@sonm/protocol/machine/elf";
import { inputRoot, programRoot } from "@sonm/protocol/machine/machine";
import { type Corruption, openTrace, type Trace } from "@sonm/protocol/machine/trace";
import { assignmentTypedData, type Claim, claimId } from "@sonm/protocol/result/claim";
import { type ResultTree, resultTreeOf } from "@sonm/protocol/result/tree";
import type { Address, ClaimId, Hex } from "@sonm/protocol/values/ids";
import { bytesToHex, createTestClient, http, keccak256, parseEther, stringToHex, zeroHash } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { startAnvil } from "../../../offchain/devnet/anvil.ts";
import { deploy } from "../../../offchain/devnet/deploy.ts";

export const SNM = parseEther("1");
export const MNEMONIC = "test test test test test test test test test test test junk";

/** A job with its program and the inputs of its units. */
export type Posted = { readonly job: Job; readonly program: ProgramImage; readonly inputs: readonly Uint8Array[] };

/** A batch's results as somebody has computed them. */
export type Work = {
  readonly posted: Posted;
  readonly batch: number;
  readonly tree: ResultTree;
  /** by position in the batch */
  readonly traces: readonly Trace[];
};

export type Claimed = { readonly id: ClaimId; readonly claim: Claim; readonly work: Work };

export async function createWorld() {
  const anvil = await startAnvil();
  const reader = await connect(anvil.url);
  const account = (addressIndex: number) => mnemonicToAccount(MNEMONIC, { addressIndex });
  const person = (addressIndex: number) => localSigner(reader, account(addressIndex));
  const [holder, owner, buyer, miner] = [person(0), person(1), person(2), person(3)];
  const [verifier, second, third, stranger] = [person(4), person(5), person(6), person(7)];
  const deployment = await deploy({ publicClient: reader.client, walletClient: walletFor(reader, account(0)) });
  const { addresses } = deployment;
  const node = createTestClient({ mode: "anvil", transport: http(anvil.url) });

  for (const one of [buyer, miner, verifier, second, third]) {
    await transferSnm(holder, deployment, one.address, 1_000_000n * SNM);
  }
  for (const one of [miner, verifier, second, third]) await deposit(one, deployment, 500_000n * SNM);
  await approveSnm(buyer, deployment, addresses.jobBoard, 1_000_000n * SNM);

  const hub = await createHub(owner);
  async function createHub(by: Signer): Promise<Address> {
    const call = { address: addresses.hubFactory, abi: hubFactoryAbi } as const;
    await send(by, "no hub", { ...call, functionName: "createHub", args: [zeroHash, "hub", "/ip4/127.0.0.1/tcp/1"] });
    const args = [by.address, zeroHash] as const;
    const wallet = await reader.client.readContract({ ...call, functionName: "walletOf", args });
    await transferSnm(holder, deployment, wallet, 10n * SNM);
    await send(by, "not registered", { address: wallet, abi: hubWalletAbi, functionName: "register", args: [] });
    return wallet;
  }

  const now = async () => (await latest(reader)).now;

  /** Lets time pass on the chain. */
  async function wait(seconds: number): Promise<void> {
    await node.increaseTime({ seconds });
    await node.mine({ blocks: 1 });
  }

  let jobs = 0;
  /** Posts a job of `inputs.length` units, with `terms` changed. */
  async function post(program: ProgramImage, inputs: readonly Uint8Array[], terms: Partial<Job> = {}): Promise<Posted> {
    const job: Job = {
      buyer: buyer.address,
      hub,
      referee: addresses.bisection,
      machine: addresses.machine,
      image: keccak256(stringToHex("image")),
      programRoot: bytesToHex(programRoot(program)),
      entry: BigInt(program.entry),
      inputsRoot: inputsRoot(inputs.map((input) => bytesToHex(inputRoot(input)))),
      units: inputs.length,
      batchSize: inputs.length,
      exponent: 4,
      price: SNM,
      deposit: 1000n * SNM,
      bond: 100n * SNM,
      window: 3600,
      opening: 600,
      allowance: 3600,
      grace: 600,
      deadline: BigInt((await now()) + 86_400 * 30),
      salt: keccak256(stringToHex(`job ${++jobs}`)),
      ...terms,
    };
    const expiry = BigInt((await now()) + 86_400);
    const typed = quoteTypedData({ job: jobId(job), expiry }, reader.chainId, addresses.jobBoard);
    await postJob(buyer, deployment, job, expiry, await owner.signTypedData(typed));
    return { job, program, inputs };
  }

  /** What `by` would claim for a batch, with these lies: position in the batch → corruption. */
  function compute(
    posted: Posted,
    batch: number,
    by: Address,
    lies: ReadonlyMap<number, Corruption> = new Map(),
  ): Work {
    const { job, program, inputs } = posted;
    const { first, count } = batchRange(job, batch);
    const traces = Array.from({ length: count }, (_, position) => {
      const corruption = lies.get(position);
      const input = inputs[first + position] ?? new Uint8Array();
      return openTrace({ program, input, exponent: job.exponent, ...(corruption ? { corruption } : {}) });
    });
    const resultHashes = traces.map((trace) => bytesToHex(trace.stateAt(8 ** job.exponent)));
    return { posted, batch, traces, tree: resultTreeOf(job, { miner: by, batch }, resultHashes) };
  }

  /** `by` claims a batch with `root`, by default the root of its work. */
  async function claim(by: Signer, work: Work, attempt = 0, root: Hex = work.tree.root): Promise<Claimed> {
    const { posted, batch } = work;
    const expiry = BigInt((await now()) + 86_400);
    const terms = { job: jobId(posted.job), batch, attempt, miner: by.address, pay: posted.job.price / 2n };
    const typed = assignmentTypedData({ wallet: hub, ...terms, expiry }, reader.chainId, addresses.results);
    const content = { ...terms, root };
    await postClaim(by, deployment, posted.job, content, expiry, await owner.signTypedData(typed));
    return { id: claimId(content), claim: content, work };
  }

  function inputOf({ inputs }: Posted, unit: number) {
    const roots = inputs.map((input) => bytesToHex(inputRoot(input)));
    return { root: roots[unit] ?? zeroHash, path: inputPath(roots, unit) };
  }

  return {
    anvil,
    reader,
    node,
    deployment,
    addresses,
    hub,
    holder,
    owner,
    buyer,
    miner,
    verifier,
    second,
    third,
    stranger,
    observer: createObserver(reader, deployment),
    now,
    wait,
    post,
    compute,
    claim,
    inputOf,
  };
}

export type World = Awaited<ReturnType<typeof createWorld>>;
