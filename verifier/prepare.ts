// How a verifier reads its letters: only the results of claims that it challenges matter.

import { batchRange } from "@sonm/protocol/job/job";
import { decodeDelivery, mostDeliveryBytes } from "@sonm/protocol/result/delivery";
import { isAddressEqual } from "viem";
import { NetUnreachable } from "../offchain/host/net/errors.ts";
import type { Prepare } from "../offchain/host/role/inbox.ts";
import type { RoleTools } from "../offchain/host/role/open.ts";
import type { VerifierJournal } from "./journal.ts";

/** Contents that are read for one claim before none is any more: of its miner, and of all others together. */
const MOST_READ = 8;

/**
 * Takes results only if they fit the root of their claim, and only of claims that it challenges. It does not check whether it has asked for
 * them: the answer may come before the journal has the question.
 */
export function createPrepare({
  access,
  peer,
  journal,
  quarantine,
}: Pick<RoleTools<VerifierJournal>, "access" | "peer" | "journal" | "quarantine">): Prepare {
  /** Contents that were no results of a claim, by claim and kind of sender. A claim gets in only when it is challenged. */
  const wrong = new Map<string, number>();

  return async ({ from, message }) => {
    if (message.kind !== "results" || !journal.salts.get(message.claim)) return () => {};
    if (journal.leaves.get(message.claim)) return () => {};
    const sight = await access.observer.look();
    const claim = sight.claims.get(message.claim)?.claim;
    const job = claim && sight.jobs.get(claim.job)?.job;
    if (!claim || !job) return () => {};
    const { count } = batchRange(job, claim.batch);
    // Each may have megabytes. So that nobody can use up the miner's share, it has one of its own.
    const sender = `${message.claim} ${isAddressEqual(from, claim.miner) ? "miner" : "others"}`;
    const failed = wrong.get(sender) ?? 0;
    if (failed >= MOST_READ) return () => {};
    try {
      const { units } = await quarantine.read(
        `delivery ${message.content} of claim ${message.claim}`,
        () => peer.fetch(message.content, mostDeliveryBytes(count)),
        (bytes) => decodeDelivery(bytes, job, claim),
      );
      const leaves = units.map(({ resultHash }) => resultHash.toLowerCase() as typeof resultHash);
      return () => void journal.leaves.add(message.claim, leaves);
    } catch (error) {
      // The store does not answer, but it may have the content: the letter is read again later.
      if (error instanceof NetUnreachable) throw error;
      wrong.set(sender, failed + 1);
      // The content is not the claim's results, so it is ignored. The game is then opened without results.
      return () => {};
    }
  };
}
