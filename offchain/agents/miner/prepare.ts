// How a miner reads its letters: assignments, and requests for its results.
import { isSignedBy } from "@sonm/chain/signature";
import { jobId } from "@sonm/protocol/job/job";
import { type Assignment, assignmentTypedData } from "@sonm/protocol/result/claim";
import type { Address } from "@sonm/protocol/values/ids";
import { isAddressEqual } from "viem";
import type { Prepare } from "../../host/role/inbox.ts";
import type { RoleTools } from "../../host/role/open.ts";
import { assignmentKey, type MinerJournal } from "./journal.ts";

/** Requests for one claim's results that wait at the same time. Who comes later may ask again. */
const MOST_ASKING = 32;

/**
 * Makes the function that checks letters. It keeps what is verified, and keeps a bounded amount of what anybody may write.
 * @param wallet of the hub to work for; others' assignments are not read
 */
export function createPrepare(
  { access, journal }: Pick<RoleTools<MinerJournal>, "access" | "journal">,
  wallet: Address,
): Prepare {
  const { signer, deployment } = access;
  const me = signer.address;
  return async ({ from, message }) => {
    if (message.kind === "ask-results") {
      const { claim } = message;
      if (journal.ofClaim(claim) === undefined) return () => {};
      return () => {
        if (journal.askedFor(claim).length < MOST_ASKING) journal.asked.put(`${claim}/${from}`, { claim, by: from });
      };
    }
    if (message.kind !== "assign") return () => {};
    const { job, batch, attempt, pay, expiry, signature } = message;
    // A stranger's hub could name terms that ruin this miner.
    if (!isAddressEqual(job.hub, wallet)) return () => {};
    const assignment: Assignment = { wallet: job.hub, job: jobId(job), batch, attempt, miner: me, pay, expiry };
    const data = assignmentTypedData(assignment, signer.chainId, deployment.addresses.results);
    if (!(await isSignedBy(signer, job.hub, data, signature))) return () => {};
    const id = assignmentKey(assignment, signature);
    return () => void journal.assignments.add(id, { id, job, assignment, signature, from });
  };
}
