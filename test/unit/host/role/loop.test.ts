import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "@sonm/protocol/values/failure";
import type { Happening } from "../../../../offchain/host/role/happenings.ts";
import { type Decision, type Moment, retryPause, startLoop } from "../../../../offchain/host/role/loop.ts";

/** A role with a list of wishes: an action removes its wish when the test lets it continue. */
function playground() {
  const state = {
    moment: { block: 1, now: 100, mail: 0 } as Moment,
    wishes: new Set<string>(),
    wakeAt: null as number | null,
    started: [] as string[],
    gates: new Map<string, { open: () => void; fail: (error: Error) => void }>(),
    observations: 0,
    broken: false,
  };
  const happenings: Happening[] = [];
  const listeners: (() => void)[] = [];
  const loop = startLoop<readonly string[], string>(
    {
      glance: async () => {
        if (state.broken) throw new Error("no answer");
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
      pollMs: 1,
      emit: (happening) => {
        happenings.push(happening);
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
  const finish = (wish: string) => {
    state.wishes.delete(wish);
    state.gates.get(wish)?.open();
  };
  return { state, loop, until, finish };
}
const is = (kind: Happening["kind"]) => (happening: Happening) => happening.kind === kind;

test("a role with nothing to do says so, with block, mail and when it wakes", async () => {
  const { state, loop, until } = playground();
  assert.deepEqual(await until(is("idle")), { kind: "idle", block: 1, mail: 0, wakeAt: null });
  state.wakeAt = 500;
  state.moment = { block: 2, now: 200, mail: 3 };
  assert.deepEqual(await until(is("idle")), { kind: "idle", block: 2, mail: 3, wakeAt: 500 });
  await loop.stop();
});

test("actions run side by side, each once at a time, and then the role is idle again", async () => {
  const { state, loop, until, finish } = playground();
  state.wishes = new Set(["a", "b"]);
  assert.deepEqual(await until(is("busy")), { kind: "busy", with: ["a", "b"] });
  state.moment = { block: 2, now: 200, mail: 0 };
  finish("a");
  assert.deepEqual(await until((h) => h.kind === "busy" && h.with.length === 1), { kind: "busy", with: ["b"] });
  finish("b");
  await until(is("idle"));
  assert.deepEqual(state.started.toSorted(), ["a", "b"]);
  await loop.stop();
});

test("an action that has ended is decided upon anew only from a later look", async () => {
  const { state, loop, until, finish } = playground();
  state.wishes = new Set(["a"]);
  await until(is("busy"));
  const before = state.observations;
  finish("a");
  await until(is("idle"));
  assert.ok(state.observations > before);
  assert.deepEqual(state.started, ["a"]);
  await loop.stop();
});

test("a failure is reported with what, why and what to do, and the action tried again", async () => {
  const { state, loop, until, finish } = playground();
  state.wishes = new Set(["a"]);
  await until(is("busy"));
  state.gates.get("a")?.fail(new Failure("It is down", "no power", "plug it in"));
  const failed = await until(is("failed"));
  assert.deepEqual(failed, {
    kind: "failed",
    action: "a",
    what: "It is down",
    why: "no power",
    todo: "plug it in",
    retryIn: 0.5,
  });
  while (state.started.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  finish("a");
  await until(is("idle"));
  await loop.stop();
});

test("the pause doubles with every failure, up to a minute", () => {
  const pauses = Array.from({ length: 9 }, (_, failures) => retryPause(failures + 1));
  assert.deepEqual(pauses, [0.5, 1, 2, 4, 8, 16, 32, 60, 60]);
  assert.equal(retryPause(10_000), 60);
});

test("the second failure in a row waits longer than the first, and a success is a new beginning", async () => {
  const { state, loop, until, finish } = playground();
  const retryIn = async () => {
    const failed = await until(is("failed"));
    return failed.kind === "failed" && failed.retryIn;
  };
  const started = async (times: number) => {
    while (state.started.length < times) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  state.wishes = new Set(["a"]);
  await started(1);
  state.gates.get("a")?.fail(new Error("no"));
  assert.equal(await retryIn(), 0.5);
  await started(2);
  state.gates.get("a")?.fail(new Error("no"));
  assert.equal(await retryIn(), 1);
  await started(3);
  finish("a");
  await until(is("idle"));
  state.wishes = new Set(["a"]);
  state.moment = { block: 2, now: 200, mail: 0 };
  await started(4);
  state.gates.get("a")?.fail(new Error("no"));
  assert.equal(await retryIn(), 0.5);
  finish("a");
  await loop.stop();
});

test("a wish that is given up after a failure does not keep the role busy", async () => {
  const { state, loop, until } = playground();
  state.wishes = new Set(["a"]);
  await until(is("busy"));
  state.wishes.clear();
  state.gates.get("a")?.fail(new Error("no"));
  await until(is("idle"));
  await loop.stop();
});

test("a node that does not answer is reported, and looked at again", async () => {
  const { state, loop, until } = playground();
  state.broken = true;
  const failed = await until(is("failed"));
  assert.equal(failed.kind === "failed" && failed.why, "no answer");
  state.broken = false;
  await until(is("idle"));
  await loop.stop();
});

test("stopping waits for what is running and starts nothing more", async () => {
  const { state, loop, until, finish } = playground();
  state.wishes = new Set(["a"]);
  await until(is("busy"));
  const stopped = loop.stop();
  state.wishes.add("b");
  finish("a");
  await stopped;
  assert.deepEqual(state.started, ["a"]);
});
