// The market's part in the story: a job that is done and settles, and one whose false claim is convicted.
import { readFile } from "node:fs/promises";
import { parametersOf } from "@sonm/chain/government/parameters";
import { approveSnm } from "@sonm/chain/money/snm";
import { deposit } from "@sonm/chain/money/stake";
import { inputsRoot } from "@sonm/protocol/job/inputs";
import { type Job, jobId } from "@sonm/protocol/job/job";
import { maxPay, minimalBond, minimalDeposit } from "@sonm/protocol/job/sizes";
import { loadElf, type ProgramImage } from "@sonm/protocol/machine/elf";
import { createMachine, inputRoot, programRoot } from "@sonm/protocol/machine/machine";
import { takeStep } from "@sonm/protocol/machine/step-record";
import { type Corruption, openTrace, type Trace } from "@sonm/protocol/machine/trace";
import { type Claim, claimId } from "@sonm/protocol/result/claim";
import { resultTreeOf } from "@sonm/protocol/result/tree";
import type { Address, Hex } from "@sonm/protocol/values/ids";
import { bytesToHex, keccak256, parseEther, stringToHex, toHex } from "viem";
import { fileOfPackage } from "../../host/access/package.ts";
import { corruptionOf } from "../../host/engines/machine/lie.ts";
import { claimAssigned, playChallenge, postQuoted, type Shown } from "../hands.ts";
import type { Person } from "./cast.ts";
import { DAY, type Stage } from "./stage.ts";

const HOUR = 3600;
/** A run has at most 8^6 steps: counting a few words takes some thousands. */
const EXPONENT = 6;
/** Where the lie is: before the shortest run ends. */
const LIE_STEPS = { from: 1_000, span: 4_000 };
const PRICE = parseEther("5");
const TEXTS = [
  "Who watches the watchmen?",
  "Trust, but verify.",
  "In the long run we are all settled.",
  "Every step can be proved, so one step is enough.",
];

/** A posted job with what its units compute. */
export type Posted = {
  readonly job: Job;
  readonly hubOwner: Person;
  readonly program: ProgramImage;
  /** by unit */
  readonly inputs: readonly Uint8Array[];
  readonly inputRoots: readonly Hex[];
};

function runOf({ program, inputs }: Posted, unit: number, corruption?: Corruption): Trace {
  const run = { program, input: inputs[unit] ?? new Uint8Array(), exponent: EXPONENT };
  return openTrace(corruption === undefined ? run : { ...run, corruption });
}

/** One state in the middle of a run, altered in a word that no instruction reads. */
function lieOf(seed: number): Corruption {
  const step = LIE_STEPS.from + ((seed * 7919) % LIE_STEPS.span);
  return corruptionOf({ kind: "step", step }, 0, 8 ** EXPONENT);
}

/** Posts a job of four word counts to a hub. */
export async function postWork(stage: Stage, hub: Address, hubOwner: Person): Promise<Posted> {
  const { devnet, cast, seed } = stage;
  const { deployment } = devnet;
  const { addresses } = deployment;
  const buyer = cast.buyer.signer;
  const parameters = await parametersOf(devnet.reader, deployment);
  const sizes = {
    minBond: parameters.MinBondWei,
    minDeposit: parameters.MinDepositWei,
    auditRateBps: parameters.AuditRateBps,
  };
  const bond = minimalBond(PRICE, sizes);
  const program = loadElf(await readFile(fileOfPackage("guest/bin/wordcount")));
  const inputs = TEXTS.map((text) => new TextEncoder().encode(`${text} (${seed})`));
  const inputRoots = inputs.map((input) => bytesToHex(inputRoot(input)));
  const job: Job = {
    buyer: buyer.address,
    hub,
    referee: addresses.bisection,
    machine: addresses.machine,
    image: keccak256(stringToHex("wordcount")),
    programRoot: bytesToHex(programRoot(program)),
    entry: BigInt(program.entry),
    inputsRoot: inputsRoot(inputRoots),
    units: inputs.length,
    batchSize: inputs.length,
    exponent: EXPONENT,
    price: PRICE,
    deposit: minimalDeposit({ price: PRICE, bond, batchSize: inputs.length }, sizes),
    bond,
    window: DAY,
    opening: HOUR / 2,
    allowance: DAY,
    grace: HOUR,
    deadline: BigInt((await stage.now()) + 30 * DAY),
    salt: keccak256(stringToHex(`job ${seed} ${hub}`)),
  };
  await approveSnm(buyer, deployment, addresses.jobBoard, PRICE * BigInt(inputs.length));
  await postQuoted(buyer, hubOwner.signer, deployment, job);
  return { job, hubOwner, program, inputs, inputRoots };
}

export type Claimed = Shown & { readonly runs: readonly Trace[] };

/** The miner stakes what is needed and claims the whole job. It lies about `lyingUnit`, if given. */
export async function claimWork(stage: Stage, miner: Person, posted: Posted, lyingUnit?: number): Promise<Claimed> {
  const { job, hubOwner, inputRoots } = posted;
  const { deployment } = stage.devnet;
  await deposit(miner.signer, deployment, job.deposit);
  const runs = inputRoots.map((_, unit) => runOf(posted, unit, unit === lyingUnit ? lieOf(stage.seed) : undefined));
  const resultHashes = runs.map((run) => bytesToHex(run.stateAt(8 ** job.exponent)));
  const about = { job: jobId(job), batch: 0, attempt: 0, miner: miner.address, pay: maxPay(job.price) };
  const tree = resultTreeOf(job, about, resultHashes);
  const claim: Claim = { ...about, root: tree.root };
  await claimAssigned(miner.signer, hubOwner.signer, deployment, job, claim);
  return { job, claim, tree, inputRoots, runs };
}

/** What a conviction rests on, as a document that everybody can check against the chain. */
export type Proof = {
  readonly claim: Hex;
  readonly unit: number;
  readonly step: number;
  readonly instruction: string;
  readonly transaction: Hex;
};

/** The verifier recomputes a unit, challenges, and plays with the miner until the chain has executed the disputed step. */
export async function convictClaim(stage: Stage, claimed: Claimed, posted: Posted, unit: number): Promise<Proof> {
  const { cast, devnet, observer, seed } = stage;
  const { verifier, mirageMiner } = cast;
  const truth = runOf(posted, unit);
  const lie = claimed.runs[unit];
  if (!lie) throw new RangeError(`the claim has no unit ${unit}`);
  const played = await playChallenge(
    observer,
    devnet.deployment,
    claimed,
    unit,
    { signer: mirageMiner.signer, run: lie },
    { signer: verifier.signer, run: truth },
    keccak256(toHex(`salt ${seed}`)),
  );
  const last = played.at(-1);
  if (last?.call !== "prove") throw new Error(`the game ended with ${last?.call}, not with a proof`);
  // The states agree before the lie and differ after it: the disputed instruction is the one between.
  const step = lieOf(seed).step - 1;
  const machine = createMachine(posted.program, posted.inputs[unit] ?? new Uint8Array());
  machine.run(step);
  return {
    claim: claimId(claimed.claim),
    unit,
    step,
    instruction: takeStep(machine).instruction,
    transaction: last.receipt.transactionHash,
  };
}
