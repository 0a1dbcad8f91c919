// What a miner keeps on disk: enough to claim, deliver and defend after a kill at any moment.
import type { Job } from "../../core/job/job.ts";
import type { Corruption } from "../../core/machine/trace.ts";
import type { Assignment } from "../../core/result/claim.ts";
import type { Address, ClaimId, ContentId, GameId, Hex } from "../../core/types.ts";
import { openJournal } from "../../runtime/journal.ts";

/** An assignment as it came, checked. */
export type Assigned = {
  readonly id: string;
  readonly job: Job;
  readonly assignment: Assignment;
  readonly signature: Hex;
  readonly from: Address;
  readonly genuine: boolean;
};

/** The result of one unit, its output with it. */
export type UnitDone = {
  readonly resultHash: Hex;
  readonly output: Uint8Array;
  readonly proof: Uint8Array;
  /** on which the result rests, if it is a lie */
  readonly corruption?: Corruption | undefined;
};

/** Whoever wants to see the results of a claim. */
export type Asked = { readonly claim: ClaimId; readonly by: Address };

export function openMinerJournal(path: string) {
  const journal = openJournal(path);
  return {
    bookmark: journal.bookmark(),
    /** by assignment */
    assignments: journal.table<Assigned>("assignment"),
    answers: journal.table<"accepted" | "declined">("answer"),
    roots: journal.table<Hex>("root"),
    deliveries: journal.table<ContentId>("delivery"),
    delivered: journal.table<true>("delivered"),
    /** by job and unit */
    units: journal.table<UnitDone>("unit"),
    /** by claim and asker */
    asked: journal.table<Asked>("asked"),
    /** moves made, by game */
    moves: journal.table<{ readonly game: GameId; readonly count: number }>("moves"),
    /** once each: the first stake, what has been reported */
    marks: journal.table<true>("mark"),
    close: journal.close,
  };
}
export type MinerJournal = ReturnType<typeof openMinerJournal>;

/** Two assignments of one batch differ at least in their expiry. */
export function assignmentKey({ job, batch, attempt, expiry }: Assignment): string {
  return `${job}/${batch}/${attempt}/${expiry}`;
}

export function unitKey(job: Hex, unit: number): string {
  return `${job}/${unit}`;
}
