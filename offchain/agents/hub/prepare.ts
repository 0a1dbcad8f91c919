// How a hub reads its letters: requests for a quote, announcements of miners, and their answers to assignments.
import { stakeOf } from "@sonm/chain/money/stake";
import { jobId } from "@sonm/protocol/job/job";
import type { Prepare } from "../../host/role/inbox.ts";
import type { RoleTools } from "../../host/role/open.ts";
import { batchName, type HubJournal } from "./journal.ts";

/** Requests for a quote that wait at the same time, of all askers and of one. Who comes later asks again. */
const MOST_REQUESTS = 64;
const MOST_OF_ONE = 4;
/** Miners that are remembered. */
const MOST_MINERS = 10_000;

/** Makes the function that reads letters. */
export function createPrepare({
  access,
  journal,
  emit,
  now,
}: Pick<RoleTools<HubJournal>, "access" | "journal" | "emit" | "now">): Prepare {
  return async ({ from, message }) => {
    switch (message.kind) {
      case "ask-quote": {
        const id = jobId(message.job);
        return () => {
          const waiting = journal.requests.all();
          const own = waiting.filter((one) => one.from === from);
          if (own.length < MOST_OF_ONE && waiting.length < MOST_REQUESTS)
            journal.requests.put(`${id}/${from}`, { job: message.job, id, from });
        };
      }
      case "announce": {
        const { slots, minPay } = message;
        // A key costs nothing, a stake does. A miner whose stake is not seen yet announces itself again.
        const { free, locked } = await stakeOf(access.signer, access.deployment, from);
        if (free + locked === 0n) return () => {};
        return () => {
          const known = journal.miners.get(from);
          if (!known && journal.miners.count() >= MOST_MINERS) return;
          if (known?.slots === slots && known.minPay === minPay) return;
          journal.miners.put(from, { address: from, slots, minPay });
          emit({ kind: "announced", miner: from, slots, minPay: String(minPay) });
        };
      }
      case "accept":
      case "decline":
        return () => {
          const { job, batch, attempt } = message;
          // An answer counts only if it comes from the miner that was asked.
          const last = journal
            .ofBatch(batchName(job, batch))
            .findLast((one) => one.miner === from && one.attempt === attempt);
          const answer = message.kind === "accept" ? "accepted" : "declined";
          if (last && !last.answer) journal.assignments.put(last.id, { ...last, answer });
          // It has learned by computing that it cannot: others may.
          const isBack = last?.answer === "accepted" && answer === "declined" && !journal.wasClaimed(last);
          if (isBack) journal.assignments.put(last.id, { ...last, answer, returnedAt: now() });
        };
      default:
        return () => {};
    }
  };
}
