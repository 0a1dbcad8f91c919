// Carries a verifier's decisions out. Every action may be repeated: the journal or the chain shows what is done already.

import { batchRange } from "@sonm/protocol/job/job";
import { resultTreeOf } from "@sonm/protocol/result/tree";
import { actBefore, type Referee } from "../offchain/host/referees/referee.ts";
import type { RoleTools } from "../offchain/host/role/open.ts";
import { stakeOnce } from "../offchain/host/role/stake.ts";
import { computeBatch, type Runner, type UnitKept, unitKey, unitsIn } from "../offchain/host/role/units.ts";
import type { VerifierAction, VerifierClaim } from "./decide.ts";
import type { VerifierJournal } from "./journal.ts";

export type VerifierTools = RoleTools<VerifierJournal> &
  Runner<UnitKept> & {
    readonly referees: readonly Referee[];
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

/** Recomputes the batch, and compares the root. */
async function check(tools: VerifierTools, { id, job, claim }: VerifierClaim): Promise<void> {
  const { journal, lies, emit } = tools;
  const batch = { id: claim.job, job, batch: claim.batch };
  const { first, count } = batchRange(job, claim.batch);
  await computeBatch(tools, batch, lies ? first : undefined, (unit, { resultHash, steps, corruption }) => {
    journal.units.put(unitKey(claim.job, unit), { resultHash, corruption });
    emit({ kind: "unit-checked", claim: id, unit, steps });
  });
  const own = unitsIn(tools, batch).map(({ resultHash }) => resultHash);
  const { root } = resultTreeOf(job, claim, own);
  const ok = root === claim.root.toLowerCase();
  journal.checks.put(id, ok ? "true" : "false");
  emit({ kind: "checked", claim: id, batch: claim.batch, miner: claim.miner, units: count, ok });
}
