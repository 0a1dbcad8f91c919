// What a miner sees: the market on the chain and its own journal, put together for `decide`. Pure, except that it reads the journal.

import { batchIn } from "@sonm/chain/market/events";
import type { Sight } from "@sonm/chain/market/observer";
import type { Job } from "@sonm/protocol/job/job";
import { claimId } from "@sonm/protocol/result/claim";
import type { Address, ClaimId } from "@sonm/protocol/values/ids";
import { getAddress, isAddressEqual } from "viem";
import type { Assigned, MinerPolicy, MinerView, Work } from "./decide.ts";
import type { MinerJournal } from "./journal.ts";

/** What comes neither from events nor from the journal. */
export type MinerSurroundings = {
  readonly me: Address;
  readonly policy: MinerPolicy;
  readonly freeStake: bigint;
  readonly hub: Address | undefined;
  readonly announced: boolean;
  readonly pay: MinerView["pay"];
  readonly disputes: MinerView["disputes"];
  /** what this miner does not know about a job */
  readonly strangeIn: (job: Job) => string | undefined;
};

/** Wallets of the hubs that may owe this miner something: its own and all it has ever worked for. */
export function hubsOf(journal: MinerJournal, own: Address): Address[] {
  const accepted = journal.assignments.all().filter(({ id }) => journal.answers.get(id) === "accepted");
  return [...new Set([own, ...accepted.map(({ job }) => job.hub)].map((hub) => getAddress(hub)))];
}

/** Every claim that this miner has made, whether it is on the chain yet or not. */
export function claimsOf(journal: MinerJournal): Set<ClaimId> {
  return new Set(
    journal.assignments.all().flatMap(({ id, assignment }) => {
      const root = journal.roots.get(id);
      return root === undefined ? [] : [claimId({ ...assignment, root })];
    }),
  );
}

export function viewOf(sight: Sight, journal: MinerJournal, surroundings: MinerSurroundings): MinerView {
  const { strangeIn, ...rest } = surroundings;
  const works = journal.assignments.all().map((assigned) => workOf(assigned, sight, journal, surroundings));
  return {
    ...rest,
    now: sight.now,
    staked: journal.marks.get("staked") ?? false,
    works,
    asked: journal.asked.all(),
  };
}

function workOf(
  assigned: Assigned,
  sight: Sight,
  journal: MinerJournal,
  { me, strangeIn }: Pick<MinerSurroundings, "me" | "strangeIn">,
): Work {
  const { id, job, assignment } = assigned;
  const root = journal.roots.get(id);
  const { status, attempt } = batchIn(sight, assignment.job, assignment.batch);
  // The root names the miner, so only this miner's own claim can have it.
  const claim = [...sight.claims.values()].find(
    ({ claim }) =>
      claim.root === root &&
      claim.job === assignment.job &&
      claim.batch === assignment.batch &&
      claim.attempt === assignment.attempt &&
      isAddressEqual(claim.miner, me),
  );
  return {
    ...assigned,
    posted: sight.jobs.has(assignment.job),
    strange: strangeIn(job),
    answer: journal.answers.get(id),
    unsent: journal.unsent.get(id) !== undefined,
    root,
    batch: { status, attempt },
    claim: claim && { id: claim.id, status: claim.status, games: claim.games, claimedAt: claim.claimedAt },
    delivery: journal.deliveries.get(id),
    delivered: journal.delivered.get(id) ?? false,
  };
}
