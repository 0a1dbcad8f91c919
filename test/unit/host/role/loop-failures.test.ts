// What a role does when something fails: it says so, and tries again later and later, for as long as it wants the same.
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { Failure } from "@sonm/protocol/values/failure";
import { is, playground } from "./playground.ts";

const limit = { timeout: 10_000 };

/** Real time as the loop sees it, milliseconds: it stands still until a test moves it. */
const clock = { now: 0 };
mock.method(performance, "now", () => clock.now);
beforeEach(() => {
  clock.now = 0;
});

/** A role whose one action has failed. */
async function failed(error?: unknown) {
  const role = playground();
  role.state.wishes = new Set(["a"]);
  await role.started(1);
  role.fail("a", error);
  const happening = await role.until(is("failed"));
  return { ...role, happening };
}

test("a failure is reported with what, why and what to do", limit, async () => {
  const { loop, happening } = await failed(new Failure("It is down", "no power", "plug it in"));
  const expected = {
    kind: "failed",
    action: "a",
    what: "It is down",
    why: "no power",
    todo: "plug it in",
    retryIn: 0.5,
  };
  assert.deepEqual(happening, expected);
  await loop.stop();
});

for (const error of [new Error("no power"), "no power"]) {
  test(`a failure of another kind is reported as well: ${typeof error}`, limit, async () => {
    const { loop, happening } = await failed(error);
    const todo = "it will be tried again";
    const expected = { kind: "failed", action: "a", what: "a has failed", why: "no power", todo, retryIn: 0.5 };
    assert.deepEqual(happening, expected);
    await loop.stop();
  });
}

test("what has failed is tried again when its pause is over, and nothing is looked at until then", limit, async () => {
  const { state, loop, looks, started, fail, until } = await failed();
  await looks(2);
  const { observations } = state;
  clock.now = 499;
  await looks(5);
  assert.deepEqual([state.started, state.observations], [["a"], observations]);
  clock.now = 500;
  await started(2);
  fail("a");
  const again = await until(is("failed"));
  assert.equal(again.kind === "failed" && again.retryIn, 1);
  clock.now = 1499;
  await looks(5);
  assert.equal(state.started.length, 2);
  clock.now = 1500;
  await started(3);
  fail("a");
  await loop.stop();
});

test("while it waits to be tried again, other actions are carried out", limit, async () => {
  const { state, loop, started, finish, until } = await failed();
  state.wishes.add("b");
  state.moment = { block: 2, hash: "0x", now: 200, mail: 0 };
  await started(2);
  assert.deepEqual(state.started, ["a", "b"]);
  finish("b");
  await until((h) => h.kind === "busy" && h.with.join() === "a");
  await loop.stop();
});

test("what is running is not started again because something else has to be tried again", limit, async () => {
  const { state, loop, started, looks, finish } = await failed();
  state.wishes.add("b");
  state.moment = { block: 2, hash: "0x", now: 200, mail: 0 };
  await started(2);
  clock.now = 500;
  await started(3);
  await looks(3);
  assert.deepEqual(state.started, ["a", "b", "a"]);
  for (const wish of ["a", "b"]) finish(wish);
  await loop.stop();
});

test("a success is a new beginning", limit, async () => {
  const { state, loop, started, finish, until, fail } = await failed();
  clock.now = 500;
  await started(2);
  finish("a");
  await until(is("idle"));
  state.wishes = new Set(["a"]);
  state.moment = { block: 2, hash: "0x", now: 200, mail: 0 };
  await started(3);
  fail("a");
  const happening = await until(is("failed"));
  assert.equal(happening.kind === "failed" && happening.retryIn, 0.5);
  await loop.stop();
});

test("a wish that is given up after a failure does not keep the role busy, and is not remembered", limit, async () => {
  const { state, loop, until, looks } = await failed();
  state.wishes.clear();
  state.moment = { block: 2, hash: "0x", now: 200, mail: 0 };
  await until(is("idle"));
  await looks(2);
  const { observations } = state;
  clock.now = 10_000;
  await looks(5);
  assert.deepEqual([state.observations, state.started], [observations, ["a"]]);
  await loop.stop();
});

test("a wish that is given up before it fails does not keep the role busy", limit, async () => {
  const { state, loop, until, fail } = playground();
  state.wishes = new Set(["a"]);
  await until(is("busy"));
  state.wishes.clear();
  fail("a");
  await until(is("idle"));
  await loop.stop();
});

test("what fails again and again no longer counts as being busy, but is still tried", limit, async () => {
  const { state, loop, said, started, looks, fail, until } = await failed();
  for (let failures = 2; failures <= 5; failures++) {
    await looks(3);
    assert.ok(!said.some(is("idle")), `it is idle after ${failures - 1} failures`);
    clock.now += 60_000;
    await started(failures);
    fail("a");
    await until(is("failed"));
  }
  await until(is("idle"));
  clock.now += 60_000;
  await started(6);
  // While it is tried it is what the role is busy with.
  await until(is("busy"));
  state.wishes.clear();
  fail("a");
  await until(is("idle"));
  await loop.stop();
});

test("a node that does not answer is reported, and looked at again", limit, async () => {
  const { state, loop, said, until } = playground();
  const idle = await until(is("idle"));
  for (const broken of [new Error("no answer"), new Error("no answer")]) {
    state.broken = broken;
    const happening = await until(is("failed"));
    assert.deepEqual(happening.kind === "failed" && [happening.action, happening.why, happening.retryIn], [
      "look",
      "no answer",
      0.5,
    ]);
    clock.now += 500;
    state.broken = undefined;
    // What it says was true before, and has to be said again after a failure.
    assert.deepEqual(await until(is("idle")), idle);
  }
  assert.equal(said.filter(is("failed")).length, 2);
  await loop.stop();
});

test("a node that does not answer is not asked at once because an action ends meanwhile", limit, async () => {
  const { state, loop, said, until, looks, finish } = playground();
  state.wishes = new Set(["a"]);
  await until(is("busy"));
  const { promise, resolve } = Promise.withResolvers<void>();
  state.answer = promise;
  state.broken = new Error("no answer");
  await looks(1);
  finish("a");
  resolve();
  await until(is("failed"));
  for (let i = 0; i < 100; i++) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(said.filter(is("failed")).length, 1);
  await loop.stop();
});
