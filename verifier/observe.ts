// A verifier's look: what it needs of the chain beside the market is asked for, and convictions that it has played for are reported.
import { parametersOf } from "@sonm/chain/government/parameters";
import type { Sight } from "@sonm/chain/market/observer";
import { stakeOf } from "@sonm/chain/money/stake";
import type { RoleTools } from "../offchain/host/role/open.ts";
import type { VerifierPolicy, VerifierView } from "./decide.ts";
import type { VerifierJournal } from "./journal.ts";
import { viewOf } from "./view.ts";

type Tools = Pick<RoleTools<VerifierJournal>, "access" | "journal" | "emit">;

/**
 * The function that looks. What a commitment locks is read once, here.
 * @param share part of all claims that is checked, 0 … 1
 */
export async function createObserve(
  tools: Tools,
  policy: VerifierPolicy,
  share: number,
): Promise<(sight: Sight) => Promise<VerifierView>> {
  const { access, journal } = tools;
  const { signer, deployment } = access;
  const me = signer.address;
  const { CommitStakeWei } = await parametersOf(signer, deployment);
  return async (sight) => {
    const { free } = await stakeOf(signer, deployment, me);
    reportConvictions(tools, sight);
    return viewOf(sight, journal, { me, policy, freeStake: free, commitStake: CommitStakeWei, share });
  };
}

/** Convictions that this verifier has played for are reported once. */
function reportConvictions({ journal, emit }: Tools, sight: Sight): void {
  for (const { id, claim, status } of sight.claims.values()) {
    const mark = `convicted ${id}`;
    if ((status !== "convicted" && status !== "awarded") || !journal.salts.get(id) || journal.marks.get(mark)) continue;
    const deposit = sight.jobs.get(claim.job)?.job.deposit ?? 0n;
    emit({ kind: "convicted", claim: id, miner: claim.miner, slashed: String(deposit) });
    journal.marks.put(mark, true);
  }
}
