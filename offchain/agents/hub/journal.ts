// What a hub keeps on disk: who works for it, and what it has signed.
import type { Address, JobId } from "@sonm/protocol/values/ids";
import { openJournal } from "../../host/role/journal.ts";
import type { AssignmentView, QuoteRequest } from "./decide.ts";

export type Announced = { readonly address: Address; readonly slots: number; readonly minPay: bigint };

/** A signed assignment, and what it is for. */
export type Signed = AssignmentView & { readonly job: JobId; readonly batch: number; readonly attempt: number };

export function openHubJournal(path: string) {
  const journal = openJournal(path);
  return {
    mail: journal.mail(),
    /** unanswered requests for a quote, by job and buyer */
    requests: journal.table<QuoteRequest>("request"),
    /** by address */
    miners: journal.table<Announced>("miner"),
    assignments: journal.table<Signed>("assignment"),
    close: journal.close,
  };
}
export type HubJournal = ReturnType<typeof openHubJournal>;
