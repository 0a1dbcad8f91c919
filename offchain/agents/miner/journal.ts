// What a miner keeps on disk: enough to claim, deliver and defend after a kill at any moment.

import type { Assignment } from "@sonm/protocol/result/claim";
import { encode } from "@sonm/protocol/values/codec";
import type { Address, ClaimId, ContentId, Hex } from "@sonm/protocol/values/ids";
import { keccak256 } from "viem";
import type { Message } from "../../host/net/message.ts";
import { openJournal } from "../../host/role/journal.ts";
import type { UnitKept } from "../../host/role/units.ts";
import type { Assigned } from "./decide.ts";

/** The result of one unit, with its output. */
export type UnitDone = UnitKept & {
  readonly output: Uint8Array;
  readonly proof: Uint8Array;
};

/** A request for the results of a claim. */
export type Asked = { readonly claim: ClaimId; readonly by: Address };

export function openMinerJournal(path: string) {
  const journal = openJournal(path);
  return {
    mail: journal.mail(),
    /** by assignment */
    assignments: journal.table<Assigned>("assignment"),
    answers: journal.table<"accepted" | "declined">("answer"),
    /** answers that the hub may not have yet, by assignment; written before they are sent */
    unsent: journal.table<Message>("unsent"),
    roots: journal.table<Hex>("root"),
    deliveries: journal.table<ContentId>("delivery"),
    delivered: journal.table<true>("delivered"),
    /** by job and unit */
    units: journal.table<UnitDone>("unit"),
    /** by claim and sender of the request */
    asked: journal.table<Asked>("asked"),
    /** things that are done once: the first stake */
    marks: journal.table<true>("mark"),
    close: journal.close,
  };
}
export type MinerJournal = ReturnType<typeof openMinerJournal>;

/** Names an assignment by all that it says, and by its signature: no other one can take its place. */
export function assignmentKey(assignment: Assignment, signature: Hex): string {
  const { job, batch, attempt } = assignment;
  return `${job}/${batch}/${attempt}/${keccak256(encode({ ...assignment, signature }))}`;
}
