// Works take turns: the time of the computer is shared by what the works are worth, an endless one holds up nobody, and what is not needed
// any more is given up.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createQueue, NotNeeded } from "../../../../offchain/host/role/queue.ts";
import {
  type Capacity,
  displaced,
  nextTurn,
  type Waiting,
  type Work,
  worthOf,
} from "../../../../offchain/host/role/turns.ts";
import { fuzz } from "../../../support/fuzz.ts";

const ENDLESS = Number.POSITIVE_INFINITY;
const FAR = 1_000_000;
const base: Work = { id: "w", customer: "job", reward: 100n, deadline: FAR, steps: 1e12 };

/** A queue on a computer of 1,000 steps a second, in which a slice is a second. */
function computer({ slots = 1, places = 3 } = {}) {
  let now = 0;
  const queue = createQueue({ slots, places, stepsPerSecond: 1000, now: () => now, clock: () => 1000 * now });
  const had = new Map<string, number>();
  const finished = new Map<string, number>();
  let begun = 0;
  let most = 0;
  const slice = async (id: string) => {
    await new Promise((resolve) => setImmediate(resolve));
    now++;
    had.set(id, (had.get(id) ?? 0) + 1);
  };
  return {
    queue,
    had: (id: string) => had.get(id) ?? 0,
    finishedAt: (id: string) => finished.get(id),
    /** most runs that were begun and not finished at the same time */
    most: () => most,
    now: () => now,
    /** @param seconds that the run takes */
    add(work: Partial<Work>, seconds: number) {
      const one = { ...base, ...work };
      return queue
        .inTurn(one, async (turn) => {
          most = Math.max(most, ++begun);
          try {
            for (let done = 1; ; done++) {
              await slice(one.id);
              if (done >= seconds) return;
              await turn(1000 * done);
            }
          } finally {
            begun--;
          }
        })
        .then(
          () => void finished.set(one.id, now),
          (error: unknown) => assert.ok(error instanceof NotNeeded, String(error)),
        );
    },
    async until(time: number) {
      while (now < time) await new Promise((resolve) => setImmediate(resolve));
    },
    /** Gives everything up. */
    end: () => queue.keep(new Set()),
  };
}

test("S5: a unit that never ends does not hold up others", async () => {
  const { add, finishedAt, until, end } = computer();
  const endless = add({ id: "endless", customer: "evil" }, ENDLESS);
  await until(5);
  await add({ id: "honest" }, 3);
  assert.ok((finishedAt("honest") ?? ENDLESS) <= 5 + 2 * 3 + 1);
  end();
  await endless;
});

test("S5: one job of many endless units takes no more than one share", async () => {
  const { add, had, until, end } = computer({ places: 30 });
  const all = Array.from({ length: 20 }, (_, i) => add({ id: `e${i}`, customer: "evil" }, ENDLESS));
  all.push(add({ id: "one", customer: "one" }, ENDLESS), add({ id: "rich", customer: "rich", reward: 200n }, ENDLESS));
  await until(100);
  assert.ok(Math.abs(had("one") - 25) <= 1, `${had("one")}`);
  assert.ok(Math.abs(had("rich") - 50) <= 1, `${had("rich")}`);
  end();
  await Promise.all(all);
});

test("of one job the nearest deadline comes first", async () => {
  const { add, finishedAt } = computer();
  await Promise.all([
    add({ id: "running" }, 2),
    add({ id: "late", deadline: 900 }, 1),
    add({ id: "soon", deadline: 800 }, 1),
  ]);
  assert.ok((finishedAt("soon") ?? 0) < (finishedAt("late") ?? 0));
});

test("who comes later neither waits for what others have had, nor makes them wait for it", async () => {
  const { add, had, until, end } = computer();
  const all = [add({ id: "old", customer: "old" }, ENDLESS)];
  await until(50);
  all.push(add({ id: "new", customer: "new" }, ENDLESS));
  await until(70);
  assert.ok(Math.abs(had("new") - 10) <= 1, `${had("new")}`);
  end();
  await Promise.all(all);
});

test("S5: what is not needed any more is given up: at once if it waits, else at its next turn", async () => {
  const { queue, add, had, until } = computer();
  const [running, waits] = [add({ id: "a" }, ENDLESS), add({ id: "b", customer: "other" }, ENDLESS)];
  await until(4);
  queue.keep(new Set(["b"]));
  await running;
  const before = had("a");
  assert.ok(before <= 4);
  await until(10);
  assert.equal(had("a"), before);
  queue.keep(new Set());
  await waits;
  await add({ id: "c" }, 1);
});

