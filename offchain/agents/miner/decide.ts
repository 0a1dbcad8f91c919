// What a miner does next, from what it sees on the chain, in its mail and in its journal. Pure.

import { type BatchStatus, batchRange, type Job } from "@sonm/protocol/job/job";
import { maxPay } from "@sonm/protocol/job/sizes";
import { type Assignment, type ClaimStatus, settleableFrom } from "@sonm/protocol/result/claim";
import type { Address, ClaimId, ContentId, Hex } from "@sonm/protocol/values/ids";
import { isAddressEqual } from "viem";
import { cannotPlay } from "../../host/referees/defence.ts";
import type { Deed } from "../../host/referees/referee.ts";
import { type Guard, unguarded } from "../../host/role/guard.ts";
import { type Decision, soonest } from "../../host/role/loop.ts";
import { remembered } from "../../host/role/remembered.ts";

/** The state on the chain of an assignment's batch. */
export type MinerBatch = {
  readonly status: BatchStatus;
  readonly attempt: number;
};

/** A claim of this miner as the chain has it. */
export type MinerClaim = {
  readonly id: ClaimId;
  readonly status: ClaimStatus;
  /** games that are open */
  readonly games: number;
  readonly claimedAt: number;
};

/** An assignment as it came, with the hub's signature over exactly this. */
export type Assigned = {
  readonly id: string;
  readonly job: Job;
  readonly assignment: Assignment;
  readonly signature: Hex;
  /** the key that sent it; answers go there */
  readonly from: Address;
};

/** An assignment and how far this miner has got with it. */
export type Work = Assigned & {
  /** the job is on the chain; before that, anybody could have invented it */
  readonly posted: boolean;
  /**
   * what this miner does not know about the job, as the rest of a sentence; undefined if it can compute and defend it, and once it has
   * answered
   */
  readonly strange: string | undefined;
  /** the miner's answer, if it has given one */
  readonly answer: "accepted" | "declined" | undefined;
  /** the answer may not have reached the hub yet */
  readonly unsent: boolean;
  /** root of the computed results; undefined until all units are done */
  readonly root: Hex | undefined;
  readonly batch: MinerBatch;
  readonly claim: MinerClaim | undefined;
  /** where the results are published; undefined until then */
  readonly delivery: ContentId | undefined;
  /** the buyer has been told of the delivery */
  readonly delivered: boolean;
};

export type MinerPolicy = {
  /** a claim's deposit is at most so many times the pay of a whole batch, if that is more than `leastDeposit` */
  readonly maxDepositTimes: number;
  /** wei of SNM that the chain asks of every claim as deposit */
  readonly leastDeposit: bigint;
  /** instructions a second that this miner computes, all its threads together */
  readonly stepsPerSecond: number;
  /** instructions a second that it computes in games: they have one thread */
  readonly stepsPerSecondInGames: number;
  /** number of batches that it takes at the same time */
  readonly slots: number;
  /** wei of SNM a unit */
  readonly minPay: bigint;
  /** wei of SNM for 10^9 steps, if a unit is as long as its job allows: what its computing costs */
  readonly leastPrice: bigint;
  /** wei of SNM staked at the first start */
  readonly stake: bigint;
  /** wei of SNM that a hub must owe before the miner pulls them although this hub will owe more soon */
  readonly pullFrom: bigint;
  /** a liar shows its results to nobody */
  readonly withhold: boolean;
};

export type MinerView = {
  readonly now: number;
  readonly me: Address;
  readonly policy: MinerPolicy;
  /** free stake in `Deposits`, wei */
  readonly freeStake: bigint;
  /** the first stake has been made, now or in an earlier run */
  readonly staked: boolean;
  /** the key of the hub's owner, to whose mailbox this miner announces itself; undefined while the hub has no wallet */
  readonly hub: Address | undefined;
  /** this process has announced the miner to the hub not long ago */
  readonly announced: boolean;
  /** its operator lets it rest: it takes no new work; absent if not */
  readonly resting?: boolean;
  readonly works: readonly Work[];
  /** what it must do in the open disputes about its claims */
  readonly disputes: Decision<Deed>;
  /** unanswered requests for the results of claims; the works of those that are over are not in `works` */
  readonly asked: readonly { readonly work: Work; readonly by: Address }[];
  /** what hub wallets have approved to this miner, wei */
  readonly pay: readonly { readonly hub: Address; readonly amount: bigint }[];
};

