// The heart of every role: look, decide, act, and say when there is nothing to do. Actions run side by side, each at most once at a
// time; a failed one is tried again later.

import { failed, type Happening } from "./happenings.ts";
import { createPace } from "./pace.ts";
import { repeat, retryPause } from "./repeat.ts";

/** What a role decides. `wakeAt`: chain time at which it will want to act even if nothing happens; null for none. */
export type Decision<Action> = { readonly actions: readonly Action[]; readonly wakeAt: number | null };

/** The first of several times to wake at, however many; null for none. */
export function soonest(times: readonly (number | null)[]): number | null {
  let first: number | null = null;
  for (const time of times) if (time !== null && (first === null || time < first)) first = time;
  return first;
}

/** How far chain and mailbox have come. */
export type Moment = {
  readonly block: number;
  /** of that block: another one may have taken its number */
  readonly hash: string;
  /** timestamp of that block, unix seconds */
  readonly now: number;
  /** all mail up to this number has been read */
  readonly mail: number;
  /** another number whenever something was written down of letters, also while older mail is still to be read */
  readonly letters?: number;
  /** what its operator wishes of it now; another text is a reason to look */
  readonly wishes?: string;
};

export type Role<View, Action> = {
  /** A cheap look: `observe` runs again only when this has changed or an action has ended. */
  glance(): Promise<Moment>;
  observe(moment: Moment): Promise<View>;
  decide(view: View): Decision<Action>;
  /** Carries an action out. May take long. Called again after a failure, hence idempotent. */
  act(action: Action, view: View): Promise<void>;
  /** Two actions with the same key are the same intention. */
  keyOf(action: Action): string;
};

export type LoopOptions = {
  readonly emit: (happening: Happening) => void;
  /** milliseconds between two looks; default 150 */
  readonly pollMs?: number;
  /** most milliseconds between two looks while nothing happens; default `pollMs` */
  readonly idleMs?: number;
  /** called when an action begins or has ended */
  readonly onAction?: () => void;
};

/** Number of failures after which an action no longer counts as busy. It is still tried again. */
const PATIENCE = 5;

/** Starts the loop. `stop` lets running actions finish. */
export function startLoop<View, Action>(role: Role<View, Action>, options: LoopOptions) {
  const { emit, pollMs = 150, idleMs = pollMs, onAction } = options;
  const pace = createPace({ pollMs, idleMs });
  /** clock of this computer at which the chain's clock may come to the moment that the role waits for, milliseconds */
  let dueAt: number | null = null;
  const running = new Map<string, Promise<void>>();
  const failures = new Map<string, { count: number; retryAt: number }>();
  /** Actions that ended since the last look. They stay in `running` until the next one: the old view does not show their effect. */
  let ended: string[] = [];
  let stopping = false;
  let lastMoment = "";
  let lastReport = "";

  function report(happening: Happening): void {
    const line = JSON.stringify(happening);
    if (line !== lastReport) emit(happening);
    lastReport = line;
  }

  function reportFailure(action: string, error: unknown): void {
    const count = (failures.get(action)?.count ?? 0) + 1;
    const retryIn = retryPause(count);
    failures.set(action, { count, retryAt: performance.now() + 1000 * retryIn });
    emit(failed(action, error, retryIn));
  }

  /** Until the next look. One that is due is not missed, if the chain's clock runs as this computer's. */
  function pause(): number {
    const left = dueAt === null ? 0 : dueAt - performance.now();
    return left > 0 ? Math.min(pace.pause(), Math.max(pollMs, left)) : pace.pause();
  }

  function start(key: string, action: Action, view: View): void {
    pace.something();
    onAction?.();
    const promise = role
      .act(action, view)
      .then(
        () => void failures.delete(key),
        (error: unknown) => reportFailure(key, error),
      )
      .finally(() => {
        ended.push(key);
        pace.something();
        onAction?.();
        turns.hurry();
      });
    running.set(key, promise);
  }

  /** Whether an action has failed and must still wait before it is tried again. */
  function waits(key: string): boolean {
    return (failures.get(key)?.retryAt ?? 0) > performance.now();
  }

  async function turn(): Promise<void> {
    for (const key of ended) running.delete(key);
    const finished = ended.length > 0;
    ended = [];
    const moment = await role.glance();
    const retry = [...failures.keys()].some((key) => !running.has(key) && !waits(key));
    const stamp = JSON.stringify(moment);
    pace.nothing();
    if (stamp === lastMoment && !finished && !retry) return;
    lastMoment = stamp;
    const view = await role.observe(moment);
    const { actions, wakeAt } = role.decide(view);
    dueAt = wakeAt === null ? null : performance.now() + 1000 * (wakeAt - moment.now);
    const wanted = new Map(actions.map((action) => [role.keyOf(action), action]));
    // A failure of an intention that is given up is forgotten. Otherwise its retry time would cause new looks for ever.
    for (const key of failures.keys()) if (!wanted.has(key) && !running.has(key)) failures.delete(key);
    for (const [key, action] of wanted) if (!running.has(key) && !waits(key) && !stopping) start(key, action, view);
    const busy = new Set([...running.keys(), ...wanted.keys()]);
    for (const [key, { count }] of failures) if (count >= PATIENCE && !running.has(key)) busy.delete(key);
    if (busy.size > 0) report({ kind: "busy", with: [...busy].sort() });
    else report({ kind: "idle", block: moment.block, mail: moment.mail, wakeAt });
  }

  const turns = repeat(turn, {
    pollMs: pause,
    onFailure(error, retryIn) {
      // The node does not answer: nothing is lost by looking again.
      lastMoment = "";
      lastReport = "";
      emit(failed("look", error, retryIn));
    },
  });
  return {
    /** Looks at once: there is something new. */
    hurry: turns.hurry,
    async stop(): Promise<void> {
      stopping = true;
      await turns.stop();
      await Promise.all(running.values());
    },
  };
}
