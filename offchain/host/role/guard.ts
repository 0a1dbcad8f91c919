// Looks at one thing at a time, so that whatever goes wrong with one job, claim or work costs that one alone. What has failed is put aside
// with its reason, and tried again when it has changed, or after a while: the fault may have been this side's.
import { retryPause } from "./repeat.ts";

/**
 * Evaluates one item.
 * @param what names for people what is evaluated, as in `job 0x…`: nothing else may have this name
 * @param of what the evaluation depends on, in parts that are never changed in place: a part that is another object is a change
 * @returns undefined if the evaluation throws, and as long as the item is put aside
 */
export type Guard = <T>(what: string, of: readonly unknown[], evaluate: () => T) => T | undefined;

/** Lets every fault through: for decisions about values that the caller vouches for. */
export const unguarded: Guard = (_what, _of, evaluate) => evaluate();

/** Items that are put aside at a time. With one more, the one that was not met for the longest time is evaluated again. */
const MOST_ASIDE = 4096;

type Aside = {
  readonly of: readonly unknown[];
  readonly why: string;
  readonly failures: number;
  /** milliseconds of the guard's clock */
  readonly retryAt: number;
};

/**
 * @param putAside told of each item that is put aside, once for each reason
 * @param now milliseconds of a clock that only goes forward
 */
export function createGuard(
  putAside: (what: string, why: string) => void,
  now: () => number = () => performance.now(),
): Guard {
  /** those met last at the end */
  const aside = new Map<string, Aside>();

  function keep(what: string, item: Aside): void {
    aside.delete(what);
    aside.set(what, item);
    const [oldest] = aside.keys();
    if (aside.size > MOST_ASIDE && oldest !== undefined) aside.delete(oldest);
  }

  return (what, of, evaluate) => {
    // Almost always nothing is put aside, and then the name is not needed.
    const before = aside.size > 0 ? aside.get(what) : undefined;
    const isSame = before?.of.length === of.length && before.of.every((part, i) => part === of[i]);
    if (before && isSame && now() < before.retryAt) {
      keep(what, before);
      return undefined;
    }
    try {
      const value = evaluate();
      if (before) aside.delete(what);
      return value;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const failures = before && isSame ? before.failures + 1 : 1;
      keep(what, { of, why, failures, retryAt: now() + 1000 * retryPause(failures) });
      if (before?.why !== why) putAside(what, why);
      return undefined;
    }
  };
}
