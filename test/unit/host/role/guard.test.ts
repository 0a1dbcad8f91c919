// The guard: a fault costs its own item alone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createGuard, unguarded } from "../../../../offchain/host/role/guard.ts";

/** A guard whose clock the test sets, in milliseconds. */
function guarded() {
  const clock = { now: 0 };
  const told: string[] = [];
  const tried: string[] = [];
  const guard = createGuard(
    (what, why) => void told.push(`${what}: ${why}`),
    () => clock.now,
  );
  const fail = (what: string, part: unknown, why = "it is odd") =>
    guard(what, [part], () => {
      tried.push(what);
      throw new Error(why);
    });
  return { clock, told, tried, guard, fail };
}

test("S1: an item that fails is put aside with its reason, and the others are seen", () => {
  const { told, guard } = guarded();
  const seen = [1, 2, 3].map((item) =>
    guard(`item ${item}`, [item], () => {
      if (item === 2) throw new Error("it is odd");
      return 10 * item;
    }),
  );
  assert.deepEqual(seen, [10, undefined, 30]);
  assert.deepEqual(told, ["item 2: it is odd"]);
});

test("what is put aside is not tried at every look, but when one of its parts has changed", () => {
  const { told, tried, fail, guard } = guarded();
  const part = {};
  for (let look = 0; look < 3; look++) assert.equal(fail("a", part), undefined);
  assert.equal(tried.length, 1);
  fail("a", {});
  assert.equal(tried.length, 2);
  assert.deepEqual(told, ["a: it is odd"], "the same reason is told once");
  fail("a", {}, "it is even");
  assert.deepEqual(told, ["a: it is odd", "a: it is even"]);
  assert.equal(
    guard("a", [{}], () => 5),
    5,
  );
  assert.equal(
    guard("a", [part], () => 6),
    6,
    "it is an item like all others again",
  );
});

test("what is put aside is tried again after a pause, which grows to a minute", () => {
  const { clock, tried, fail } = guarded();
  const part = {};
  const attempts: number[] = [];
  for (; clock.now <= 300_000; clock.now += 500) {
    const before = tried.length;
    fail("a", part);
    if (tried.length > before) attempts.push(clock.now / 1000);
  }
  assert.deepEqual(attempts, [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 63.5, 123.5, 183.5, 243.5]);
});

test("what is put aside is bounded: the item that was not met for the longest time is forgotten", () => {
  const { tried, fail } = guarded();
  const part = {};
  for (let i = 0; i < 4096; i++) fail(`item ${i}`, part);
  fail("item 0", part);
  assert.equal(tried.length, 4096, "all of them are put aside");
  fail("one more", part);
  fail("item 0", part);
  assert.equal(tried.length, 4097);
  fail("item 1", part);
  assert.equal(tried.length, 4098);
});

test("without a guard a fault reaches the caller", () => {
  const fail = () => {
    throw new Error("it is odd");
  };
  assert.throws(() => unguarded("a", [], fail), /odd/);
  assert.equal(
    unguarded("a", [], () => 1),
    1,
  );
});
