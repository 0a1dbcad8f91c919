// What a hub does next, from what it sees on the chain, in its mail and in its journal. Pure.

import type { Job } from "@sonm/protocol/job/job";
import { maxPay } from "@sonm/protocol/job/sizes";
import { type Claim, settleableFrom } from "@sonm/protocol/result/claim";
import type { Address, ClaimId, Hex, JobId } from "@sonm/protocol/values/ids";
import { isAddressEqual } from "viem";
import type { Deed } from "../../host/referees/referee.ts";
import { type Guard, unguarded } from "../../host/role/guard.ts";
import { type Decision, soonest } from "../../host/role/loop.ts";

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
  /** chain time at which the miner, having accepted it, gave it back */
  readonly returnedAt?: number | undefined;
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
  /** wei of SNM that it had at stake, locked ones too, when the hub last asked; absent if it never did */
  readonly stake?: bigint;
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
  /** assignments that came to nothing a short time ago, because their miners neither claimed them nor declined them at once */
  readonly lapsed: readonly { readonly miner: Address; readonly deposit: bigint }[];
  /** wei of SNM in the escrow that the wallet can collect */
  readonly waiting: bigint;
  /** what it must do in disputes about its jobs that their parties have abandoned */
  readonly disputes: Decision<Deed>;
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
  | { readonly kind: "dispute"; readonly deed: Deed }
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
    case "dispute":
      return action.deed.key;
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

/** The assignment that reserves a batch for its miner. */
export function holderOf(
  assignments: readonly AssignmentView[],
  { now, policy }: Pick<HubView, "now" | "policy">,
): AssignmentView | undefined {
  return assignments.find((assignment) => now <= heldUntil(assignment, policy));
}

/** The next step towards a Registered wallet; undefined if it is Registered already, or if only the DAO can help. */
function walletAction({ wallet, policy }: HubView): HubAction | undefined {
  if (wallet.status === "absent") return { kind: "create" };
  if (wallet.status !== "created" && wallet.status !== "idle") return undefined;
  const wanted = policy.funds > wallet.reserve ? policy.funds : wallet.reserve + 1n;
  return wallet.free < wanted ? { kind: "fund", amount: wanted - wallet.free } : { kind: "register" };
}

/** The hub's next actions. A claim or a batch at which this goes wrong costs only itself. */
export function decide(view: HubView, guard: Guard = unguarded): Decision<HubAction> {
  const { now, policy } = view;
  const wakes: number[] = [];
  const setUp = walletAction(view);
  const actions: HubAction[] = setUp ? [setUp] : [];
  if (view.wallet.status === "registered") {
    for (const request of view.requests) actions.push({ kind: "quote", request });
    assign(view, guard, actions, wakes);
  }
  for (const deed of view.disputes.actions) actions.push({ kind: "dispute", deed });
  for (const of of view.claims) {
    if (of.games > 0) continue;
    const settleable = guard(`claim ${of.id}`, [of.claim], () => settleableFrom(of.job, of.claimedAt));
    if (settleable === undefined) continue;
    const from = settleable + policy.settleAfterSeconds;
    if (now >= from) actions.push({ kind: "settle", of });
    else wakes.push(from);
  }
  if (view.waiting > 0n && view.wallet.status === "registered") actions.push({ kind: "collect", amount: view.waiting });
  return { actions, wakeAt: soonest([...wakes, view.disputes.wakeAt]) };
}

/** Batches that a miner without history holds at a time, and how many more for each settled claim. */
const TRUST = 4;
const TRUST_BY_CLAIM = 2;

/** A miner, and what it holds: batches, and the part of its free stake that is spoken for. */
type Loaded = KnownMiner & { batches: number; deposits: bigint };

/** All miners that were never convicted, in the same order. */
function loaded({ miners, jobs, lapsed, ...view }: HubView): Loaded[] {
  const all = new Map<string, Loaded>();
  for (const miner of miners) {
    if (!miner.convicted) all.set(miner.address.toLowerCase(), { ...miner, batches: 0, deposits: 0n });
  }
  const charge = (address: Address, batches: number, deposit: bigint) => {
    const miner = all.get(address.toLowerCase());
    if (!miner) return;
    miner.batches += batches;
    miner.deposits += deposit;
  };
  // Whoever lets work lapse does so at the cost of its stake, which takes a day to move: new keys do not help.
  for (const { miner, deposit } of lapsed) charge(miner, 0, deposit);
  for (const { job, open } of jobs) {
    for (const { assignments } of open) {
      const holder = holderOf(assignments, view);
      if (holder) charge(holder.miner, 1, job.deposit);
    }
  }
  return [...all.values()];
}

