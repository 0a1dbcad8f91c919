// Who computes next, of all that others have made. Pure. Long runs take turns, so that none can keep the others waiting: each customer gets
// the share of this computer's time that its work is worth.

/** One thing to compute. */
export type Work = {
  /** `keep` names it by this */
  readonly id: string;
  /** whose time it takes, such as a job: all that has the same customer shares one part of the time */
  readonly customer: string;
  /** what it is worth to have it computed, wei */
  readonly reward: bigint;
  /** unix seconds after which it is worth nothing */
  readonly deadline: number;
  /** steps that it takes at most */
  readonly steps: number;
};

/** A work in the queue. */
export type Waiting = Work & {
  /** steps that its run has taken; the run is kept in memory. 0 if there is none */
  readonly done: number;
  /** it has been begun, and given up for others that are worth more */
  readonly putBack: boolean;
};

/** What this computer can do, and what time it is. */
export type Capacity = {
  /** runs that are begun and not finished, at most: each holds the memory of a machine */
  readonly places: number;
  /** of one thread */
  readonly stepsPerSecond: number;
  /** unix seconds */
  readonly now: number;
};

/** Wei for each step that a work may still take; 0 if it may not end in time. */
export function worthOf({ reward, steps, done, deadline }: Waiting, { now, stepsPerSecond }: Capacity): number {
  const left = Math.max(1, steps - done);
  return left > (deadline - now) * stepsPerSecond ? 0 : Number(reward) / left;
}

/** The one of those begun that is worth least. */
function leastOf<W extends Waiting>(all: readonly W[], capacity: Capacity): W | undefined {
  const begun = all.filter(({ done }) => done > 0);
  return begun.toSorted((one, other) => worthOf(one, capacity) - worthOf(other, capacity) || one.done - other.done)[0];
}

/** The one whose run must be given up, because more runs are begun than there is room for. */
export function displaced<W extends Waiting>(
  waiting: readonly W[],
  running: number,
  capacity: Capacity,
): W | undefined {
  const begun = waiting.filter(({ done }) => done > 0).length;
  return begun + running > capacity.places ? leastOf(waiting, capacity) : undefined;
}

/**
 * Who has the next turn: of the customer that has had least for what it is worth, the work with the nearest deadline. A work that was put
 * back waits for a place, or until it is worth more than another one that has a place. One that is new always gets its first turn: most
 * works need no second one.
 * @param served what a customer has had, in seconds a wei
 */
export function nextTurn<W extends Waiting>(
  waiting: readonly W[],
  running: number,
  served: (customer: string) => number,
  capacity: Capacity,
): W | undefined {
  const begun = waiting.filter(({ done }) => done > 0).length + running;
  const least = leastOf(waiting, capacity);
  const mayBegin = (one: Waiting) =>
    begun < capacity.places || (least !== undefined && worthOf(one, capacity) > worthOf(least, capacity));
  let best: W | undefined;
  for (const one of waiting) {
    if (one.done === 0 && one.putBack && !mayBegin(one)) continue;
    const order = best && (served(one.customer) - served(best.customer) || one.deadline - best.deadline);
    if (order === undefined || order < 0) best = one;
  }
  return best;
}
