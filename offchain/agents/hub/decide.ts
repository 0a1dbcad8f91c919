// What a hub does next, from what it sees on the chain, in its mail and in its journal. Pure.

import type { Job } from "@sonm/protocol/job/job";
import { maxPay } from "@sonm/protocol/job/sizes";
import { type Claim, settleableFrom } from "@sonm/protocol/result/claim";
import type { Address, ClaimId, Hex, JobId } from "@sonm/protocol/values/ids";
import { isAddressEqual } from "viem";
import type { Decision } from "../../host/role/loop.ts";

/** A buyer's request that has not been answered. */
export type QuoteRequest = { readonly job: Job; readonly id: JobId; readonly from: Address };

/** An open batch, with all assignments that the hub has signed for its current attempt, oldest first. */
export type OpenBatch = {
  readonly batch: number;
  readonly attempt: number;
  readonly assignments: readonly AssignmentView[];
};

/** An assignment that the hub has signed. */
export type AssignmentView = {
  readonly id: string;
  readonly miner: Address;
  /** wei of SNM a unit */
  readonly pay: bigint;
  readonly signature: Hex;
  /** it is in the miner's mailbox; if not, the hub was killed before it could send it */
  readonly sent: boolean;
  /** chain time of its signing */
  readonly assignedAt: number;
  /** last second in which the miner can post its claim with it */
  readonly expiry: number;
  readonly answer: "accepted" | "declined" | undefined;
};

export type JobView = { readonly id: JobId; readonly job: Job; readonly open: readonly OpenBatch[] };

/** A claim that can be settled now or later. */
export type HubClaim = {
  readonly id: ClaimId;
  readonly claim: Claim;
  readonly job: Job;
  readonly games: number;
  readonly claimedAt: number;
};

export type KnownMiner = {
  readonly address: Address;
  /** number of batches that it takes at the same time */
  readonly slots: number;
  /** wei of SNM a unit */
  readonly minPay: bigint;
  /** wei of SNM of its free stake on the chain; each assignment needs its job's deposit of it */
  readonly free: bigint;
  /** claims for this hub that were settled */
  readonly settled: number;
  /** convicted once: gets no more work from this hub */
  readonly convicted: boolean;
};

/** The hub's wallet. The hub quotes and assigns only while it is Registered. */
export type WalletView = {
  readonly status: "absent" | "created" | "registered" | "idle" | "suspected" | "punished";
  /** wei of SNM that are not promised to anybody */
  readonly free: bigint;
  /** wei of SNM that a registration freezes; more than this must be free */
  readonly reserve: bigint;
};

export type HubPolicy = {
  /** what the hub keeps in its wallet at a registration, wei of SNM */
  readonly funds: bigint;
  /** how long a miner has from the assignment to the claim, seconds */
  readonly workSeconds: number;
  /** how long a miner has to accept, seconds */
  readonly answerSeconds: number;
  /** the miner's part of the price, basis points, at most 7,000 */
  readonly payBps: bigint;
  /** how long a miner has to settle its claim before the hub does, seconds */
  readonly settleAfterSeconds: number;
};

export type HubView = {
  readonly now: number;
  readonly policy: HubPolicy;
  readonly wallet: WalletView;
  readonly requests: readonly QuoteRequest[];
  readonly jobs: readonly JobView[];
  readonly claims: readonly HubClaim[];
  /** in order of their first announcement */
  readonly miners: readonly KnownMiner[];
  /** assignments that came to nothing within the last day, because their miners neither declined nor claimed them */
  readonly lapsed: readonly { readonly miner: Address; readonly deposit: bigint }[];
  /** wei of SNM in the escrow that the wallet can collect */
  readonly waiting: bigint;
};

export type HubAction =
  | { readonly kind: "create" }
  | { readonly kind: "fund"; readonly amount: bigint }
  | { readonly kind: "register" }
  | { readonly kind: "quote"; readonly request: QuoteRequest }
  | {
      readonly kind: "assign";
      readonly job: Job;
      readonly id: JobId;
      readonly batch: number;
      readonly attempt: number;
      readonly miner: Address;
      readonly pay: bigint;
      readonly expiry: number;
    }
  | {
      readonly kind: "send";
      readonly job: Job;
      readonly batch: number;
      readonly attempt: number;
      readonly assignment: AssignmentView;
    }
  | { readonly kind: "settle"; readonly of: HubClaim }
  | { readonly kind: "collect"; readonly amount: bigint };

/** Equal for equal intentions. */
export function keyOf(action: HubAction): string {
  switch (action.kind) {
    case "quote":
      return `quote ${action.request.id} ${action.request.from}`;
    case "assign":
      return `assign ${action.id} ${action.batch} ${action.attempt}`;
    case "send":
      return `send ${action.assignment.id}`;
    case "settle":
      return `settle ${action.of.id}`;
    default:
      return action.kind;
  }
}

/** Last second in which an assignment reserves its batch for its miner. It is in the past if the batch is no longer reserved. */
export function heldUntil({ answer, assignedAt, expiry }: AssignmentView, { answerSeconds }: HubPolicy): number {
  if (answer === "declined") return Number.NEGATIVE_INFINITY;
  return answer === "accepted" ? expiry : Math.min(expiry, assignedAt + answerSeconds);
}

