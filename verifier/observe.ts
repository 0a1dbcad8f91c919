// A verifier's look at the chain: the market and its own stake. It also reports convictions that it has played for.
import type { ObservedClaim } from "@sonm/chain/market/events";
import type { Sight } from "@sonm/chain/market/observer";
import { stakeOf } from "@sonm/chain/money/stake";
import type { Engine } from "../offchain/host/engines/engine.ts";
import type { AccusersReferee } from "../offchain/host/referees/referee.ts";
import type { RoleTools } from "../offchain/host/role/open.ts";
import type { WorkQueue } from "../offchain/host/role/queue.ts";
import { watchStake } from "../offchain/host/role/stake.ts";
import { toCheck, type VerifierPolicy, type VerifierView } from "./decide.ts";
import type { VerifierJournal } from "./journal.ts";
import { createView } from "./view.ts";

type Tools = Pick<RoleTools<VerifierJournal>, "access" | "journal" | "emit" | "guard"> & {
  readonly engine: Pick<Engine, "runs">;
  readonly referees: readonly AccusersReferee[];
  readonly queue: Pick<WorkQueue, "keep">;
};

/**
 * The function that looks.
 * @param share part of all claims that is checked, 0 … 1
 */
export function createObserve(
  tools: Tools,
  policy: VerifierPolicy,
  share: number,
): (sight: Sight) => Promise<VerifierView> {
  const { access, journal, queue } = tools;
  const { signer, deployment } = access;
  const look = createView(journal, { ...tools, policy, share });
  const reported = new WeakSet<ObservedClaim>();
  return async (sight) => {
    const stake = await stakeOf(signer, deployment, signer.address);
    await watchStake(tools, stake, policy.stake, sight.block);
    const view = look(sight, stake.free);
    // What has ended, by whomever, is computed no longer.
    queue.keep(new Set(toCheck(view).map(({ id }) => id)));
    for (const seen of sight.claims.values()) {
      if (reported.has(seen) || (seen.status !== "convicted" && seen.status !== "awarded")) continue;
      reportConviction(tools, sight, seen);
      reported.add(seen);
    }
    return view;
  };
}

/** Reports a conviction if this verifier has played for it, once. */
function reportConviction({ journal, emit }: Tools, sight: Sight, { id, claim }: ObservedClaim): void {
  const mark = `convicted ${id}`;
  if (!journal.salts.get(id) || journal.marks.get(mark)) return;
  const deposit = sight.jobs.get(claim.job)?.job.deposit ?? 0n;
  emit({ kind: "convicted", claim: id, miner: claim.miner, slashed: String(deposit) });
  journal.marks.put(mark, true);
}
