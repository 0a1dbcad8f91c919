// What a miner sees: the market on the chain and its own journal, put together for `decide`. Pure, except that it reads the journal.

import { batchIn } from "@sonm/chain/market/events";
import type { Sight } from "@sonm/chain/market/observer";
import type { Job } from "@sonm/protocol/job/job";
import type { Address } from "@sonm/protocol/values/ids";
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

/**
 * Assignments that play no part any longer: they are declined and the hub knows it; or their time is over and no claim of theirs is in the
 * sight; or their claims have finally ended, and the results are delivered where they are owed.
 */
export function overIn(sight: Sight, journal: MinerJournal): string[] {
  const isOver = ({ id, assignment: { expiry } }: Assigned): boolean => {
    if (journal.answers.get(id) === "declined" && journal.unsent.get(id) === undefined) return true;
    const named = journal.claims.get(id);
    const claim = named && sight.claims.get(named);
    if (!claim) return sight.now > Number(expiry) + FINAL_SECONDS;
    const { status, endedAt } = claim;
    const isFinal = endedAt !== undefined && sight.now > endedAt + FINAL_SECONDS;
    return isFinal && (status !== "settled" || journal.delivered.get(id) === true);
  };
  const over = journal.assignments.all().filter(isOver);
  return over.map(({ id }) => id);
}

export function viewOf(
  sight: Sight,
  journal: MinerJournal,
  { strangeIn, ...rest }: MinerSurroundings,
  guard: Guard = unguarded,
): MinerView {
  const look = (assigned: Assigned): Work | undefined =>
    guard(`assignment ${assigned.id}`, [assigned], () => workOf(assigned, sight, journal, strangeIn));
  const works = journal.assignments.all().flatMap((assigned) => look(assigned) ?? []);
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
    // Once it has computed all units, it can also defend them.
    strange: answer === "declined" || root !== undefined ? undefined : strangeIn(job),
    answer,
    unsent: journal.unsent.get(id) !== undefined,
    root,
    batch: { status, attempt },
    claim: claim && { id: claim.id, status: claim.status, games: claim.games, claimedAt: claim.claimedAt },
    delivery: journal.deliveries.get(id),
    delivered: journal.delivered.get(id) ?? false,
  };
}
