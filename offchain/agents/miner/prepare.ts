// How a miner reads its letters: assignments, and requests for its results.
import { isSignedBy } from "@sonm/chain/signature";
import { jobId } from "@sonm/protocol/job/job";
import { type Assignment, assignmentTypedData } from "@sonm/protocol/result/claim";
import type { Prepare } from "../../host/role/inbox.ts";
import type { RoleTools } from "../../host/role/open.ts";
import { assignmentKey, type MinerJournal } from "./journal.ts";
import { claimsOf } from "./view.ts";

/** The function that checks letters. */
export function createPrepare({ access, journal }: Pick<RoleTools<MinerJournal>, "access" | "journal">): Prepare {
  const { signer, deployment } = access;
  const me = signer.address;
  return async ({ from, message }) => {
    if (message.kind === "ask-results") {
      const { claim } = message;
      // Requests for claims of other miners must not fill this miner's disk.
      return claimsOf(journal).has(claim)
        ? () => void journal.asked.put(`${claim}/${from}`, { claim, by: from })
        : () => {};
    }
    if (message.kind !== "assign") return () => {};
    const { job, batch, attempt, pay, expiry, signature } = message;
    const assignment: Assignment = { wallet: job.hub, job: jobId(job), batch, attempt, miner: me, pay, expiry };
    const data = assignmentTypedData(assignment, signer.chainId, deployment.addresses.results);
    // Only the hub may fill this miner's disk or make it write letters.
    if (!(await isSignedBy(signer, job.hub, data, signature))) return () => {};
    const id = assignmentKey(assignment);
    return () => void journal.assignments.add(id, { id, job, assignment, signature, from });
  };
}
