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

/**
 * Whether everybody, having seen all there is, waits for the clock. A role that has seen more than `head` says that `head` is out of
 * date: the answer to whoever asked for it has come late, and the others may know no more than it.
 */
export function isQuiet(roles: Iterable<Standing>, head: Head): boolean {
  for (const role of roles)
    if (role.kind === "busy" || role.block !== head.block || role.mail !== head.mail) return false;
  return true;
}

/** Where the clock may jump to, in unix seconds, or null while something may still happen by itself. */
export function nextJump(roles: readonly Standing[], head: Head): number | null {
  if (!isQuiet(roles, head)) return null;
  let earliest: number | null = null;
  for (const role of roles) {
    if (role.kind === "idle" && role.wakeAt !== null && (earliest === null || role.wakeAt < earliest))
      earliest = role.wakeAt;
  }
  // Whoever wants to look at a moment that has passed is about to.
  return earliest !== null && earliest > head.time ? earliest : null;
}