/** The next step towards a Registered wallet; undefined if it is Registered already, or if only the DAO can help. */
function walletAction({ wallet, policy }: HubView): HubAction | undefined {
  if (wallet.status === "absent") return { kind: "create" };
  if (wallet.status !== "created" && wallet.status !== "idle") return undefined;
  const wanted = policy.funds > wallet.reserve ? policy.funds : wallet.reserve + 1n;
  return wallet.free < wanted ? { kind: "fund", amount: wanted - wallet.free } : { kind: "register" };
}

/** The hub's next actions. */
export function decide(view: HubView): Decision<HubAction> {
  const { now, policy } = view;
  const wakes: number[] = [];
  const setUp = walletAction(view);
  const actions: HubAction[] = setUp ? [setUp] : [];
  if (view.wallet.status === "registered") {
    for (const request of view.requests) actions.push({ kind: "quote", request });
    assign(view, actions, wakes);
  }
  for (const of of view.claims) {
    if (of.games > 0) continue;
    const from = settleableFrom(of.job, of.claimedAt) + policy.settleAfterSeconds;
    if (now >= from) actions.push({ kind: "settle", of });
    else wakes.push(from);
  }
  if (view.waiting > 0n && view.wallet.status === "registered") actions.push({ kind: "collect", amount: view.waiting });
  return { actions, wakeAt: wakes.length > 0 ? Math.min(...wakes) : null };
}

/** Batches that a miner without history holds at a time, and how many more for each settled claim. */
const TRUST = 4;
const TRUST_BY_CLAIM = 2;

/** What miners hold: batches, and the part of their stakes that is spoken for. */
function createLoad(lapsed: HubView["lapsed"]) {
  const held = new Map<string, { batches: number; deposits: bigint }>();
  const of = (miner: Address) => held.get(miner.toLowerCase()) ?? { batches: 0, deposits: 0n };
  const charge = (miner: Address, batches: number, deposit: bigint) => {
    const before = of(miner);
    held.set(miner.toLowerCase(), { batches: before.batches + batches, deposits: before.deposits + deposit });
  };
  // Whoever lets work lapse does so at the cost of its stake, which takes a day to move: new keys do not help.
  for (const { miner, deposit } of lapsed) charge(miner, 0, deposit);
  return { of, charge };
}

/** A miner that has refused a batch is asked again at least once a day, in seconds. */
const LONGEST_PAUSE = 86_400;

/** Seconds from an assignment until the same miner may get the same batch again: twice as long after each of `count` tries. */
function pauseAfter(count: number, { answerSeconds }: HubPolicy): number {
  return Math.max(answerSeconds, Math.min(LONGEST_PAUSE, answerSeconds * 2 ** (count - 1)));
}

/** Gives every open batch that nobody holds to the most suitable miner. */
function assign({ now, policy, jobs, miners, lapsed }: HubView, actions: HubAction[], wakes: number[]): void {
  const open = jobs.flatMap(({ id, job, open }) => open.map((batch) => ({ id, job, ...batch })));
  const load = createLoad(lapsed);
  const holderOf = (assignments: readonly AssignmentView[]) =>
    assignments.find((assignment) => now <= heldUntil(assignment, policy));
  for (const { job, assignments } of open) {
    const holder = holderOf(assignments);
    if (holder) load.charge(holder.miner, 1, job.deposit);
  }
  const canTake = ({ address, slots, settled, free }: KnownMiner, deposit: bigint) => {
    const { batches, deposits } = load.of(address);
    return batches < Math.min(slots, TRUST + TRUST_BY_CLAIM * settled) && free >= deposits + deposit;
  };

  for (const { id, job, batch, attempt, assignments } of open) {
    const holder = holderOf(assignments);
    if (holder) {
      if (!holder.sent) actions.push({ kind: "send", job, batch, attempt, assignment: holder });
      wakes.push(heldUntil(holder, policy) + 1);
      continue;
    }
    const pay = (job.price * policy.payBps) / 10_000n;
    // Nobody can claim from the deadline on, and the buyer may take its money back.
    if (now >= Number(job.deadline) || pay > maxPay(job.price)) continue;
    const triesOf = (miner: Address) => assignments.filter((one) => isAddressEqual(one.miner, miner));
    const [chosen] = miners
      .filter((miner) => !miner.convicted && miner.minPay <= pay && canTake(miner, job.deposit))
      // Miners to whom this batch was given least often come first, then those whose claims were settled, then the least loaded ones. Ties
      // keep the order of announcement.
      .sort(
        (a, b) =>
          triesOf(a.address).length - triesOf(b.address).length ||
          Number(b.settled > 0) - Number(a.settled > 0) ||
          load.of(a.address).batches - load.of(b.address).batches,
      );
    if (!chosen) continue;
    // The reason for a refusal may pass, but the hub must not ask the same miner at every look.
    const tries = triesOf(chosen.address);
    const last = tries.at(-1);
    const pauseEnd = (last?.assignedAt ?? Number.NEGATIVE_INFINITY) + pauseAfter(tries.length, policy);
    if (now <= pauseEnd) {
      wakes.push(pauseEnd + 1);
      continue;
    }
    load.charge(chosen.address, 1, job.deposit);
    const expiry = Math.min(now + policy.workSeconds, Number(job.deadline) - 1);
    actions.push({ kind: "assign", id, job, batch, attempt, miner: chosen.address, pay, expiry });
  }
}