test("S5: few runs are begun at the same time, and those that are worth most have the places", async () => {
  const { add, most, finishedAt, end } = computer({ places: 3 });
  // None of these can be sure to end in time. They come first, and never end.
  const all = Array.from({ length: 10 }, (_, i) => add({ id: `e${i}`, customer: `e${i}`, steps: 1e15 }, ENDLESS));
  // This one is long, but can.
  await add({ id: "long", customer: "honest", steps: 40_000 }, 30);
  assert.ok((finishedAt("long") ?? ENDLESS) <= 30 * 13, `${finishedAt("long")}`);
  assert.ok(most() <= 3 + 2, `${most()} runs in memory`);
  end();
  await Promise.all(all);
});

test("a failure of one is its own", async () => {
  const { queue, add, finishedAt } = computer();
  await assert.rejects(
    queue.inTurn({ ...base, id: "broken" }, async () => {
      throw new Error("the store is down");
    }),
    /the store is down/,
  );
  await add({ id: "next" }, 1);
  assert.equal(finishedAt("next"), 1);
});

test("property: what could be done in its share of the time is done in time, whatever else there is", async () => {
  const job = fc.record({
    reward: fc.integer({ min: 1, max: 10 }),
    endless: fc.boolean(),
    seconds: fc.integer({ min: 1, max: 8 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(job, { minLength: 1, maxLength: 6 }), async (jobs) => {
      const { add, finishedAt, end, until } = computer({ places: 20 });
      // One more that never ends, so that time goes on.
      const all = 1 + jobs.reduce((sum, { reward }) => sum + reward, 0);
      const works = [
        add({ id: "more", customer: "more", reward: 1n }, ENDLESS),
        ...jobs.map(({ reward, endless, seconds }, i) =>
          add({ id: `${i}`, customer: `${i}`, reward: BigInt(reward) }, endless ? ENDLESS : seconds),
        ),
      ];
      await until(8 * all + jobs.length + 2);
      for (const [i, { reward, endless, seconds }] of jobs.entries()) {
        // A turn of each of the others may be under way.
        const latest = (seconds * all) / reward + jobs.length + 1;
        if (!endless) assert.ok((finishedAt(`${i}`) ?? ENDLESS) <= latest, `${i}: ${finishedAt(`${i}`)} > ${latest}`);
      }
      end();
      await Promise.all(works);
    }),
    fuzz(30),
  );
});

const capacity: Capacity = { places: 2, stepsPerSecond: 10, now: 100 };
const one: Waiting = { ...base, steps: 1000, deadline: 201, done: 0, putBack: false };
const waiting = fc.array(
  fc.record({
    id: fc.uuid(),
    customer: fc.constantFrom("a", "b", "c"),
    reward: fc.bigInt({ min: 1n, max: 1000n }),
    deadline: fc.integer({ min: 0, max: 1000 }),
    steps: fc.integer({ min: 1, max: 5000 }),
    done: fc.constantFrom(0, 0, 10, 500),
    putBack: fc.boolean(),
  }),
  { minLength: 1, maxLength: 8 },
);

test("a work is worth its reward for each step left, and nothing if it may not end in time", () => {
  assert.equal(worthOf(one, capacity), 0.1);
  assert.equal(worthOf({ ...one, done: 500 }, capacity), 0.2);
  assert.equal(worthOf({ ...one, deadline: 199 }, capacity), 0);
  assert.equal(worthOf({ ...one, deadline: 199, done: 500 }, capacity), 0.2);
});

test("property: somebody always has the next turn, and nobody of its customer has a nearer deadline and could have it", () => {
  const served = (customer: string) => ({ a: 1, b: 2, c: 3 })[customer] ?? 0;
  fc.assert(
    fc.property(waiting, (all) => {
      const next = nextTurn(all, 0, served, capacity);
      assert.ok(next);
      for (const other of all.filter(({ putBack, done }) => done > 0 || !putBack)) {
        assert.ok(served(next.customer) <= served(other.customer));
        if (next.customer === other.customer) assert.ok(next.deadline <= other.deadline);
      }
    }),
    fuzz(200),
  );
});

test("property: a run is given up only if there are more than places, and it is worth least", () => {
  fc.assert(
    fc.property(waiting, (all) => {
      const begun = all.filter(({ done }) => done > 0);
      const least = displaced(all, 0, capacity);
      assert.equal(least === undefined, begun.length <= capacity.places);
      if (least) for (const other of begun) assert.ok(worthOf(least, capacity) <= worthOf(other, capacity));
    }),
    fuzz(200),
  );
});
