// G6: how often a role looks: often while something happens, seldom while nothing does.
import assert from "node:assert/strict";
import { test } from "node:test";
import { startLoop } from "../../../../offchain/host/role/loop.ts";
import { createPace, pauseAfter } from "../../../../offchain/host/role/pace.ts";

const times = { pollMs: 150, idleMs: 2000 };

test("G6: three seconds without anything, then the pauses grow by half each, to the longest", () => {
  for (const quiet of [0, 1, 20]) assert.equal(pauseAfter(quiet, times), 150);
  assert.equal(pauseAfter(21, times), 225);
  assert.equal(pauseAfter(22, times), 337.5);
  for (const quiet of [27, 28, 1_000_000]) assert.equal(pauseAfter(quiet, times), 2000);
  assert.equal(pauseAfter(1000, { pollMs: 150, idleMs: 10 }), 150);
});

test("G6: something that happens brings the short pauses back; what may follow does so in part", () => {
  const pace = createPace(times);
  for (let i = 0; i < 40; i++) pace.nothing();
  assert.equal(pace.pause(), 2000);
  pace.perhaps();
  assert.equal(pace.pause(), 150);
  pace.nothing();
  assert.equal(pace.pause(), 225);
  pace.something();
  for (let i = 0; i < 20; i++) pace.nothing();
  assert.equal(pace.pause(), 150);
});

/** A role that only looks, and what is seen at each look. */
function looker(wakeAt: number | null, options: { pollMs: number; idleMs: number }) {
  const looks: number[] = [];
  const chain = { now: 1_000_000, wanted: [] as string[] };
  const loop = startLoop<null, string>(
    {
      async glance() {
        looks.push(performance.now());
        return { block: 1, hash: "0x", now: chain.now, mail: chain.wanted.length };
      },
      observe: async () => null,
      decide: () => ({ actions: chain.wanted, wakeAt }),
      act: async () => {
        chain.wanted = [];
      },
      keyOf: (action) => action,
    },
    { emit: () => {}, ...options },
  );
  return { loop, looks, chain };
}
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test("G6: a role to which nothing happens looks less and less often", { timeout: 20_000 }, async () => {
  const { loop, looks } = looker(null, { pollMs: 2, idleMs: 100_000 });
  await wait(1000);
  await loop.stop();
  // 20 looks, and then those of pauses of 3, 4.5, 6.75 … ms: 13 of them take more than a second.
  assert.ok(looks.length > 20 && looks.length <= 36, String(looks.length));
});

test("G6: it looks when the moment comes that it waits for, and at once when it is told to", {
  timeout: 20_000,
}, async () => {
  const { loop, looks, chain } = looker(1_000_001, { pollMs: 2, idleMs: 100_000 });
  const started = performance.now();
  while (performance.now() < started + 1900) await wait(10);
  const due = looks.filter((at) => at > started + 950 && at < started + 1600);
  assert.ok(due.length > 0, "it looks about a second after it has begun");
  chain.wanted = ["act"];
  loop.hurry();
  while (chain.wanted.length > 0) await wait(5);
  await loop.stop();
});
