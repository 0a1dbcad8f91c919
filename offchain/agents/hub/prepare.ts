// How a hub reads its letters: requests for a quote, announcements of miners, and their answers to assignments.
import { stakeOf } from "@sonm/chain/money/stake";
import { jobId } from "@sonm/protocol/job/job";
import type { Address } from "@sonm/protocol/values/ids";
import type { Prepare } from "../../host/role/inbox.ts";
import type { RoleTools } from "../../host/role/open.ts";
import { batchName, type HubJournal, requestName } from "./journal.ts";

/** Requests for a quote that wait at the same time, of all askers and of one. Whoever finds no place asks again. */
const MOST_REQUESTS = 64;
const MOST_OF_ONE = 4;
/** Miners that are remembered. */
const MOST_MINERS = 10_000;

/** Makes place for a request of `from`, if need be in the place of another one, but of nobody's only one. False if there is none. */
function makePlaceForRequest({ requests }: HubJournal, from: Address): boolean {
  const waiting = requests.all();
  const bySender = Map.groupBy(waiting, (one) => one.from);
  const own = bySender.get(from)?.length ?? 0;
  if (own >= MOST_OF_ONE) return false;
  if (waiting.length < MOST_REQUESTS) return true;
  const [[oldest, ...others] = []] = [...bySender.values()].sort((a, b) => b.length - a.length);
  if (own > 0 || !oldest || others.length === 0) return false;
  requests.delete(requestName(oldest));
  return true;
}

/** Makes place for a miner with such a stake, if need be in the place of one with less and without a settled claim. False if there is none. */
function makePlaceForMiner({ miners, recordOf }: HubJournal, stake: bigint): boolean {
  if (miners.count() < MOST_MINERS) return true;
  let least: { readonly address: Address; readonly stake: bigint } | undefined;
  for (const { address, stake = 0n } of miners.all()) {
    if (stake < (least?.stake ?? stake + 1n) && recordOf(address).settled === 0) least = { address, stake };
  }
  if (!least || least.stake >= stake) return false;
  miners.delete(least.address);
  return true;
}

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
          const request = { job: message.job, id, from };
          if (makePlaceForRequest(journal, from)) journal.requests.put(requestName(request), request);
        };
      }
      case "announce": {
        const { slots, minPay } = message;
        // A key costs nothing, a stake does. A miner whose stake is not seen yet announces itself again.
        const { free, locked } = await stakeOf(access.signer, access.deployment, from);
        const stake = free + locked;
        if (stake === 0n) return () => {};
        return () => {
          const known = journal.miners.get(from);
          if (!known && !makePlaceForMiner(journal, stake)) return;
          const isNew = known?.slots !== slots || known.minPay !== minPay;
          if (isNew || known.stake !== stake) journal.miners.put(from, { address: from, slots, minPay, stake });
          if (isNew) emit({ kind: "announced", miner: from, slots, minPay: String(minPay) });
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