export type MinerAction =
  | { readonly kind: "stake"; readonly amount: bigint }
  | { readonly kind: "announce"; readonly to: Address; readonly slots: number }
  | { readonly kind: "accept"; readonly work: Work }
  | { readonly kind: "decline"; readonly work: Work; readonly reason: string }
  | { readonly kind: "send"; readonly work: Work }
  | { readonly kind: "compute"; readonly work: Work }
  | { readonly kind: "claim"; readonly work: Work }
  | { readonly kind: "publish"; readonly work: Work }
  | { readonly kind: "deliver"; readonly work: Work; readonly to: Address }
  | { readonly kind: "dispute"; readonly deed: Deed }
  | { readonly kind: "settle"; readonly work: Work }
  | { readonly kind: "pull"; readonly hub: Address; readonly amount: bigint };

/** Equal for equal intentions. */
export function keyOf(action: MinerAction): string {
  switch (action.kind) {
    case "stake":
    case "announce":
      return action.kind;
    case "dispute":
      return action.deed.key;
    case "pull":
      return `pull ${action.hub}`;
    case "deliver":
      return `deliver ${action.work.id} ${action.to}`;
    default:
      return `${action.kind} ${action.work.id}`;
  }
}

const BILLION = 1_000_000_000n;

/** The reason to decline an assignment; undefined if there is none. */
function objection(work: Work, view: MinerView, { promised, busy }: Load): string | undefined {
  const { job, assignment, batch } = work;
  if (!isAddressEqual(assignment.miner, view.me)) return "it is for another miner";
  if (view.resting) return "it rests";
  // A claim that it could not defend would cost its deposit.
  if (work.strange !== undefined) return `this miner ${work.strange}`;
  if (batch.status !== "open" || batch.attempt !== assignment.attempt) return "the batch is not open at this attempt";
  if (view.now > Number(assignment.expiry)) return "it has expired";
  if (assignment.pay < view.policy.minPay) return `the pay is below ${view.policy.minPay} wei a unit`;
  if (assignment.pay * BILLION < view.policy.leastPrice * 8n ** BigInt(job.exponent))
    return `the pay is below ${view.policy.leastPrice} wei for 10^9 steps`;
  // `Results` refuses a claim with more pay, so the work would not be paid.
  if (assignment.pay > maxPay(job.price)) return "the pay is above 70 % of the price";
  const { count } = batchRange(job, assignment.batch);
  const { maxDepositTimes: times, leastDeposit } = view.policy;
  const batchPay = assignment.pay * BigInt(job.batchSize);
  if (job.deposit > leastDeposit && job.deposit > BigInt(times) * batchPay)
    return `the deposit is more than ${times} times the pay of a batch`;
  // In the worst case every run is as long as the job allows, and has a game of its own.
  const longest = Math.ceil((count * 8 ** job.exponent) / view.policy.stepsPerSecond);
  if (view.now + longest > Number(assignment.expiry)) return `${count} runs of 8^${job.exponent} steps take too long`;
  const hopeless = cannotPlay(job, count, view.policy.stepsPerSecondInGames);
  if (hopeless !== undefined) return hopeless;
  if (busy >= view.policy.slots) return `all ${view.policy.slots} slots are taken`;
  if (view.freeStake < promised + job.deposit) return "the free stake does not cover the deposit";
  return undefined;
}

/** The miner's next actions. A work at which this goes wrong costs only itself. */
export function decide(view: MinerView, guard: Guard = unguarded): Decision<MinerAction> {
  const { now, policy } = view;
  const actions: MinerAction[] = [];
  const wakes: (number | null)[] = [];

  if (!view.staked) return { actions: [{ kind: "stake", amount: policy.stake }], wakeAt: null };
  // Disputes first: they have deadlines.
  for (const deed of view.disputes.actions) actions.push({ kind: "dispute", deed });
  if (view.disputes.wakeAt !== null) wakes.push(view.disputes.wakeAt);

  if (view.hub && !view.announced)
    actions.push({ kind: "announce", to: view.hub, slots: view.resting ? 0 : policy.slots });

  const pending = pendingIn(view);
  const load: Load = { promised: pending.reduce((sum, { job }) => sum + job.deposit, 0n), busy: pending.length };
  const { moving, waiting } = standingOf(view.works);
  const next = waiting.findIndex(({ until }) => until > now);
  const due = next < 0 ? waiting : waiting.slice(0, next);
  wakes.push(waiting[next]?.until ?? null);
  for (const work of [...moving, ...due.map(({ work }) => work)]) {
    const { id, assignment, batch, root, claim } = work;
    guard(`the next step of assignment ${id}`, [assignment, batch.status, batch.attempt, root, claim?.status], () =>
      goOn(work, view, load, actions, wakes),
    );
  }

  for (const { work, by } of policy.withhold ? [] : view.asked) {
    if (work.delivery !== undefined) actions.push({ kind: "deliver", work, to: by });
    // It is over, and was never published.
    else if (!work.claim) actions.push({ kind: "publish", work });
  }
  for (const { hub, amount } of view.pay) {
    // Approved pay stays approved, whatever happens to the hub. So the miner waits, and pulls once for several claims.
    if (amount > 0n && (amount >= policy.pullFrom || !standingOf(view.works).owing.has(hub.toLowerCase())))
      actions.push({ kind: "pull", hub, amount });
  }

  return { actions, wakeAt: soonest(wakes) };
}