/** Whether a miner can take one more batch with this deposit. */
function canTake({ slots, settled, batches, free, deposits }: Loaded, deposit: bigint): boolean {
  return batches < Math.min(slots, TRUST + TRUST_BY_CLAIM * settled) && free >= deposits + deposit;
}

/** A miner that has refused a batch is asked again at least once a day, in seconds. */
const LONGEST_PAUSE = 86_400;

/** Seconds from an assignment until the same miner may get the same batch again: twice as long after each of `count` tries. */
function pauseAfter(count: number, { answerSeconds }: HubPolicy): number {
  return Math.max(answerSeconds, Math.min(LONGEST_PAUSE, answerSeconds * 2 ** (count - 1)));
}

/** Assignments of one batch to one miner, oldest first. */
function triesOf(assignments: readonly AssignmentView[], { address }: KnownMiner): readonly AssignmentView[] {
  return assignments.filter(({ miner }) => isAddressEqual(miner, address));
}

/**
 * The most suitable of these miners. One to whom this batch was given least often comes first, then one whose claims were settled, then
 * the least loaded one; of equals the first.
 */
function bestOf(miners: readonly Loaded[], assignments: readonly AssignmentView[]): Loaded | undefined {
  let best: Loaded | undefined;
  let least: readonly [number, number, number] = [0, 0, 0];
  for (const miner of miners) {
    const rank = [triesOf(assignments, miner).length, miner.settled > 0 ? 0 : 1, miner.batches] as const;
    if (best && (rank[0] - least[0] || rank[1] - least[1] || rank[2] - least[2]) >= 0) continue;
    best = miner;
    least = rank;
  }
  return best;
}

/** Gives every open batch that nobody holds to the most suitable miner. */
function assign(view: HubView, guard: Guard, actions: HubAction[], wakes: number[]): void {
  const leastDeposit = view.jobs.reduce<bigint | undefined>(
    (least, { job, open }) => (open.length > 0 && (least === undefined || job.deposit < least) ? job.deposit : least),
    undefined,
  );
  if (leastDeposit === undefined) return;
  /** those that can take more: most batches of a large job are met after the last of them has had enough */
  let able = loaded(view).filter((miner) => canTake(miner, leastDeposit));

  for (const job of view.jobs) {
    for (const batch of job.open) {
      guard(`batch ${batch.batch} of job ${job.id}`, [job.job, batch.attempt], () => {
        const next = nextOf(job, batch, able, view);
        if (next.action) actions.push(next.action);
        if (next.wakeAt !== undefined) wakes.push(next.wakeAt);
        if (!next.taker) return;
        next.taker.batches += 1;
        next.taker.deposits += job.job.deposit;
        if (!canTake(next.taker, leastDeposit)) able = able.filter((miner) => miner !== next.taker);
      });
    }
  }
}

type Next = { readonly action?: HubAction; readonly wakeAt?: number; readonly taker?: Loaded };

/** What is to be done about an open batch. */
function nextOf(
  { id, job }: JobView,
  { batch, attempt, assignments }: OpenBatch,
  able: readonly Loaded[],
  view: HubView,
): Next {
  const { now, policy } = view;
  const holder = holderOf(assignments, view);
  if (holder) {
    const wakeAt = heldUntil(holder, policy) + 1;
    return holder.sent ? { wakeAt } : { wakeAt, action: { kind: "send", job, batch, attempt, assignment: holder } };
  }
  const pay = (job.price * policy.payBps) / 10_000n;
  // Nobody can claim from the deadline on, and the buyer may take its money back.
  if (now >= Number(job.deadline) || pay > maxPay(job.price)) return {};
  const taker = bestOf(
    able.filter((miner) => miner.minPay <= pay && canTake(miner, job.deposit)),
    assignments,
  );
  if (!taker) return {};
  // The reason for a refusal may pass, but the hub must not ask the same miner at every look.
  const tries = triesOf(assignments, taker);
  const last = tries.at(-1);
  const pauseEnd = (last?.assignedAt ?? Number.NEGATIVE_INFINITY) + pauseAfter(tries.length, policy);
  if (now <= pauseEnd) return { wakeAt: pauseEnd + 1 };
  const expiry = Math.min(now + policy.workSeconds, Number(job.deadline) - 1);
  return { taker, action: { kind: "assign", id, job, batch, attempt, miner: taker.address, pay, expiry } };
}
