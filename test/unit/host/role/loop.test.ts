// The loop of a role: what it says, that it does everything once, and how it ends.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { soonest } from "../../../../offchain/host/role/loop.ts";
import { is, playground } from "./playground.ts";

const limit = { timeout: 10_000 };

test("a role with nothing to do says so, with block, mail and when it wakes", limit, async () => {
  const { state, loop, until } = playground();
  assert.deepEqual(await until(is("idle")), { kind: "idle", block: 1, mail: 0, wakeAt: null });
  state.wakeAt = 500;
  state.moment = { block: 2, hash: "0x", now: 200, mail: 3 };
  assert.deepEqual(await until(is("idle")), { kind: "idle", block: 2, mail: 3, wakeAt: 500 });
  await loop.stop();
});

test("actions run side by side, each once at a time, and then the role is idle again", limit, async () => {
  const { state, loop, until, finish } = playground();
  state.wishes = new Set(["a", "b"]);
  assert.deepEqual(await until(is("busy")), { kind: "busy", with: ["a", "b"] });
  state.moment = { block: 2, hash: "0x", now: 200, mail: 0 };
  finish("a");
  assert.deepEqual(await until((h) => h.kind === "busy" && h.with.length === 1), { kind: "busy", with: ["b"] });
  finish("b");
  await until(is("idle"));
  assert.deepEqual(state.started.toSorted(), ["a", "b"]);
  await loop.stop();
});

test("an action that has ended is decided upon anew only from a later look", limit, async () => {
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

test("a role that sees nothing new does not look closely", limit, async () => {
  const { state, loop, until, looks } = playground();
  await until(is("idle"));
  const { observations } = state;
  await looks(5);
  assert.equal(state.observations, observations);
  state.moment = { block: 2, hash: "0x", now: 200, mail: 0 };
  await until(is("idle"));
  assert.equal(state.observations, observations + 1);
  await loop.stop();
});

test(
  "S8: a block that takes the place of another one is looked at, even if number and time are the same",
  limit,
  async () => {
    const { state, loop, until, looks } = playground();
    await until(is("idle"));
    const { observations, moment } = state;
    state.moment = { ...moment, hash: "0xother" };
    await looks(2);
    assert.equal(state.observations, observations + 1);
    await loop.stop();
  },
);

test("a role does not say the same twice in a row", limit, async () => {
  const { state, loop, said, until, looks, finish } = playground();
  state.wishes = new Set(["a"]);
  await until(is("busy"));
  for (const block of [2, 3]) {
    state.moment = { block, hash: "0x", now: 200, mail: 0 };
    await looks(2);
  }
  assert.deepEqual(said, [{ kind: "busy", with: ["a"] }]);
  finish("a");
  await until(is("idle"));
  await loop.stop();
});

/** So that the test would fail by its limit if something waited for the next look. */
const NEVER = 3_600_000;

test("a role looks again only after its pause", limit, async () => {
  const { state, loop, until } = playground(NEVER);
  await until(is("idle"));
  for (let i = 0; i < 100; i++) await setImmediate();
  assert.equal(state.glances, 1);
  await loop.stop();
});

test("the end of an action is noticed at once", limit, async () => {
  const { state, loop, until, finish } = playground(NEVER);
  state.wishes = new Set(["a"]);
  await until(is("busy"));
  finish("a");
  await until(is("idle"));
  await loop.stop();
});

test("the end of an action is noticed at once, also if it comes during a look", limit, async () => {
  const { state, loop, until, looks, finish } = playground(NEVER);
  state.wishes = new Set(["a", "b"]);
  await until(is("busy"));
  const { promise, resolve } = Promise.withResolvers<void>();
  state.answer = promise;
  const looked = looks(1);
  finish("a");
  await looked;
  finish("b");
  for (let i = 0; i < 10; i++) await setImmediate();
  resolve();
  await until(is("idle"));
  await loop.stop();
});

test("stopping waits for what is running and starts nothing more", limit, async () => {
  const { state, loop, until, finish } = playground();
  state.wishes = new Set(["a"]);
  await until(is("busy"));
  let ended = false;
  const stopped = loop.stop().then(() => {
    ended = true;
  });
  state.wishes.add("b");
  for (let i = 0; i < 10; i++) await setImmediate();
  assert.equal(ended, false);
  finish("a");
  await stopped;
  assert.deepEqual(state.started, ["a"]);
});

test("stopping waits for the look that is under way, and does nothing upon it", limit, async () => {
  const { state, loop, until, looks } = playground();
  await until(is("idle"));
  const { promise, resolve } = Promise.withResolvers<void>();
  state.answer = promise;
  await looks(1);
  const stopped = loop.stop();
  state.wishes = new Set(["a"]);
  state.moment = { block: 2, hash: "0x", now: 200, mail: 0 };
  resolve();
  await stopped;
  assert.deepEqual(state.started, []);
});

test("stopping does not wait for the next look", limit, async () => {
  const { state, loop, until } = playground(NEVER);
  await until(is("idle"));
  await loop.stop();
  assert.equal(state.glances, 1);
});

test("S8: the first of very many times is found, and none of none", () => {
  const times = Array.from({ length: 200_000 }, (_, at) => (at % 3 === 0 ? null : 1_000_000 - at));
  assert.equal(soonest(times), 800_001);
  assert.equal(soonest(times.toReversed()), 800_001);
  assert.deepEqual([soonest([]), soonest([null, null]), soonest([null, 0, -1])], [null, null, -1]);
});
