// Carries a verifier's decisions out. Every action may be repeated: the journal or the chain shows what is done already.

import { batchRange } from "@sonm/protocol/job/job";
import { resultTreeOf } from "@sonm/protocol/result/tree";
import type { Computed } from "../offchain/host/engines/engine.ts";
import { actBefore, type Referee } from "../offchain/host/referees/referee.ts";
import type { RoleTools } from "../offchain/host/role/open.ts";
import { NotNeeded, type WorkQueue } from "../offchain/host/role/queue.ts";
import { stakeOnce } from "../offchain/host/role/stake.ts";
import { computeBatch, type Runner, type UnitKept, unitKey, unitsIn } from "../offchain/host/role/units.ts";
import type { VerifierAction, VerifierClaim } from "./decide.ts";
import type { VerifierJournal } from "./journal.ts";
import { workOf } from "./worth.ts";

export type VerifierTools = RoleTools<VerifierJournal> &
  Runner<UnitKept> & {
    readonly referees: readonly Referee[];
    /** claims are checked in turns */
    readonly queue: Pick<WorkQueue, "inTurn">;
    /** lies about the first unit of every batch: a false accuser is the honest verifier with one corrupted state */
    readonly lies: boolean;
  };

/** The function that carries actions out. */
export function createActor(tools: VerifierTools): (action: VerifierAction) => Promise<void> {
  return async (action) => {
    switch (action.kind) {
      case "stake":
        return stakeOnce(tools, action.amount);
      case "check":
        return check(tools, action.of);
      case "dispute":
        return actBefore(tools.referees, action.deed);
    }
  };
}

/** Recomputes the batch, and compares the root. Ends without an outcome if the claim has ended meanwhile. */
async function check(tools: VerifierTools, of: VerifierClaim): Promise<void> {
  try {
    await recompute(tools, of);
  } catch (error) {
    if (!(error instanceof NotNeeded)) throw error;
  }
}

async function recompute(tools: VerifierTools, of: VerifierClaim): Promise<void> {
  const { journal, lies, queue, emit } = tools;
  const { id, job, claim } = of;
  const work = workOf(of);
  const batch = { id: claim.job, job, batch: claim.batch };
  const { first, count } = batchRange(job, claim.batch);
  const keep = (unit: number, { resultHash, steps, corruption, opening }: Computed) => {
    journal.units.put(unitKey(claim.job, unit), { resultHash, corruption, opening });
    emit({ kind: "unit-checked", claim: id, unit, steps });
  };
  await computeBatch(tools, batch, lies ? first : undefined, keep, (compute) => queue.inTurn(work, compute));
  const own = unitsIn(tools, batch).map(({ resultHash }) => resultHash);
  const { root } = resultTreeOf(job, claim, own);
  const ok = root === claim.root.toLowerCase();
  journal.checks.put(id, ok ? "true" : "false");
  emit({ kind: "checked", claim: id, batch: claim.batch, miner: claim.miner, units: count, ok });
}
