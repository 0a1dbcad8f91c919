// How often to look: often while something happens, and less and less often while nothing does.

export type Times = {
  /** milliseconds between two looks while something happens */
  readonly pollMs: number;
  /** most milliseconds between two looks */
  readonly idleMs: number;
};

/** Looks in a row at which nothing has happened, until the pauses grow; and by how much each does. */
const PATIENCE = 20;
const GROWTH = 1.5;

/** Milliseconds until the next look, after so many in a row at which nothing had happened. */
export function pauseAfter(quiet: number, { pollMs, idleMs }: Times): number {
  return Math.min(Math.max(pollMs, idleMs), pollMs * GROWTH ** Math.max(0, quiet - PATIENCE));
}

export type Pace = {
  pause(): number;
  /** Nothing has happened at a look. */
  nothing(): void;
  /** Something has happened, or is expected. */
  something(): void;
  /** Something may follow: the pauses grow from the beginning, but at once. */
  perhaps(): void;
};

export function createPace(times: Times): Pace {
  let quiet = 0;
  return {
    pause: () => pauseAfter(quiet, times),
    nothing() {
      quiet++;
    },
    something() {
      quiet = 0;
    },
    perhaps() {
      quiet = Math.min(quiet, PATIENCE);
    },
  };
}
