// What a verifier makes of a letter: of all of them, only the results that it has asked for matter.

import { decodeDelivery } from "@sonm/protocol/result/delivery";
import { NetUnreachable } from "../offchain/host/net/errors.ts";
import type { Prepare } from "../offchain/host/net/inbox.ts";
import type { RoleTools } from "../offchain/host/role/open.ts";
import type { VerifierJournal } from "./journal.ts";

/** Takes the results of a claim only if they fit its root, and only of claims that it challenges: they may come before the asking is noted. */
export function createPrepare({
  access,
  peer,
  journal,
}: Pick<RoleTools<VerifierJournal>, "access" | "peer" | "journal">): Prepare {
  return async ({ message }) => {
    if (message.kind !== "results" || !journal.salts.get(message.claim)) return () => {};
    const sight = await access.observer.look();
    const claim = sight.claims.get(message.claim)?.claim;
    const job = claim && sight.jobs.get(claim.job)?.job;
    if (!claim || !job) return () => {};
    try {
      const { units } = decodeDelivery(await peer.fetch(message.content), job, claim);
      const leaves = units.map(({ resultHash }) => resultHash.toLowerCase() as typeof resultHash);
      return () => void journal.leaves.add(message.claim, leaves);
    } catch (error) {
      // A store that does not answer says nothing of what it has: the letter is read again.
      if (error instanceof NetUnreachable) throw error;
      // Whatever is not the claim's results is as good as nothing: the game is then opened without them.
      return () => {};
    }
  };
}
