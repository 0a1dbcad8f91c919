// What a miner sees: the market on the chain and its own journal, put together for `decide`. Pure, except that it reads the journal.

import { batchIn, batchKey, type ObservedBatch, type ObservedClaim } from "@sonm/chain/market/events";
import type { Sight } from "@sonm/chain/market/observer";
import type { Job } from "@sonm/protocol/job/job";
import type { Address, ClaimId } from "@sonm/protocol/values/ids";
import { getAddress } from "viem";
import { type Guard, unguarded } from "../../host/role/guard.ts";
import { FINAL_SECONDS } from "../../host/role/open-table.ts";
import { STAKED } from "../../host/role/stake.ts";
import type { Assigned, MinerPolicy, MinerView, Work } from "./decide.ts";
import type { MinerJournal } from "./journal.ts";

/** What comes neither from events nor from the journal. */
export type MinerSurroundings = {
  readonly me: Address;
  readonly policy: MinerPolicy;
  readonly freeStake: bigint;
  readonly hub: Address | undefined;
  readonly announced: boolean;
  readonly resting?: boolean;
  readonly pay: MinerView["pay"];
  readonly disputes: MinerView["disputes"];
  /** what this miner does not know about a job that it is to answer about */
  readonly strangeIn: (job: Job) => string | undefined;
};

/** Wallets of the hubs that may owe this miner something: its own and all it has ever worked for. */
export function hubsOf(journal: MinerJournal, own: Address): Address[] {
  return [...new Set([own, ...journal.hubs.all()].map((hub) => getAddress(hub)))];
}

/** The assignments that are open, and which of them play no part any longer. */
export type Works = {
  /** the same list as long as nothing in it has changed */
  readonly works: readonly Work[];
  readonly over: readonly string[];
};

/** What was found out about an assignment, and what it was found out from. */
type Known = {
  readonly assigned: Assigned;
  readonly batch: ObservedBatch | undefined;
  readonly claim: ObservedClaim | undefined;
  readonly posted: boolean;
  /** names of its batch and of its claim in the sight */
  readonly key: string;
  readonly named: ClaimId | undefined;
  /** first second of the chain's time at which it is over, if nothing happens before */
  readonly overFrom: number;
  /** undefined while it is put aside */
  readonly work: Work | undefined;
};

/**
 * The function that finds the works. What was found out about an assignment is kept as long as what the journal and the chain have of it stays
 * the same.
 */
export function createWorks(
  journal: MinerJournal,
  strangeIn: MinerSurroundings["strangeIn"],
  guard: Guard = unguarded,
): (sight: Sight) => Works {
  const written = journal.assignments.watch();
  /** in the order of the journal */
  let known = new Map<string, Known>();
  let works: readonly Work[] = [];
  let firstOver = Number.POSITIVE_INFINITY;
  let last: Pick<Sight, "jobs" | "batches" | "claims"> | undefined;
  /** whether the last look came to its end: else it is not known what it had still to find out */
  let isWhole = false;

  /** Those that may be otherwise at each look: this miner may have learned what a job needs, and what is put aside is tried again. */
  const moving = new Set<string>();

  function find(assigned: Assigned, sight: Sight): Known {
    const { id, assignment } = assigned;
    const [key, named] = [batchKey(assignment.job, assignment.batch), journal.claims.get(id)];
    const [batch, claim] = [sight.batches.get(key), named && sight.claims.get(named)];
    const work = guard(`assignment ${id}`, [assigned], () => workOf(assigned, sight, journal, strangeIn));
    if (work === undefined || isToBeAnswered(work)) moving.add(id);
    else moving.delete(id);
    const overFrom = overFromOf(assigned, claim, journal);
    return { assigned, batch, claim, posted: sight.jobs.has(assignment.job), key, named, overFrom, work };
  }
  const isSame = ({ assigned, batch, claim, posted, key, named }: Known, { jobs, batches, claims }: Sight) =>
    batches.get(key) === batch &&
    (named === undefined ? undefined : claims.get(named)) === claim &&
    jobs.has(assigned.assignment.job) === posted;

  /** Finds out what may be otherwise now. True if something is. */
  function update(sight: Sight): boolean {
    const ids = isWhole ? written() : void written();
    isWhole = false;
    if (ids === undefined) {
      moving.clear();
      known = new Map(journal.assignments.all().map((assigned) => [assigned.id, find(assigned, sight)]));
      return true;
    }
    let isNew = false;
    const put = (id: string, next: Known) => {
      known.set(id, next);
      isNew = true;
    };
    for (const id of ids) {
      const assigned = journal.assignments.isOpen(id) ? journal.assignments.get(id) : undefined;
      if (assigned) put(id, find(assigned, sight));
      else {
        moving.delete(id);
        isNew = known.delete(id) || isNew;
      }
    }
    if (last?.jobs !== sight.jobs || last.batches !== sight.batches || last.claims !== sight.claims) {
      for (const [id, one] of known) if (!isSame(one, sight)) put(id, find(one.assigned, sight));
    }
    for (const id of moving) {
      const before = known.get(id);
      if (!before) continue;
      const next = find(before.assigned, sight);
      if (next.work?.strange !== before.work?.strange || !next.work !== !before.work) put(id, next);
    }
    return isNew;
  }

  return (sight) => {
    const isNew = update(sight);
    isWhole = true;
    if (isNew) {
      const all = [...known.values()];
      works = all.flatMap(({ work }) => work ?? []);
      firstOver = all.reduce((first, { overFrom }) => Math.min(first, overFrom), Number.POSITIVE_INFINITY);
    }
    const { jobs, batches, claims } = sight;
    last = { jobs, batches, claims };
    if (sight.now < firstOver) return { works, over: [] };
    return { works, over: [...known].flatMap(([id, { overFrom }]) => (sight.now < overFrom ? [] : [id])) };
  };
}

