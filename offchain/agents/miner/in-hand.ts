// What a miner has in hand: batches that it has accepted and not claimed yet. The chain shows the claims.
import type { InHand } from "../../host/role/in-hand.ts";
import { type MinerView, pendingIn } from "./decide.ts";

export function inHand(view: MinerView): readonly InHand[] {
  return pendingIn(view).map(({ assignment: { job, batch }, root }) => ({
    what: `batch ${batch} of job ${job}`,
    state: root === undefined ? "accepted, is to be computed" : "computed, is to be claimed",
  }));
}
