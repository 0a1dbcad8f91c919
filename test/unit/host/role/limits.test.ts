// U13: an operator's limits: pause, busy hours, and a part of the computer's time.
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, describe, test } from "node:test";
import type { Engine } from "../../../../offchain/host/engines/engine.ts";
import { startExecutor } from "../../../../offchain/host/engines/machine/executor.ts";
import { readBusyHours } from "../../../../offchain/host/role/busy-hours.ts";
import type { Happening } from "../../../../offchain/host/role/happenings.ts";
import { limited, type Rest, restAt, shareOf, watchRest } from "../../../../offchain/host/role/limits.ts";
import { endPause, pauseIn, wishPause } from "../../../../offchain/host/role/wishes.ts";
import { job } from "../../agents/fixtures.ts";

const folder = mkdtempSync(join(tmpdir(), "sonm-limits-"));
after(() => rmSync(folder, { recursive: true }));
beforeEach(() => endPause(folder));

const NOON = new Date(2026, 0, 5, 12).getTime();
const lunch = readBusyHours("12:00-13:00");

describe("U13: a role rests", () => {
  test("while it is paused, until it is told or until a time", () => {
    assert.equal(restAt(folder, undefined, NOON), undefined);
    wishPause(folder, { until: null });
    assert.deepEqual(restAt(folder, undefined, NOON), { why: "paused", until: null });
    const until = NOON / 1000 + 60;
    wishPause(folder, { until });
    assert.deepEqual(restAt(folder, undefined, NOON + 59_999), { why: "paused", until });
    assert.equal(restAt(folder, undefined, NOON + 60_000), undefined);
    wishPause(folder, { until: null });
    endPause(folder);
    assert.equal(pauseIn(folder), undefined);
  });

  test("in busy hours, until they end", () => {
    assert.deepEqual(restAt(folder, lunch, NOON), { why: "busy hours", until: NOON / 1000 + 3600 });
    assert.equal(restAt(folder, lunch, NOON + 3_600_000), undefined);
    wishPause(folder, { until: NOON / 1000 + 60 });
    assert.deepEqual(restAt(folder, lunch, NOON + 60_000)?.why, "busy hours", "a pause does not shorten them");
  });

  test("when the wish cannot be understood, too", () => {
    for (const text of ["", "{", "[]", "null", '{"until":"soon"}', '{"until":1e99}']) {
      writeFileSync(join(folder, "pause.json"), text);
      assert.deepEqual(pauseIn(folder), { until: null }, text);
    }
  });

  test("and says each change once", () => {
    const said: Happening[] = [];
    let now = NOON - 1;
    const { wishes } = watchRest(
      folder,
      lunch,
      (one) => void said.push(one),
      () => now,
    );
    assert.deepEqual([wishes(), said], ["", []]);
    now = NOON;
    assert.equal(wishes(), wishes());
    wishPause(folder, { until: null });
    wishes();
    endPause(folder);
    now = NOON + 3_600_000;
    assert.equal(wishes(), "");
    assert.deepEqual(said, [
      { kind: "resting", why: "busy hours", until: NOON / 1000 + 3600 },
      { kind: "resting", why: "paused", until: null },
      { kind: "resumed" },
    ]);
  });

  test("and gets a part of the computer's time in the long run", () => {
    assert.equal(shareOf({ busyHours: undefined, cpuShare: 25 }), 0.25);
    assert.equal(shareOf({ busyHours: readBusyHours("00:00-06:00"), cpuShare: 50 }), 0.375);
  });
});

type Units = Pick<Engine, "compute" | "stop">;

/** An engine whose slices take so long, milliseconds. It notes when each slice begins and ends. */
function slow(milliseconds: number, slices = 1) {
  const begun: number[] = [];
  const ended: number[] = [];
  const engine: Units = {
    async compute(_, __, ___, turn) {
      for (let slice = 1; slice <= slices; slice++) {
        begun.push(performance.now());
        await new Promise((resolve) => setTimeout(resolve, milliseconds));
        ended.push(performance.now());
        if (slice < slices) await turn?.(100 * slice);
      }
      return {} as never;
    },
    stop: async () => {},
  };
  return { engine, begun, ended };
}

const paused: Rest = { why: "paused", until: null };
const moment = () => new Promise((resolve) => setTimeout(resolve, 50));

describe("U13: units within the limits", () => {
  test("do not begin while the role rests", async () => {
    let rest: Rest | undefined = paused;
    const { engine, begun } = slow(1);
    const { compute } = limited(engine, { cpuShare: 100 }, () => rest);
    const done = [compute(job, 0, false), compute(job, 1, false)];
    await moment();
    assert.equal(begun.length, 0);
    rest = undefined;
    await Promise.all(done);
    assert.equal(begun.length, 2);
  });

  test("that run wait between two slices, and go on where they were", async () => {
    let rest: Rest | undefined;
    const { engine, begun } = slow(20, 3);
    const { compute } = limited(engine, { cpuShare: 100 }, () => rest);
    const turns: number[] = [];
    const done = compute(job, 0, false, async (steps) => void turns.push(steps));
    rest = paused;
    await moment();
    assert.deepEqual([begun.length, turns], [1, []]);
    rest = undefined;
    await done;
    assert.deepEqual([begun.length, turns], [3, [100, 200]], "and wait for others' turns as before");
  });

  test("are given up when their turn says so", async () => {
    const { engine, begun } = slow(1, 3);
    const { compute } = limited(engine, { cpuShare: 100 }, () => undefined);
    await assert.rejects(
      compute(job, 0, false, () => Promise.reject(new Error("not needed"))),
      /not needed/,
    );
    assert.equal(begun.length, 1);
  });

  test("leave the processor alone for the rest of their share, after each slice and after the unit", async () => {
    const { engine, begun, ended } = slow(40, 2);
    const { compute } = limited(engine, { cpuShare: 25 }, () => undefined);
    for (const unit of [0, 1]) await compute(job, unit, false);
    assert.equal(begun.length, 4);
    for (const i of [1, 2, 3]) {
      const [from = 0, to = 0, next = 0] = [begun[i - 1], ended[i - 1], begun[i]];
      assert.ok(next - to >= 2.9 * (to - from) - 5, `a pause of ${next - to} ms after ${to - from} ms`);
    }
  });

  test("fail when the role stops, those that wait too", async () => {
    const { engine } = slow(1);
    const { compute, stop } = limited(engine, { cpuShare: 100 }, () => paused);
    const waiting = Promise.allSettled([0, 1, 2].map((unit) => compute(job, unit, false)));
    await stop();
    for (const { status } of await waiting) assert.equal(status, "rejected");
  });
});

test("U13: threads that compute stand back, and nothing else of the process does", {
  skip: process.platform !== "linux",
}, async () => {
  /** The niceness of each thread: field 19 of its `stat`, counted behind the name in parentheses. */
  const niceness = () =>
    readdirSync("/proc/self/task").map((thread) => {
      const [, fields = ""] = /\) (.*)$/s.exec(readFileSync(`/proc/self/task/${thread}/stat`, "utf8")) ?? [];
      return Number(fields.split(" ")[16]);
    });
  const usual = Math.min(...niceness());
  const executor = startExecutor(1, { niceness: 19 });
  try {
    await executor.ask("inputRoot", new Uint8Array());
    const now = niceness();
    assert.equal(now.filter((value) => value === 19).length, usual === 19 ? now.length : 1);
    assert.equal(Math.min(...now), usual);
  } finally {
    await executor.stop();
  }
});
