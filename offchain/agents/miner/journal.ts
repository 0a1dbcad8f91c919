// What a miner keeps on disk: enough to claim, deliver and defend after a kill at any moment.

import { batchKey } from "@sonm/chain/market/events";
import { type Assignment, claimId } from "@sonm/protocol/result/claim";
import { encode } from "@sonm/protocol/values/codec";
import type { Address, ClaimId, ContentId, Hex } from "@sonm/protocol/values/ids";
import { keccak256 } from "viem";
import type { Message } from "../../host/net/message.ts";
import { openJournal } from "../../host/role/journal.ts";
import type { Staking } from "../../host/role/stake.ts";
import type { UnitKept } from "../../host/role/units.ts";
import type { Assigned } from "./decide.ts";

/** The result of one unit, with its output. */
export type UnitDone = UnitKept & {
  /** its id: the output itself is in a file */
  readonly output: ContentId;
  readonly proof: Uint8Array;
};

/** Units of a batch, done or begun. `owed` names the assignment that is over, and whose results its buyer may still ask for. */
export type Kept = { readonly owed: string | null };

/** A request for the results of a claim. */
export type Asked = { readonly claim: ClaimId; readonly by: Address };

export function openMinerJournal(path: string) {
  const journal = openJournal(path);
  /** by assignment, as all that is a part of it */
  const assignments = journal.openTable<Assigned>("assignment");
  const roots = assignments.part<Hex>("root");
  const claims = assignments.part<ClaimId>("claim");
  /** assignments by claim: also of those that are over, whose results may still be asked for */
  const claimed = journal.table<string>("claimed");
  /** by claim and sender of the request */
  const asked = journal.openTable<Asked>("asked");
  const askedFor = asked.by(({ claim }) => claim);
  const deliveries = assignments.part<ContentId>("delivery");
  const units = journal.table<UnitDone>("unit");
  const kept = journal.table<Kept>("kept");
  return {
    mail: journal.mail(),
    checkpoint: journal.checkpoint(),
    assignments,
    answers: assignments.part<"accepted" | "declined">("answer"),
    /** answers that the hub may not have yet; written before they are sent */
    unsent: assignments.part<Message>("unsent"),
    /** roots of computed results */
    roots: { get: roots.get },
    /** the claim that can be made with a root, whether it is on the chain or not */
    claims: { get: claims.get },
    /** Writes down the root of an assignment's results, and with it the name of the claim. */
    putRoot({ id, assignment }: Pick<Assigned, "id" | "assignment">, root: Hex): void {
      const claim = claimId({ ...assignment, root });
      journal.together(() => {
        claimed.put(claim, id);
        claims.put(id, claim);
        roots.put(id, root);
      });
    },
    /** The assignment of a claim that this miner can have made. */
    ofClaim: (claim: ClaimId): string | undefined => claimed.get(claim),
    deliveries,
    delivered: assignments.part<true>("delivered"),
    /** by job and unit */
    units,
    /** by batch: what is here of it */
    kept,
    /** the open assignments of a batch */
    ofBatch: assignments.by(({ assignment: { job, batch } }) => batchKey(job, batch)),
    /** Nobody needs these units of a batch any more, nor the results of this assignment, if they were never published. */
    forgetBatch(id: string, batch: string, keys: readonly string[]): void {
      journal.together(() => {
        for (const key of keys) units.delete(key);
        kept.delete(batch);
        const claim = claims.get(id);
        if (claim === undefined || deliveries.get(id) !== undefined) return;
        claimed.delete(claim);
        for (const { by } of askedFor(claim)) asked.delete(`${claim}/${by}`);
      });
    },
    asked,
    /** the requests for the results of a claim */
    askedFor,
    /** wallets of the hubs whose assignments were ever accepted, each by itself */
    hubs: journal.openTable<Address>("hub"),
    /** things that are done once: the first stake */
    marks: journal.table<true>("mark"),
    stakes: journal.table<Staking>("stake"),
    close: journal.close,
  };
}
export type MinerJournal = ReturnType<typeof openMinerJournal>;

/** Names an assignment by all that it says, and by its signature: no other one can take its place. */
export function assignmentKey(assignment: Assignment, signature: Hex): string {
  const { job, batch, attempt } = assignment;
  return `${job}/${batch}/${attempt}/${keccak256(encode({ ...assignment, signature }))}`;
}
