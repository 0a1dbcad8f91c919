// What a buyer keeps on disk: its order, the quote, and which batches it has collected.
import type { Job } from "@sonm/protocol/job/job";
import type { Address, ClaimId, ContentId, JobId } from "@sonm/protocol/values/ids";
import { openJournal } from "../../host/role/journal.ts";
import type { QuoteView } from "./decide.ts";

/** A job, exactly as it is posted. */
export type Order = {
  readonly id: JobId;
  readonly job: Job;
  /** bytes of the manifest */
  readonly manifest: Uint8Array;
};

export function openBuyerJournal(path: string) {
  const journal = openJournal(path);
  // An order is over some time after its end. What else is written down here is small: it is open as long as the role works.
  return {
    mail: journal.mail(),
    checkpoint: journal.checkpoint(),
    orders: journal.openTable<Order>("order"),
    /** by job */
    published: journal.openTable<true>("published"),
    /** chain time of the last request, by job or by claim */
    askedAt: journal.openTable<number>("asked"),
    quotes: journal.openTable<QuoteView>("quote"),
    /** by job: its buyer does not want it any more */
    cancelled: journal.openTable<true>("cancelled"),
    refusals: journal.openTable<string>("refusal"),
    /** where the results of a claim are, by claim */
    deliveries: journal.openTable<ContentId>("delivery"),
    /** by job and batch: the claim whose outputs are here */
    collected: journal.openTable<{ readonly claim: ClaimId; readonly miner: Address }>("collected"),
    reported: journal.openTable<true>("reported"),
    /** by job that was posted: chain time at which its end was reported */
    finished: journal.openTable<number>("finished"),
    close: journal.close,
  };
}
export type BuyerJournal = ReturnType<typeof openBuyerJournal>;
