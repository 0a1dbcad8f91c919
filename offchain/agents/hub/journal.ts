// What a hub keeps on disk: who works for it, and what it has signed.
import type { Job } from "../../core/job/job.ts";
import type { Address, Hex, JobId } from "../../core/types.ts";
import { openJournal } from "../../runtime/journal.ts";
import type { Request } from "./decide.ts";

export type Announced = { readonly address: Address; readonly slots: number; readonly minPay: bigint };

/** A signed assignment. */
export type Signed = {
  readonly id: string;
  readonly job: JobId;
  readonly batch: number;
  readonly attempt: number;
  readonly miner: Address;
  /** chain time of the signature */
  readonly assignedAt: number;
  readonly expiry: number;
  /** wei of SNM a unit */
  readonly pay: bigint;
  readonly signature: Hex;
  /** the miner has it in its mailbox */
  readonly sent: boolean;
  readonly answer?: "accepted" | "declined" | undefined;
};

export function openHubJournal(path: string) {
  const journal = openJournal(path);
  return {
    bookmark: journal.bookmark(),
    /** unanswered wishes for a quote, by job and asker */
    requests: journal.table<Request & { readonly job: Job }>("request"),
    /** by address */
    miners: journal.table<Announced>("miner"),
    assignments: journal.table<Signed>("assignment"),
    close: journal.close,
  };
}
export type HubJournal = ReturnType<typeof openHubJournal>;
