// The local chain keeps the protocol's real times (a challenge window lasts a day), so somebody must move its clock. The timekeeper
// does so only when every role, having seen the latest block and all mail, has nothing to do: then nothing can happen before the next
// moment that one of them waits for, and the clock may jump there. A slow machine thus never makes an honest role late.

/** What a role last said of itself: `idle` with what it had seen, or `busy`. */
export type Standing =
  | { readonly kind: "busy" }
  | {
      readonly kind: "idle";
      /** head of the chain that it had seen */
      readonly block: number;
      /** number of the last message that it had seen */
      readonly mail: number;
      /** unix seconds of the chain's clock at which it wants to look again; null for never */
      readonly wakeAt: number | null;
    };

/** Where chain and mailbox stand. */
export type Head = {
  readonly block: number;
  /** unix seconds */
  readonly time: number;
  readonly mail: number;
};

/** Where the clock may jump to, in unix seconds, or null while something may still happen by itself. */
export function nextJump(roles: Iterable<Standing>, head: Head): number | null {
  let earliest: number | null = null;
  for (const role of roles) {
    if (role.kind === "busy" || role.block < head.block || role.mail < head.mail) return null;
    if (role.wakeAt !== null && (earliest === null || role.wakeAt < earliest)) earliest = role.wakeAt;
  }
  // Whoever wants to look at a moment that has passed is about to.
  return earliest !== null && earliest > head.time ? earliest : null;
}