/** Stake that accepted work will lock, in wei, and slots that it fills. */
type Load = { promised: bigint; busy: number };

/** The next step of one work. */
function goOn(work: Work, view: MinerView, load: Load, actions: MinerAction[], wakes: (number | null)[]): void {
  if (work.unsent) actions.push({ kind: "send", work });
  if (work.answer !== undefined) {
    if (work.claim) afterClaim(work, work.claim, view, actions, wakes);
    else if (isPending(work, view.now)) actions.push(forward(work));
    return;
  }
  const reason = objection(work, view, load);
  if (reason !== undefined) actions.push({ kind: "decline", work, reason });
  // The hub's node may be ahead of this one: wait until this node shows the job.
  else if (work.posted) {
    load.promised += work.job.deposit;
    load.busy += 1;
    actions.push({ kind: "accept", work });
  }
}

/** What to do with accepted work. It is given back if the miner has learned meanwhile that it cannot compute it. */
function forward(work: Work): MinerAction {
  if (work.root !== undefined) return { kind: "claim", work };
  if (work.strange !== undefined) return { kind: "decline", work, reason: `this miner ${work.strange}` };
  return { kind: "compute", work };
}

/** What does not depend on the time in a list of works. */
type Standing = {
  /** the works about which there may be something to do now */
  readonly moving: readonly Work[];
  /** works about which there is nothing to do before this second, the first one first */
  readonly waiting: readonly { readonly work: Work; readonly until: number }[];
  /** hubs, in lower case, with a claim that is still to be settled, after which they will owe more */
  readonly owing: ReadonlySet<string>;
};

/** The time from which a work may need something. @returns undefined if it may now, null if never, as long as it stays as it is */
function restsUntil({
  answer,
  unsent,
  posted,
  batch,
  assignment,
  claim,
  delivered,
  job,
}: Work): number | null | undefined {
  if (answer === undefined || unsent) return undefined;
  if (!claim) {
    const isOpen = posted && batch.status === "open" && batch.attempt === assignment.attempt;
    return answer === "accepted" && isOpen ? undefined : null;
  }
  if (claim.status === "convicted" || claim.status === "awarded") return null;
  if (!delivered) return undefined;
  return claim.status === "live" && claim.games === 0 ? settleableFrom(job, claim.claimedAt) : null;
}

/** Most works of a miner wait for the end of their window. So they are looked through when the list changes, and not at every look. */
const standingOf = remembered((works: readonly Work[]): Standing => {
  const moving: Work[] = [];
  const waiting: { work: Work; until: number }[] = [];
  const owing = new Set<string>();
  for (const work of works) {
    try {
      const until = restsUntil(work);
      if (until === undefined) moving.push(work);
      else if (until !== null) waiting.push({ work, until });
      if (work.claim?.status === "live") owing.add(work.job.hub.toLowerCase());
    } catch {
      // Whoever decides about it says what is wrong.
      moving.push(work);
    }
  }
  waiting.sort((one, other) => one.until - other.until);
  return { moving, waiting, owing };
});

/** Accepted works whose claims can still be posted. */
export function pendingIn({ works, now }: Pick<MinerView, "works" | "now">): readonly Work[] {
  return standingOf(works).moving.filter((work) => isPending(work, now));
}

/**
 * Whether work is accepted and its claim can still be posted: the job is not over, nobody else has the batch, and the assignment is valid.
 */
export function isPending({ answer, posted, assignment, batch, claim }: Work, now: number): boolean {
  return (
    answer === "accepted" &&
    posted &&
    claim === undefined &&
    batch.status === "open" &&
    batch.attempt === assignment.attempt &&
    now <= Number(assignment.expiry)
  );
}

/** Claim first, deliver afterwards; then wait for the window to close. */
function afterClaim(
  work: Work,
  claim: MinerClaim,
  view: MinerView,
  actions: MinerAction[],
  wakes: (number | null)[],
): void {
  if (claim.status === "convicted" || claim.status === "awarded") return;
  if (!view.policy.withhold) {
    if (work.delivery === undefined) actions.push({ kind: "publish", work });
    else if (!work.delivered) actions.push({ kind: "deliver", work, to: work.job.buyer });
  }
  if (claim.status !== "live" || claim.games > 0) return;
  const from = settleableFrom(work.job, claim.claimedAt);
  if (view.now >= from) actions.push({ kind: "settle", work });
  else wakes.push(from);
}
