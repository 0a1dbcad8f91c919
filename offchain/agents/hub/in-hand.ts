// What a hub has in hand: its jobs, with the states of their batches.
import type { InHand } from "../../host/role/in-hand.ts";
import type { HubView } from "./decide.ts";

export function inHand({ requests, jobs, claims }: HubView): readonly InHand[] {
  const claimed = Map.groupBy(claims, ({ claim }) => claim.job);
  return [
    ...requests.map(({ id }) => ({ what: `job ${id}`, state: "waits for a quote" })),
    ...jobs.flatMap(({ id, open }) => {
      const accepted = open.filter(({ assignments }) => assignments.some(({ answer }) => answer === "accepted")).length;
      const held = claimed.get(id)?.length ?? 0;
      if (open.length + held === 0) return [];
      return [
        {
          what: `job ${id}`,
          state: `batches: ${open.length} open (${accepted} accepted by a miner), ${held} claimed`,
        },
      ];
    }),
  ];
}
