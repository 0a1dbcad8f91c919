// What a miner has in hand: batches that it has accepted and not claimed yet. The chain shows the claims.
import type { InHand } from "../../host/role/in-hand.ts";
import { isPending, type MinerView } from "./decide.ts";

export function inHand({ works, now }: MinerView): readonly InHand[] {
  return works
    .filter((work) => isPending(work, now))
    .map(({ assignment: { job, batch }, root }) => ({
      what: `batch ${batch} of job ${job}`,
      state: root === undefined ? "accepted, is to be computed" : "computed, is to be claimed",
    }));
}
