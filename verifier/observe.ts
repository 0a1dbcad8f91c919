// A verifier's look at the chain: the market and its own stake. It also reports convictions that it has played for.
import type { Sight } from "@sonm/chain/market/observer";
import { stakeOf } from "@sonm/chain/money/stake";
import type { Engine } from "../offchain/host/engines/engine.ts";
import type { AccusersReferee } from "../offchain/host/referees/referee.ts";
import type { RoleTools } from "../offchain/host/role/open.ts";
import type { VerifierPolicy, VerifierView } from "./decide.ts";
import type { VerifierJournal } from "./journal.ts";
import { viewOf } from "./view.ts";

type Tools = Pick<RoleTools<VerifierJournal>, "access" | "journal" | "emit"> & {
  readonly engine: Pick<Engine, "runs">;
  readonly referees: readonly AccusersReferee[];
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
  const { access, journal, engine, referees } = tools;
  const { signer, deployment } = access;
  return async (sight) => {
    const { free } = await stakeOf(signer, deployment, signer.address);
    reportConvictions(tools, sight);
    return viewOf(sight, journal, { engine, referees, policy, freeStake: free, share });
  };
}

/** Reports each conviction that this verifier has played for, once. */
function reportConvictions({ journal, emit }: Tools, sight: Sight): void {
  for (const { id, claim, status } of sight.claims.values()) {
    const mark = `convicted ${id}`;
    if ((status !== "convicted" && status !== "awarded") || !journal.salts.get(id) || journal.marks.get(mark)) continue;
    const deposit = sight.jobs.get(claim.job)?.job.deposit ?? 0n;
    emit({ kind: "convicted", claim: id, miner: claim.miner, slashed: String(deposit) });
    journal.marks.put(mark, true);
  }
}
