// A market set up for measuring: real contracts on a local chain, a hub, a buyer, a miner and a verifier, and functions that act for them.
import { readFileSync } from "node:fs";
import { createObserver } from "@sonm/chain/market/observer";
import { approveSnm } from "@sonm/chain/money/snm";
import { deposit } from "@sonm/chain/money/stake";
import { localSigner } from "@sonm/chain/signer";
import { inputsRoot } from "@sonm/protocol/job/inputs";
import { type Job, jobId } from "@sonm/protocol/job/job";
import { loadElf } from "@sonm/protocol/machine/elf";
import { inputRoot, programRoot } from "@sonm/protocol/machine/machine";
import { type Corruption, openTrace, type Trace } from "@sonm/protocol/machine/trace";
import type { Claim } from "@sonm/protocol/result/claim";
import { resultTreeOf } from "@sonm/protocol/result/tree";
import type { Hex } from "@sonm/protocol/values/ids";
import { bytesToHex, keccak256, parseEther, type TransactionReceipt, toHex } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { claimAssigned, playChallenge, postQuoted } from "../../offchain/devnet/hands.ts";
import { openHub, startDevnet } from "../../offchain/devnet/local-chain.ts";
import { gallery } from "../../offchain/devnet/programs/gallery.ts";
import { renderInput } from "../../offchain/devnet/programs/render.ts";
import { withEveryInstruction } from "./every-instruction.ts";

const HOUR = 3600;

export type Table = Awaited<ReturnType<typeof setTable>>;
/** A batch that a miner has claimed. `liar` is its run of the one unit that is really computed; the other results are made up. */
export type Claimed = {
  readonly job: Job;
  readonly claim: Claim;
  readonly liar: Trace;
  readonly receipt: TransactionReceipt;
};
export type Conviction = {
  /** gas of every transaction of the challenge in order, with its call's name */
  readonly steps: readonly { readonly call: string; readonly gas: number }[];
  readonly total: number;
};

const program = withEveryInstruction(loadElf(readFileSync(new URL("../../guest/bin/render", import.meta.url))));
const input = renderInput(gallery, { width: 256, height: 144 }, { x: 96, y: 72, width: 32, height: 18 });
const roots = { program: bytesToHex(programRoot(program)), input: bytesToHex(inputRoot(input)) };

/** The true run of the unit that is really computed, of 8^exponent steps. */
export function honestTrace(exponent: number, corruption?: Corruption): Trace {
  return openTrace({ program, input, exponent, ...(corruption === undefined ? {} : { corruption }) });
}

export async function setTable() {
  const devnet = await startDevnet();
  const { reader, deployment } = devnet;
  const { addresses } = deployment;
  const person = async (account = privateKeyToAccount(generatePrivateKey())) => {
    await devnet.endow(account.address, parseEther("10000000"));
    return localSigner(reader, account);
  };
  const hubKey = privateKeyToAccount(generatePrivateKey());
  const [owner, buyer, miner, verifier] = [await person(hubKey), await person(), await person(), await person()];
  const hub = await openHub(devnet, hubKey, {
    name: "bench",
    endpoint: "/ip4/127.0.0.1",
    funds: parseEther("1000"),
  });
  await approveSnm(buyer, deployment, addresses.jobBoard, 2n ** 255n);
  for (const player of [miner, verifier]) await deposit(player, deployment, parseEther("5000000"));
  const observer = createObserver(reader, deployment);
  let salts = 0;

  /** Posts a job of one batch; its first unit is real. */
  async function post(units: number, exponent: number): Promise<{ job: Job; receipt: TransactionReceipt }> {
    const { timestamp } = await reader.client.getBlock();
    const job: Job = {
      buyer: buyer.address,
      hub,
      referee: addresses.bisection,
      machine: addresses.machine,
      image: keccak256(toHex("render")),
      programRoot: roots.program,
      entry: BigInt(program.entry),
      inputsRoot: inputsRoot(inputRootsOf(units)),
      units,
      batchSize: units,
      exponent,
      price: parseEther("1"),
      deposit: parseEther("25000"),
      bond: parseEther("20"),
      window: 24 * HOUR,
      opening: HOUR / 2,
      allowance: 24 * HOUR,
      grace: HOUR,
      deadline: timestamp + BigInt(30 * 24 * HOUR),
      salt: toHex(++salts, { size: 32 }),
    };
    return { job, receipt: await postQuoted(buyer, owner, deployment, job) };
  }

  /** Claims the job's batch, with a corrupted run of its first unit. */
  async function claim(job: Job, corruption?: Corruption): Promise<Claimed> {
    const liar = honestTrace(job.exponent, corruption);
    const ends = endsOf(liar, job);
    const id = jobId(job);
    const about = { job: id, batch: 0, attempt: 0, miner: miner.address, pay: job.price / 2n };
    const tree = resultTreeOf(job, about, ends);
    const posted: Claim = { ...about, root: tree.root };
    const receipt = await claimAssigned(miner, owner, deployment, job, posted);
    return { job, claim: posted, liar, receipt };
  }

  /** The whole challenge against a false claim, played by both sides to the conviction. */
  async function convict({ job, claim, liar }: Claimed): Promise<Conviction> {
    const tree = resultTreeOf(job, claim, endsOf(liar, job));
    const shown = { job, claim, tree, inputRoots: inputRootsOf(job.units) };
    const salt = toHex(++salts, { size: 32 });
    const lying = { signer: miner, run: liar };
    const honest = { signer: verifier, run: truthOf(job.exponent) };
    const played = await playChallenge(observer, deployment, shown, 0, lying, honest, salt);
    const steps = played.map(({ call, receipt }) => ({ call, gas: Number(receipt.gasUsed) }));
    return { steps, total: steps.reduce((sum, { gas }) => sum + gas, 0) };
  }

  return { ...devnet, addresses, hub, owner, buyer, miner, verifier, post, claim, convict };
}

const truths = new Map<number, Trace>();

/** The true run is the same each time, so its snapshots are kept. */
function truthOf(exponent: number): Trace {
  const truth = truths.get(exponent) ?? honestTrace(exponent);
  truths.set(exponent, truth);
  return truth;
}

/** Results of a batch: the first one real, the others made up. */
function endsOf(real: Trace, job: Job): Hex[] {
  const first = bytesToHex(real.stateAt(8 ** job.exponent));
  return [first, ...madeUp("result", job.units - 1)];
}

function inputRootsOf(units: number): Hex[] {
  return [roots.input, ...madeUp("input", units - 1)];
}

function madeUp(what: string, count: number): Hex[] {
  return Array.from({ length: count }, (_, i) => keccak256(toHex(`${what} ${i}`)));
}
