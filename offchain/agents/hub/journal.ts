// What a hub keeps on disk: who works for it, what it has signed, and how the claims of its miners have ended.
import type { Stake } from "@sonm/chain/money/stake";
import type { Claim } from "@sonm/protocol/result/claim";
import type { Address, ClaimId, JobId } from "@sonm/protocol/values/ids";
import { isAddressEqual } from "viem";
import { openJournal } from "../../host/role/journal.ts";
import type { AssignmentView, QuoteRequest } from "./decide.ts";

type Announced = {
  readonly address: Address;
  readonly slots: number;
  readonly minPay: bigint;
  /** wei of SNM that it had at stake, locked ones too, when the hub last asked; absent in journals of before this was noted */
  readonly stake?: bigint;
};

/** A signed assignment, and what it is for. */
export type Signed = AssignmentView & {
  readonly job: JobId;
  readonly batch: number;
  readonly attempt: number;
  /** wei of SNM that a claim with it locks */
  readonly deposit: bigint;
};

/** How a claim has ended. */
export type End = "settled" | "convicted";
/** Number of claims of one miner that have ended so. */
type MinerRecord = { readonly [E in End]: number };

/** A claim that was seen, and how it has ended; undefined if it has not. */
export type Seen = { readonly id: ClaimId; readonly claim: Claim; readonly end: End | undefined };

/** The name of a batch of a job, for `ofBatch`. */
export const batchName = (job: JobId, batch: number) => `${job}/${batch}`;

/** The name of a request for a quote. */
export const requestName = ({ id, from }: QuoteRequest) => `${id}/${from}`;

export function openHubJournal(path: string) {
  const journal = openJournal(path);
  const miners = journal.openTable<Announced>("miner");
  const assignments = journal.openTable<Signed>("assignment");
  const ofBatch = assignments.by(({ job, batch }) => batchName(job, batch));
  /** assignments with which a claim was made */
  const claimed = assignments.part<true>("claimed");
  /** by claim */
  const ends = journal.table<End>("end");
  /** by miner, in lower case */
  const records = journal.openTable<MinerRecord>("record");
  const recordOf = (miner: Address): MinerRecord => records.get(miner.toLowerCase()) ?? { settled: 0, convicted: 0 };

  function noteEnd({ id, claim: { miner }, end }: Seen): void {
    const before = ends.get(id);
    if (before === end) return;
    const record = { ...recordOf(miner) };
    if (before) record[before] -= 1;
    if (end) record[end] += 1;
    records.put(miner.toLowerCase(), record);
    if (end) ends.put(id, end);
    else ends.delete(id);
  }
  function noteClaimed({ job, batch, attempt, miner }: Claim): void {
    for (const one of ofBatch(batchName(job, batch))) {
      if (one.attempt === attempt && isAddressEqual(one.miner, miner) && !claimed.get(one.id))
        claimed.put(one.id, true);
    }
  }

  return {
    mail: journal.mail(),
    checkpoint: journal.checkpoint(),
    /** unanswered requests for a quote, by job and buyer */
    requests: journal.openTable<QuoteRequest>("request"),
    /** by address */
    miners,
    /** Writes down what miners have at stake now. */
    noteStakes(stakes: readonly ({ readonly address: Address } & Pick<Stake, "free" | "locked">)[]): void {
      journal.together(() => {
        for (const { address, free, locked } of stakes) {
          const [miner, stake] = [miners.get(address), free + locked];
          if (miner && miner.stake !== stake) miners.put(address, { ...miner, stake });
        }
      });
    },
    assignments,
    /** the open assignments of a batch, of all its attempts, by `batchName` */
    ofBatch,
    /** Whether a claim was seen that was made with this assignment. */
    wasClaimed: ({ id }: Signed): boolean => claimed.get(id) !== undefined,
    recordOf,
    /** Whether it is written down that a claim has ended, and how. */
    isNoted: ({ id, end }: Seen): boolean => end !== undefined && ends.get(id) === end,
    /** Writes down what claims say about miners. Each counts once: as it was seen last, whatever a reorganisation has made of it. */
    note(claims: readonly Seen[]): void {
      if (claims.length === 0) return;
      journal.together(() => {
        for (const seen of claims) {
          noteEnd(seen);
          noteClaimed(seen.claim);
        }
      });
    },
    close: journal.close,
  };
}
export type HubJournal = ReturnType<typeof openHubJournal>;