/**
 * From when assignments play no part any longer: they are declined and the hub knows it; or their time is over and no claim of theirs is in the
 * sight; or their claims have finally ended, and the results are delivered where they are owed.
 */
function overFromOf(
  { id, assignment: { expiry } }: Assigned,
  claim: ObservedClaim | undefined,
  journal: MinerJournal,
): number {
  if (journal.answers.get(id) === "declined" && journal.unsent.get(id) === undefined) return Number.NEGATIVE_INFINITY;
  if (!claim) return Number(expiry) + FINAL_SECONDS + 1;
  const { status, endedAt } = claim;
  const isOwed = status === "settled" && journal.delivered.get(id) !== true;
  return endedAt === undefined || isOwed ? Number.POSITIVE_INFINITY : endedAt + FINAL_SECONDS + 1;
}

/** @param worksOf if the miner looks again and again; else everything is found out anew */
export function viewOf(
  sight: Sight,
  journal: MinerJournal,
  { strangeIn, ...rest }: MinerSurroundings,
  guard: Guard = unguarded,
  worksOf = createWorks(journal, strangeIn, guard),
): MinerView {
  const { works } = worksOf(sight);
  const look = (assigned: Assigned): Work | undefined =>
    guard(`assignment ${assigned.id}`, [assigned], () => workOf(assigned, sight, journal, strangeIn));
  return {
    ...rest,
    now: sight.now,
    staked: journal.marks.get(STAKED) ?? false,
    works,
    asked: askedOf(works, journal, look),
  };
}

/** The requests for results of claims that were made: each is on the chain, or is over. */
function askedOf(
  works: readonly Work[],
  journal: MinerJournal,
  look: (assigned: Assigned) => Work | undefined,
): MinerView["asked"] {
  if (journal.asked.count() === 0) return [];
  const open = new Map(works.map((work) => [work.id, work]));
  return journal.asked.all().flatMap(({ claim, by }) => {
    const id = journal.ofClaim(claim);
    if (id === undefined) return [];
    const work = open.get(id);
    if (work) return work.claim ? [{ work, by }] : [];
    const assigned = journal.assignments.get(id);
    const over = assigned && look(assigned);
    return over ? [{ work: over, by }] : [];
  });
}

/** Whether it depends on what this miner knows of the job. Once it has computed all units, it can also defend them. */
function isToBeAnswered({ answer, root }: Pick<Work, "answer" | "root">): boolean {
  return answer !== "declined" && root === undefined;
}

function workOf(
  assigned: Assigned,
  sight: Sight,
  journal: MinerJournal,
  strangeIn: MinerSurroundings["strangeIn"],
): Work {
  const { id, job, assignment } = assigned;
  const answer = journal.answers.get(id);
  const root = journal.roots.get(id);
  const { status, attempt } = batchIn(sight, assignment.job, assignment.batch);
  const named = journal.claims.get(id);
  const claim = named && sight.claims.get(named);
  return {
    ...assigned,
    posted: sight.jobs.has(assignment.job),
    strange: isToBeAnswered({ answer, root }) ? strangeIn(job) : undefined,
    answer,
    unsent: journal.unsent.get(id) !== undefined,
    root,
    batch: { status, attempt },
    claim: claim && { id: claim.id, status: claim.status, games: claim.games, claimedAt: claim.claimedAt },
    delivery: journal.deliveries.get(id),
    delivered: journal.delivered.get(id) ?? false,
  };
}
