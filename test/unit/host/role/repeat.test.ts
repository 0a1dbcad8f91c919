// Doing the same again and again: pauses after failures, hurry, and the end.
import assert from "node:assert/strict";
import { test } from "node:test";
import { repeat, retryPause } from "../../../../offchain/host/role/repeat.ts";

/** Waits until the condition holds. The test's own limit ends it. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

test("the pause doubles with every failure, up to a minute", () => {
  const pauses = Array.from({ length: 9 }, (_, failures) => retryPause(failures + 1));
  assert.deepEqual(pauses, [0.5, 1, 2, 4, 8, 16, 32, 60, 60]);
  assert.equal(retryPause(10_000), 60);
});

test("the next turn comes at once for whoever hurries, also during a turn", async () => {
  let turns = 0;
  const turning = repeat(
    async () => {
      turns++;
      if (turns < 3) turning.hurry();
    },
    { pollMs: 3_600_000, onFailure: () => assert.fail("nothing fails") },
  );
  await until(() => turns === 3);
  turning.hurry();
  await until(() => turns === 4);
  await turning.stop();
  assert.equal(turns, 4);
});

test("a failure is told with the pause after it, which no hurry shortens; the next success forgets it", async () => {
  const told: [string, number][] = [];
  let turns = 0;
  let broken = true;
  const turning = repeat(
    async () => {
      turns++;
      if (broken) throw new Error("down");
    },
    { pollMs: 1, onFailure: (error, retryIn) => told.push([(error as Error).message, retryIn]) },
  );
  await until(() => told.length === 1);
  turning.hurry();
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(turns, 1);
  await until(() => told.length === 2);
  broken = false;
  await until(() => turns >= 4);
  broken = true;
  await until(() => told.length === 3);
  assert.deepEqual(told, [
    ["down", 0.5],
    ["down", 1],
    ["down", 0.5],
  ]);
  await turning.stop();
});

test("stop waits for the present turn, and ends a pause", async () => {
  let begun = false;
  let ended = false;
  const turning = repeat(
    async () => {
      begun = true;
      await new Promise((resolve) => setTimeout(resolve, 30));
      ended = true;
    },
    { pollMs: 3_600_000, onFailure() {} },
  );
  await until(() => begun);
  await turning.stop();
  assert.ok(ended);
});
