// What a hub sees: its part of the market on the chain and its own journal, put together for `decide`. Pure, except that it reads the
// journal.

import { batchIn, type ObservedClaim } from "@sonm/chain/market/events";
import type { Sight } from "@sonm/chain/market/observer";
import { batchCount } from "@sonm/protocol/job/job";
import type { Address } from "@sonm/protocol/values/ids";
import { type Guard, unguarded } from "../../host/role/guard.ts";
import { FINAL_SECONDS } from "../../host/role/open-table.ts";
import { type HubPolicy, type HubView, heldUntil, type JobView, type OpenBatch, type WalletView } from "./decide.ts";
import { batchName, type HubJournal, type Seen, type Signed } from "./journal.ts";

/** What comes neither from events nor from the journal. */
export type HubSurroundings = {
  readonly standing: WalletView;
  readonly waiting: bigint;
  readonly policy: HubPolicy;
  readonly disputes: HubView["disputes"];
};

/** A sight of the jobs for one wallet alone, and of the claims about them. */
export function ownSight(sight: Sight, wallet: Address): Sight {
  const mine = wallet.toLowerCase();
  const jobs = new Map([...sight.jobs].filter(([, { job }]) => job.hub.toLowerCase() === mine));
  const claims = new Map([...sight.claims].filter(([, { claim }]) => jobs.has(claim.job)));
  return { ...sight, jobs, claims };
}

/** A claim as the journal notes it. */
export function seen({ id, claim, status }: ObservedClaim): Seen {
  const ends = { live: undefined, settled: "settled", convicted: "convicted", awarded: "convicted" } as const;
  return { id, claim, end: ends[status] };
}

/** @param sight of the hub's own jobs and claims. Stakes are not in the view yet: no miner has a free one */
export function viewOf(
  sight: Sight,
  journal: HubJournal,
  { standing, waiting, policy, disputes }: HubSurroundings,
  guard: Guard = unguarded,
): HubView {
  const live = [...sight.claims.values()].filter(({ status }) => status === "live");
  const hasLapsed = (one: Signed) => heldUntil(one, policy) < sight.now && canLapse(one, sight, journal, policy);
  return {
    now: sight.now,
    policy,
    wallet: standing,
    requests: journal.requests.all(),
    jobs: [...sight.jobs.values()].flatMap(({ id, job }): JobView[] => {
      const open = guard(`job ${id}`, [job], () => openBatches(sight, id, batchCount(job), journal));
      return open ? [{ id, job, open }] : [];
    }),
    claims: live.flatMap((claim) => {
      const job = sight.jobs.get(claim.claim.job)?.job;
      return job ? [{ ...claim, job }] : [];
    }),
    miners: journal.miners.all().map((miner) => {
      const { settled, convicted } = journal.recordOf(miner.address);
      return { ...miner, settled, convicted: convicted > 0, free: 0n };
    }),
    lapsed: journal.assignments.all().filter(hasLapsed),
    waiting,
    disputes,
  };
}

/** The view, with the free stakes of miners as they were read. */
export function withStakes(view: HubView, stakes: ReadonlyMap<Address, bigint>): HubView {
  return { ...view, miners: view.miners.map((miner) => ({ ...miner, free: stakes.get(miner.address) ?? 0n })) };
}

/** How long the hub remembers that an assignment lapsed, in seconds: as long as a stake takes to be withdrawn, by default. */
const MEMORY_SECONDS = 86_400;

/** What was given back is remembered so many times as long as it was held: to hold batches and give them back is no cheaper. */
const MEMORY_TIMES = 24;

/** Last second in which the hub remembers that an assignment came to nothing, unless a claim was made with it. */
function rememberedUntil(one: Signed, policy: HubPolicy): number {
  const { returnedAt, assignedAt } = one;
  if (returnedAt === undefined) return heldUntil(one, policy) + MEMORY_SECONDS;
  return returnedAt + Math.min(MEMORY_SECONDS, MEMORY_TIMES * (returnedAt - assignedAt));
}

/** Whether an assignment came to nothing, or still may: its miner has neither refused it at once nor claimed with it. */
function canLapse(one: Signed, { now }: Sight, journal: HubJournal, policy: HubPolicy): boolean {
  return now <= rememberedUntil(one, policy) && !journal.wasClaimed(one);
}

/** Assignments that play no part any longer: their batches are paid, or their jobs are no longer in the sight. */
export function overIn(sight: Sight, journal: HubJournal, policy: HubPolicy): string[] {
  const isOver = (one: Signed): boolean => {
    if (!sight.jobs.has(one.job)) return sight.now > one.expiry + FINAL_SECONDS;
    const { status, claim } = batchIn(sight, one.job, one.batch);
    const endedAt = claim && sight.claims.get(claim)?.endedAt;
    return status === "paid" && (endedAt === undefined || sight.now > endedAt + FINAL_SECONDS);
  };
  const over = journal.assignments.all().filter((one) => isOver(one) && !canLapse(one, sight, journal, policy));
  return over.map(({ id }) => id);
}

function openBatches(sight: Sight, job: JobView["id"], batches: number, journal: HubJournal): OpenBatch[] {
  const open: OpenBatch[] = [];
  for (let batch = 0; batch < batches; batch++) {
    const { status, attempt } = batchIn(sight, job, batch);
    if (status !== "open") continue;
    const signed = journal.ofBatch(batchName(job, batch));
    open.push({ batch, attempt, assignments: signed.filter((one) => one.attempt === attempt) });
  }
  return open;
}
