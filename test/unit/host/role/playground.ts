// A role without chain and network, for tests of the loop: what it sees and wishes is set by the test.
import { setImmediate } from "node:timers/promises";
import type { Happening } from "../../../../offchain/host/role/happenings.ts";
import { type Decision, type Moment, startLoop } from "../../../../offchain/host/role/loop.ts";

/**
 * A role with a list of wishes: an action removes its wish when the test lets it continue.
 * @param pollMs between two looks, milliseconds
 */
export function playground(pollMs = 1) {
  const state = {
    moment: { block: 1, hash: "0x", now: 100, mail: 0 } as Moment,
    wishes: new Set<string>(),
    wakeAt: null as number | null,
    started: [] as string[],
    gates: new Map<string, { open: () => void; fail: (error: unknown) => void }>(),
    glances: 0,
    observations: 0,
    /** what a look fails with, if it fails */
    broken: undefined as unknown,
    /** what every look waits for before it sees anything */
    answer: Promise.resolve(),
  };
  const happenings: Happening[] = [];
  const said: Happening[] = [];
  const listeners: (() => void)[] = [];
  const loop = startLoop<readonly string[], string>(
    {
      glance: async () => {
        state.glances++;
        await state.answer;
        if (state.broken !== undefined) throw state.broken;
        return state.moment;
      },
      observe: async () => {
        state.observations++;
        return [...state.wishes];
      },
      decide: (wishes): Decision<string> => ({ actions: wishes, wakeAt: state.wakeAt }),
      act: (wish) => {
        state.started.push(wish);
        return new Promise<void>((open, fail) => state.gates.set(wish, { open, fail }));
      },
      keyOf: (wish) => wish,
    },
    {
      pollMs,
      emit: (happening) => {
        happenings.push(happening);
        said.push(happening);
        for (const listener of listeners.splice(0)) listener();
      },
    },
  );
  /** Waits for a happening that fits. */
  async function until(fits: (happening: Happening) => boolean): Promise<Happening> {
    for (let seen = 0; ; ) {
      for (; seen < happenings.length; seen++) {
        const happening = happenings[seen];
        if (happening && fits(happening)) {
          happenings.splice(0, seen + 1);
          return happening;
        }
      }
      await new Promise<void>((resolve) => listeners.push(resolve));
    }
  }
  /** Waits until the role has looked so many times more. */
  async function looks(times: number): Promise<void> {
    for (const enough = state.glances + times; state.glances < enough; ) await setImmediate();
  }
  /** Waits until so many actions have been started. */
  async function started(times: number): Promise<void> {
    while (state.started.length < times) await setImmediate();
  }
  const fail = (wish: string, error: unknown = new Error("no")) => state.gates.get(wish)?.fail(error);
  const finish = (wish: string) => {
    state.wishes.delete(wish);
    state.gates.get(wish)?.open();
  };
  return { state, loop, said, until, looks, started, fail, finish };
}

export const is = (kind: Happening["kind"]) => (happening: Happening) => happening.kind === kind;
