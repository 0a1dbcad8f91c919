// How far a buyer's posted jobs have come, said when it has changed.
import type { Sight } from "@sonm/chain/market/observer";
import { settleableFrom } from "@sonm/protocol/result/claim";
import type { Happening } from "../../host/role/happenings.ts";
import { soonest } from "../../host/role/loop.ts";
import { type BuyerView, type OrderView, standingOf } from "./decide.ts";

type Progress = Extract<Happening, { kind: "progress" }>;

export function progressOf({ id, job, batches }: OrderView, { claims }: Pick<Sight, "claims">): Progress {
  const { counts } = standingOf(batches);
  const settlements = batches.flatMap(({ claim }) => {
    const claimedAt = claim?.status === "live" ? claims.get(claim.id)?.claimedAt : undefined;
    return claimedAt === undefined ? [] : [settleableFrom(job, claimedAt)];
  });
  return {
    kind: "progress",
    job: id,
    batches: batches.length,
    claimed: counts.taken,
    settled: counts.paid,
    collected: counts.collected,
    refunded: counts.refunded,
    settlesAt: soonest(settlements),
  };
}

/** Makes the function that says what has changed since its last call. */
export function createProgress(emit: (happening: Happening) => void): (view: BuyerView, sight: Sight) => void {
  const said = new Map<string, string>();
  /** lists that are said already: with a claim's time a list changes too */
  const gone = new WeakSet<OrderView["batches"]>();
  return ({ orders }, sight) => {
    for (const order of orders) {
      if (!order.posted || order.reported || gone.has(order.batches)) continue;
      gone.add(order.batches);
      const progress = progressOf(order, sight);
      const text = JSON.stringify(progress);
      if (said.get(order.id) === text) continue;
      said.set(order.id, text);
      emit(progress);
    }
  };
}
